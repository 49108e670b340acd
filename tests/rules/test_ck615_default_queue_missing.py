"""
CK615: a call without a route goes to a queue that is not declared.
"""

import pytest
from celery.exceptions import QueueNotFound
from kombu import Queue

from celerykit._config import Line, Route, TaskClass

from .configured import configured, told, words

ORDERS = Line("orders", "direct", {})
SAID = "task_queues does not declare the default queue 'celery', so a call that has no route"
WRITE = "Write app.conf.task_default_queue = 'orders', or declare 'celery'"


def asked(*, creates=True, written=None, facts=None, **known):
    """
    What the rule says of an app that declares one queue.
    """
    all_facts = {"creates_queues": creates, **(facts or {})}
    given = {"declared": True, "queues": (ORDERS,), **known}
    return told("CK615", configured(written, all_facts, **given))


@pytest.mark.parametrize(
    ("creates", "so", "level"),
    [
        (True, "is read by no worker without -Q", "warning"),
        (False, "raises QueueNotFound", "error"),
    ],
)
def test_a_default_queue_that_is_not_declared_is_told(creates, so, level):
    """
    It is told what happens to such a call; where it fails it is an error.
    """
    (found,) = asked(creates=creates)

    assert words([found]) == [("task_default_queue", "'celery'", f"{SAID} {so}", WRITE)]
    assert found.level == level


def test_a_task_without_a_route_is_enough():
    """
    Routes for some of the tasks leave the others.
    """
    tasks = tuple(TaskClass(name, "shop.tasks", {}, {}) for name in ("shop.a", "mail.b"))

    assert len(asked(tasks=tasks, routes=(Route("shop.*", {"queue": "orders"}),))) == 1


@pytest.mark.parametrize(
    "known",
    [
        {"declared": False},
        {"written": {"task_default_queue": "orders"}},
        {"routes": (Route("*", {"queue": "orders"}),)},
        {
            "routes": (Route("shop.*", {"queue": "orders"}),),
            "tasks": (TaskClass("shop.a", "shop.tasks", {}, {}),),
        },
        {"facts": {"has_routes": True}},
    ],
    ids=["none declared", "declared", "all routed", "each routed", "a function"],
)
def test_near_miss_where_every_call_has_a_queue_passes(known):
    """
    A default queue that is declared passes, and so does an app that routes whatever it calls.
    """
    assert asked(**known) == []


def test_harm_plain_celery_sends_where_its_workers_do_not_read(make_app, messages):
    """
    With plain Celery such a call waits in a queue that is not among those a worker reads.
    """
    app = make_app(task_queues=[Queue("shop.orders")])
    default = app.conf.task_default_queue
    worker = make_app(task_queues=[Queue("shop.orders")], task_default_queue=default)

    app.send_task("shop.add", (2, 3))

    assert [*worker.amqp.queues.consume_from] == ["shop.orders"]
    with app.connection_for_read() as connection:
        assert connection.default_channel.basic_get(default, no_ack=True)


def test_harm_plain_celery_refuses_each_such_call(make_app):
    """
    With plain Celery and no missing queues, a call without a route raises.
    """
    app = make_app(task_queues=[Queue("shop.orders")], task_create_missing_queues=False)

    with pytest.raises(QueueNotFound):
        app.send_task("shop.add", (2, 3))
