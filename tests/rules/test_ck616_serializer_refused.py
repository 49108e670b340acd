"""
CK616: what is written in one format is refused by who should read it.
"""

import pytest
from kombu.exceptions import ContentDisallowed

from celerykit._config import TaskClass
from celerykit._read_config import config_of

from .configured import configured, told, words

JSON = frozenset({"json"})


def test_calls_that_workers_drop_are_told(make_app):
    """
    The serializer, what is accepted, and the line to write are told.
    """
    (found,) = told("CK616", config_of(make_app(task_serializer="yaml")))

    assert words([found]) == [
        (
            "task_serializer",
            "'yaml'",
            "task_serializer is 'yaml', and workers accept only json: they drop every call",
            "Write app.conf.accept_content = ['json', 'yaml']",
        )
    ]
    assert found.level == "error"


def test_a_task_with_a_serializer_of_its_own_is_told(app):
    """
    The calls of one task alone may be refused.
    """

    @app.task(name="shop.pay", serializer="yaml")
    def pay():
        return None

    (found,) = told("CK616", config_of(app))

    assert (found.task, found.option, found.value) == ("shop.pay", "serializer", "'yaml'")
    assert found.message == "shop.pay is called in 'yaml', and workers accept only json"
    assert found.where == f"the task in {__name__}"


@pytest.mark.parametrize(
    ("settings", "accepted", "line"),
    [
        ({}, "only json", "accept_content = ['json', 'yaml']"),
        ({"result_accept_content": []}, "nothing", "result_accept_content = ['yaml']"),
    ],
    ids=repr,
)
def test_results_that_cannot_be_read_are_told(make_app, settings, accepted, line):
    """
    Results have a list of their own, or that of the calls.
    """
    (found,) = told("CK616", config_of(make_app(result_serializer="yaml", **settings)))

    assert (found.message, found.remedy) == (
        f"result_serializer is 'yaml', and {accepted} is read: get() raises ContentDisallowed",
        f"Write app.conf.{line}",
    )


def test_nobody_is_told_to_accept_pickle(make_app):
    """
    For calls, a task or results in pickle the advice is what is accepted, and not to accept it.
    """
    app = make_app(task_serializer="pickle", result_serializer="pickle", accept_content=["yaml"])

    @app.task(name="shop.pay", serializer="json")
    def pay():
        return None

    pay.serializer = "pickle"
    app.conf.task_serializer = "pickle"
    everywhere = told("CK616", config_of(app))
    app.conf.task_serializer = "yaml"
    of_the_task = told("CK616", config_of(app))

    assert [each.remedy for each in everywhere] == [
        "Write app.conf.task_serializer = 'yaml'",
        "Write app.conf.result_serializer = 'yaml'",
    ]
    assert of_the_task[0].remedy == "Write serializer='yaml'"


def test_json_is_told_where_it_is_accepted_among_others(make_app):
    """
    Of several formats JSON is the one that every worker knows.
    """
    app = make_app(task_serializer="pickle", accept_content=["application/x-yaml", "json"])

    (found,) = told("CK616", config_of(app))

    assert found.remedy == "Write app.conf.task_serializer = 'json'"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"task_serializer": "yaml", "accept_content": ["yaml"], "result_serializer": "yaml"},
        {"task_serializer": "yaml", "accept_content": ["application/x-yaml", "json"]},
        {"result_serializer": "yaml", "result_accept_content": ["yaml"]},
        {"result_serializer": "yaml", "result_backend": None},
    ],
    ids=repr,
)
def test_near_miss_what_is_accepted_passes(make_app, settings):
    """
    A format that is accepted, by its name or its content type, passes; so do results nobody keeps.
    """
    assert told("CK616", config_of(make_app(**settings))) == []


def test_near_miss_what_is_not_known_passes():
    """
    Where it is not known what is accepted, nothing is said.
    """
    task = TaskClass("shop.pay", "shop.tasks", {}, {"serializer": "yaml"})

    assert told("CK616", configured({"task_serializer": "yaml"}, tasks=(task,), backend="db")) == []


def test_harm_plain_celery_sends_what_its_worker_refuses(make_app, messages):
    """
    With plain Celery the call succeeds, and the worker's consumer may not even read it.
    """
    app = make_app(task_serializer="yaml")
    app.send_task("shop.add", (2, 3))

    with app.connection_for_read() as connection, app.amqp.TaskConsumer(connection) as consumer:
        message = consumer.queues[0](connection.default_channel).get(accept=consumer.accept)

    with pytest.raises(ContentDisallowed):
        message.decode()


def test_harm_plain_celery_stores_what_it_will_not_read(make_app):
    """
    With plain Celery the result is stored, and get() raises.
    """
    app = make_app(result_serializer="yaml")
    app.backend.store_result("some-id", 5, "SUCCESS")

    with pytest.raises(ContentDisallowed):
        app.AsyncResult("some-id").get(timeout=1)
