"""
CK630: RabbitMQ ignores a priority where the queue has no levels.
"""

import pytest

from celerykit._config import Line, Route, TaskClass

from .configured import configured, told, words

PLAIN = Line("celery", "direct", {})
REMEDY = "Write app.conf.task_queue_max_priority = 10, and make the queues anew"


def asked(*queues, written=None, transport="amqp", **known):
    """
    What the rule says of an app with these queues.
    """
    return told("CK630", configured(written, {"transport": transport}, queues=queues, **known))


@pytest.mark.parametrize(
    ("known", "what"),
    [
        ({"written": {"task_default_priority": 0}}, "task_default_priority"),
        ({"routes": (Route("a.*", {"priority": 9}),)}, "the route 'a.*'"),
        (
            {"tasks": (TaskClass("shop.pay", "shop.tasks", {}, {"priority": 9}),)},
            "the priority of shop.pay",
        ),
    ],
    ids=repr,
)
def test_a_priority_is_told(known, what):
    """
    A priority of the app, of a route or of a task is told.
    """
    said = f"{what} is ignored: no queue of the app has x-max-priority"

    assert words(asked(PLAIN, **known)) == [("task_queue_max_priority", "None", said, REMEDY)]


@pytest.mark.parametrize(
    ("queues", "transport"),
    [
        ((PLAIN, Line("ranked", "direct", {"x-max-priority": 10})), "amqp"),
        ((Line("quorum", "topic", {"x-queue-type": "quorum"}),), "amqp"),
        ((PLAIN,), "redis"),
    ],
    ids=repr,
)
def test_near_miss_levels_or_another_broker_pass(queues, transport):
    """
    One queue with levels may be the one that is meant; Redis and quorum queues have their own.
    """
    assert asked(*queues, transport=transport, written={"task_default_priority": 5}) == []


def test_near_miss_no_priority_passes():
    """
    Without a priority no levels are needed.
    """
    task = TaskClass("shop.pay", "shop.tasks", {}, {"priority": None})

    assert asked(PLAIN, routes=(Route("a", {"queue": "a"}),), tasks=(task,)) == []
