"""
What a forked child does with what it inherits, asked here without a fork.
"""

import gc
import sys

import pytest
from celery import Celery
from kombu import pools

from celerykit import (
    GatherError,
    Handle,
    _inherited,
    call,
    gather,
    group,
    guard,
    send_many,
    step,
)
from celerykit._fork import FORKS, Forks
from celerykit._inherited import know_backend, renew

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def shop():
    """
    An app whose Celery has sent over the pool that all share.
    """
    app = Celery("shop", broker=f"memory://{id(object())}", set_as_current=False)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    app.conf.broker_pool_limit = 3
    add.delay(2, 3)
    yield app
    pools.connections.clear()
    pools.producers.clear()


def backend_of(url):
    """
    A result backend of an app, known for when it is forked.
    """
    app = Celery("shop", broker="memory://", backend=url, set_as_current=False)
    know_backend(app.AsyncResult("order-7"))
    return app.backend


def test_a_child_sends_over_a_connection_of_its_own(shop):
    """
    The pools are the same ones, with new connections in them; that of the parent stays open.
    """
    with shop.producer_or_acquire() as producer:
        before = producer.connection
    pool, producers = shop.pool, shop.producer_pool

    renew()

    with shop.producer_or_acquire() as producer:
        assert producer.connection is not before
    assert before.connected
    assert (shop.pool, shop.producer_pool) == (pool, producers)
    assert (pool.limit, producers.limit) == (3, 3)


def test_celerys_own_hook_closes_nothing_then(shop):
    """
    What multiprocessing calls in its children, to close what is in a pool, finds nothing in it.
    """
    with shop.producer_or_acquire() as producer:
        before = producer.connection

    renew()
    shop.pool.force_close_all()

    assert before.connected


def test_a_producer_of_the_projects_own_is_kept(shop):
    """
    A pool goes on making the kind of producers that it made.
    """
    producers = shop.producer_pool

    class Own(producers.Producer):
        """
        A project's.
        """

    producers.Producer = Own
    renew()

    with shop.producer_or_acquire() as producer:
        assert type(producer) is Own


def test_nobody_has_loaded_kombu(monkeypatch):
    """
    Where nothing was sent, there is nothing to be made anew, and nothing is loaded.
    """
    monkeypatch.delitem(sys.modules, "kombu.pools")

    renew()

    assert "kombu.pools" not in sys.modules


def test_results_on_redis_are_heard_of_anew():
    """
    A backend listens again, for what its results still wait for; a new one each time.
    """
    backend = backend_of(NOWHERE)
    before, waiting = backend.result_consumer, backend._pending_results

    renew()

    assert type(backend.result_consumer) is type(before)
    assert backend.result_consumer is not before
    assert backend.result_consumer._pending_results is waiting


def test_answers_come_to_a_queue_of_its_own(monkeypatch):
    """
    With rpc:// a child has a name of its own, and its parent's connection stays open.
    """
    backend = backend_of("rpc://")
    asked = backend.oid, backend.app.oid
    consumer = backend.result_consumer
    consumer.start("order-7")
    monkeypatch.setattr("os.getpid", lambda: 1)

    renew()

    assert backend.result_consumer is not consumer
    assert consumer._connection.connected
    assert {backend.oid, backend.app.oid, backend.app.thread_oid}.isdisjoint(asked)
    assert backend.oid == backend.app.thread_oid
    consumer.stop()


class Stranger:
    """
    What hears of results in a package that we do not know.
    """

    def __init__(self, nothing):
        """
        Take something else than Celery's own.
        """


class BaseResultConsumer:
    """
    What Celery's own may one day look like.
    """


@pytest.mark.parametrize("consumer", [Stranger(None), BaseResultConsumer()])
def test_an_unknown_consumer_is_left_alone(consumer):
    """
    What may be made in another way is not made again.
    """
    backend = backend_of(NOWHERE)
    backend.result_consumer = consumer

    renew()

    assert backend.result_consumer is consumer


def test_an_unknown_backend_is_left_alone():
    """
    Without the names that Celery keeps waiting results in, no other consumer could find them.
    """
    backend = backend_of(NOWHERE)
    consumer = backend.result_consumer
    del backend._pending_results

    renew()

    assert backend.result_consumer is consumer


def test_a_backend_that_is_gone_is_forgotten():
    """
    Nothing is held for the sake of a fork that may never come.
    """
    gc.collect()
    before = {*_inherited._backends}
    known = id(backend_of(NOWHERE))
    gc.collect()

    assert known not in {*_inherited._backends} - before


def test_a_backend_that_is_just_going(monkeypatch):
    """
    One that nobody holds any more needs nothing.
    """
    monkeypatch.setitem(_inherited._backends, 0, lambda: None)

    renew()

    assert 0 in _inherited._backends


@pytest.mark.parametrize("way", ["call", "flow", "group", "bulk", "plain", "read"])
def test_a_backend_is_known_once_it_was_used(way):
    """
    Whoever sends or reads with it, alone or with others, in a flow, in bulk or under guard.
    """
    app = Celery("shop", broker="memory://", backend="cache+memory://", set_as_current=False)

    @app.task(name="shop.add")
    def add(x, y=0):
        return x + y

    if way == "call":
        call(add, 2, 3).send()
    elif way == "flow":
        (call(add, 2) | step(add)).send()
    elif way == "group":
        group([call(add, 2), call(add, 3)]).send()
    elif way == "bulk":
        send_many(add, [(2, 3)])
    elif way == "plain":
        watching = guard(app)
        add.delay(2, 3)
        watching.remove()
    else:
        with pytest.raises(GatherError):
            gather([Handle(app.AsyncResult("order-7"))], timeout=0.01)

    assert id(app.backend) in _inherited._backends


def test_a_result_without_a_backend():
    """
    Whatever a stand-in for send_task returns is no backend's.
    """
    before = {*_inherited._backends}

    know_backend(None)

    assert {*_inherited._backends} == before


def test_every_child_hears_of_it():
    """
    Who asked to be told is told once for each fork, after the fork is counted.
    """
    told = []
    forks = Forks()
    forks.tell(lambda: told.append(forks.number))

    forks.count()
    forks.count()

    assert told == [1, 2]
    assert renew in FORKS._heirs
