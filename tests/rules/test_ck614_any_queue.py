"""
CK614: a misspelt queue is made, and nobody reads it.
"""

import pytest
from kombu import Queue

from celerykit._config import Line, Route

from .configured import configured, told, words

CELERY, ORDERS = Line("celery", "direct", {}), Line("orders", "direct", {})
WRITE = "Write app.conf.task_create_missing_queues = False"
MADE = "a misspelt queue is made on the spot, and no worker reads it: only"


def asked(*queues, routes=(), creates=True):
    """
    What the rule says of an app that declares these queues.
    """
    facts = {"creates_queues": creates}
    return told("CK614", configured({}, facts, declared=True, queues=queues, routes=routes))


def test_declared_queues_beside_any_other_are_told():
    """
    The queues that are declared are told, and the line that makes them all there are.
    """
    assert words(asked(ORDERS, CELERY)) == [
        ("task_create_missing_queues", "True", f"{MADE} celery and orders are declared", WRITE)
    ]
    assert asked(CELERY)[0].message == f"{MADE} celery is declared"


def test_many_queues_are_counted():
    """
    More than a handful are not all named.
    """
    many = [Line(f"q{number}", "direct", {}) for number in range(20)]

    assert asked(*many)[0].message == f"{MADE} 20 queues are declared"


def test_queues_of_routes_are_declared_first():
    """
    A queue that a route names would be refused too, unless it is declared.
    """
    routes = (
        Route("a", {"queue": "mail"}),
        Route("b", {"queue": Queue("video")}),
        Route("c", {"queue": "orders"}),
        Route("d", {"priority": 5}),
    )

    (found,) = asked(CELERY, ORDERS, routes=routes)

    assert found.remedy == (
        "Declare 'mail', 'video' in task_queues as well, and write "
        "app.conf.task_create_missing_queues = False"
    )


@pytest.mark.parametrize(
    "known",
    [{"declared": True, "facts": {"creates_queues": False}}, {"declared": False}],
    ids=["told not to", "none declared"],
)
def test_near_miss_either_way_round_passes(known):
    """
    Who declares no queue wants Celery to make them, and who refuses missing ones is safe.
    """
    assert told("CK614", configured(queues=(CELERY,), **known)) == []


def test_harm_plain_celery_makes_a_queue_that_nobody_reads(make_app, messages):
    """
    With plain Celery a misspelt queue takes the call, and the workers of the app read others.
    """
    app, worker = (make_app(task_queues=[Queue("shop.orders")]) for _ in range(2))

    app.send_task("shop.add", (2, 3), queue="shop.ordres")

    assert [*worker.amqp.queues.consume_from] == ["shop.orders"]
    with app.connection_for_read() as connection:
        assert connection.default_channel.basic_get("shop.ordres", no_ack=True)
