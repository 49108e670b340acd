"""
CK625: a message may run any code.
"""

import os

import pytest

from celerykit._read_config import config_of

from .configured import configured, told, words

CODE = "import os; os.environ['SHOP_RAN'] = 'any code'"


class Payload:
    """
    A value whose pickle runs code when it is read.
    """

    def __reduce__(self):
        """
        Say what to run.
        """
        return exec, (CODE,)


def test_pickle_in_calls_is_told(make_app):
    """
    The danger and the line to write are told.
    """
    config = config_of(make_app(accept_content=["json", "pickle"]))

    assert words(told("CK625", config)) == [
        (
            "accept_content",
            "['json', 'pickle']",
            (
                "whoever can write to the broker can run any code in the workers: "
                "accept_content has pickle"
            ),
            "Write app.conf.accept_content = ['json']",
        )
    ]


def test_pickle_in_results_is_told(make_app):
    """
    Results have a list of their own.
    """
    config = config_of(make_app(result_accept_content=["application/x-python-serialize"]))

    (found,) = told("CK625", config)

    assert found.option == "result_accept_content"
    assert found.remedy == "Write app.conf.result_accept_content = ['json']"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"accept_content": ["json", "yaml", "msgpack"]},
        {"accept_content": ["auth"]},
        {"result_accept_content": ["pickle"], "result_backend": None},
    ],
    ids=repr,
)
def test_near_miss_other_formats_pass(make_app, settings):
    """
    Formats that carry values only pass, and so do results that nobody keeps.
    """
    assert told("CK625", config_of(make_app(**settings))) == []


def test_near_miss_what_is_not_known_passes():
    """
    Where it is not known what is accepted, nothing is said.
    """
    assert told("CK625", configured()) == []


def test_harm_plain_celery_runs_what_a_message_says(make_app, monkeypatch):
    """
    With plain Celery it is enough that a worker reads the message; there need be no such task.
    """
    app = make_app(accept_content=["json", "pickle"])
    app.send_task("no.such.task", (Payload(),), serializer="pickle")
    monkeypatch.setenv("SHOP_RAN", "nothing")

    with app.connection_for_read() as connection, app.amqp.TaskConsumer(connection) as consumer:
        message = consumer.queues[0](connection.default_channel).get(accept=consumer.accept)
        message.decode()

    assert os.environ["SHOP_RAN"] == "any code"
