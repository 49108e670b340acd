"""
CK606: a Redis that falls silent blocks whoever calls a task.
"""

import pytest

from celerykit._config import FOR_ALL

from .configured import configured, told, words

REDIS = {"transport": "redis"}


def test_a_broker_without_a_timeout_is_told():
    """
    The danger and the line to write are told.
    """
    assert words(told("CK606", configured(facts=REDIS))) == [
        (
            "broker_transport_options",
            "{}",
            (
                "a Redis that no longer answers blocks every delay() for ever: "
                "there is no socket_timeout"
            ),
            (
                "Write app.conf.broker_transport_options = "
                f"{{'socket_timeout': 30, 'socket_connect_timeout': 5}}{FOR_ALL}"
            ),
        )
    ]


def test_other_options_are_kept():
    """
    Where there are options, the timeouts are to be added to them.
    """
    options = {"visibility_timeout": 60}
    config = configured({"broker_transport_options": options}, REDIS, options=options)

    (found,) = told("CK606", config)

    assert found.remedy == (
        "Add 'socket_timeout': 30, 'socket_connect_timeout': 5 to "
        f"app.conf.broker_transport_options{FOR_ALL}"
    )


@pytest.mark.parametrize(
    ("written", "how_long"),
    [({}, "for 120 s at a time"), ({"redis_socket_timeout": None}, "for ever")],
    ids=repr,
)
@pytest.mark.parametrize("backend", ["redis", "rediss", "sentinel"])
def test_a_result_backend_is_told_how_long(written, how_long, backend):
    """
    Celery's own timeout is two minutes, and None is none.
    """
    (found,) = told("CK606", configured(written, backend=backend))

    assert found.option == "redis_socket_timeout"
    assert found.message == (
        f"a result backend that no longer answers blocks every delay(), {how_long}"
    )
    assert found.remedy == f"Write app.conf.redis_socket_timeout = 30{FOR_ALL}"


@pytest.mark.parametrize(
    "config",
    [
        configured(facts=REDIS, options={"socket_timeout": 60}),
        configured({"redis_socket_timeout": 120}, backend="redis"),
        configured({"task_ignore_result": True}, backend="redis"),
        configured(facts={"transport": "amqp"}),
        configured(backend="db"),
        configured(),
    ],
    ids=["broker", "backend", "no results", "RabbitMQ", "database", "nothing known"],
)
def test_near_miss_a_timeout_or_another_broker_passes(config):
    """
    Any number that somebody wrote passes, and so does what is no Redis.
    """
    assert told("CK606", config) == []
