"""
The ids that callers chose are remembered: for each app, up to a number, in every thread.
"""

import gc

import pytest
from celery import Celery

from celerykit import PublishError, call
from celerykit._sent_ids import SentIds

from .faults import IMPATIENT


class App:
    """
    What stands for an app: something that can be told from another.
    """


@pytest.fixture
def ids():
    """
    A memory of its own.
    """
    return SentIds()


def test_an_id_is_remembered_for_its_app(ids):
    """
    What one app sent, another has not.
    """
    shop, other = App(), App()

    ids.add(shop, "order-7")

    assert ids.has(shop, "order-7")
    assert not ids.has(shop, "order-8")
    assert not ids.has(other, "order-7")


def test_the_oldest_is_forgotten_first(ids):
    """
    Ten thousand ids are kept, and memory does not grow beyond.
    """
    shop = App()
    for number in range(10_001):
        ids.add(shop, str(number))

    assert not ids.has(shop, "0")
    assert ids.has(shop, "1")
    assert ids.has(shop, "10000")


def test_an_id_that_is_sent_again_counts_once(ids):
    """
    The same id pushes out no other.
    """
    shop = App()
    for number in range(10_000):
        ids.add(shop, str(number))
    for _ in range(5):
        ids.add(shop, "9999")

    assert ids.has(shop, "0")


def test_threads_share_the_memory(ids, at_once):
    """
    Ids that many threads add at the same moment are all there, and never too many.
    """
    shop = App()

    at_once(lambda thread: [ids.add(shop, f"{thread}-{number}") for number in range(2_000)])

    left = [ids.has(shop, f"{thread}-{number}") for thread in range(8) for number in range(2_000)]
    assert sum(left) == 10_000


def test_an_app_that_is_gone_is_forgotten(ids):
    """
    Remembering ids keeps no app alive.
    """
    app = Celery("gone", broker="memory://", set_as_current=False)
    ids.add(app, "order-7")
    app.close()
    del app

    gc.collect()

    assert len(ids._ids) == 0


def test_a_send_that_fails_leaves_no_trace(make_app):
    """
    A call that never left may be sent again under its id.
    """
    app = make_app(
        broker_url="amqp://127.0.0.1:1/sent_ids",
        task_publish_retry=False,
        broker_transport_options=IMPATIENT,
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    once = call(add, 2, 3).task_id("order-7").no_retry()
    with pytest.raises(PublishError):
        once.send()

    assert once.check() == []


def test_another_app_may_use_the_same_id(make_app):
    """
    Two apps share no results, so they may share an id.
    """

    def add(x, y):
        return x + y

    tasks = [app.task(name="shop.add")(add) for app in (make_app(), make_app())]

    ids = [call(task, 2, 3).task_id("order-7").send().id for task in tasks]

    assert ids == ["order-7", "order-7"]
