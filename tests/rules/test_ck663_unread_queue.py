"""
CK663: a queue that this app sends to, and that nobody reads.
"""

import pytest
from kombu.transport.memory import Channel

from .hearing import ONE, heard

SENT = {"celery": ("shop.add",), "money": ("shop.pay",)}


def test_a_routed_queue_without_a_reader_is_told():
    """
    The finding names the task, the queue, who was asked, and how to start a worker.
    """
    (found,) = heard("CK663", senders=SENT)

    assert (found.option, found.level) == ("task_routes", "warning")
    assert found.message == (
        "shop.pay goes to the queue 'money', which no worker that answered reads (celery@one)"
    )
    assert found.remedy == "Start a worker with -Q money"


def test_the_default_queue_without_a_reader_is_told():
    """
    Tasks without a route need a reader too; not all of them are listed.
    """
    tasks = ("shop.a", "shop.b", "shop.c", "shop.d")
    workers = (ONE._replace(queues=frozenset({"money"})),)

    (found,) = heard("CK663", senders={"celery": tasks}, workers=workers)

    assert found.option == "task_default_queue"
    assert found.message.startswith("shop.a, shop.b, shop.c and 1 more go to the queue 'celery'")


@pytest.mark.parametrize(
    "known",
    [
        {"workers": (ONE, ONE._replace(name="celery@two", queues=frozenset({"money"})))},
        {"workers": (ONE, ONE._replace(name="celery@two", queues=None))},
        {"consumers": {"money": 1}},
        {"senders": {"celery": ("shop.add",)}},
    ],
)
def test_near_miss_a_queue_that_is_read_passes(known):
    """
    One reader is enough, of whatever kind; and a worker that did not say may be one.
    """
    assert heard("CK663", **{"senders": SENT, **known}) == []


def test_a_queue_without_consumers_is_told_by_its_broker_too():
    """
    That RabbitMQ knows no consumer of it does not excuse a queue.
    """
    assert len(heard("CK663", senders=SENT, consumers={"money": 0})) == 1


def test_harm_what_is_routed_elsewhere_is_not_run(make_app, messages):
    """
    With plain Celery a call that is routed to another queue is not in the one that is read.
    """
    app = make_app(task_routes={"shop.pay": {"queue": "money"}})

    app.send_task("shop.pay")

    assert len(messages("money")) == 1
    assert app.conf.task_default_queue not in Channel.queues
