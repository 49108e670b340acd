"""
A result backend that is down stops no send that can do without it, and is named where it cannot.
"""

import threading
import time

import pytest
from celery.backends.base import BaseBackend
from celery.backends.rpc import RPCBackend

from celerykit import PublishError, call, send_many
from celerykit.bulk._announce import Announcer, stand_before
from tests.faults import FAULTS, silent

WITHIN = 0.25
GRACE = 0.5


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("terms", [{"within": 30}, {"within": 30, "confirm": True}])
def test_a_redis_backend_is_left_to_the_read(make_add, messages, app, fault, terms):
    """
    Refused, silent or full: the call leaves at once, since only a read has to ask the backend.
    """
    with FAULTS[fault]() as port:
        add = make_add("memory://", result_backend=f"redis://127.0.0.1:{port}/0")

        start = time.monotonic()
        handle = call(add, 1, 2).send(**terms)

        assert time.monotonic() - start < 5
        assert handle.id


@pytest.mark.parametrize("fault", FAULTS)
def test_bulk_leaves_it_to_the_read_too(make_add, fault):
    """
    The first two calls, which Celery makes itself, touch it no more than the others.
    """
    with FAULTS[fault]() as port:
        add = make_add("memory://", result_backend=f"redis://127.0.0.1:{port}/0")

        start = time.monotonic()
        report = send_many(add, [(1, 2), (3, 4), (5, 6)])

        assert time.monotonic() - start < 5
        assert report.complete


@pytest.mark.parametrize("terms", [{}, {"within": 30}])
def test_fire_and_forget_leaves_the_backend_alone(strange, terms):
    """
    ignore_result needs no result backend: none is told, and nothing is connected.
    """
    heard = []
    add = strange(heard.append)

    call(add, 1, 2).ignore_result().send(**terms)
    add.ignore_result = True
    call(add, 1, 2).send(**terms)

    assert heard == []


def test_fire_and_forget_connects_to_no_backend(make_add):
    """
    A silent Redis sees no connection, not even when the handle is made.
    """
    with silent() as port:
        add = make_add("memory://", result_backend=f"redis://127.0.0.1:{port}/0")

        handle = call(add, 1, 2).ignore_result().send()

        assert handle.async_result.ignored
        assert not add.app.backend.client.connection_pool._in_use_connections


# -- backends that have to know a call


class Strange(BaseBackend):
    """
    A backend that has to be told of each call, in whatever way.
    """

    tell = staticmethod(lambda task_id: None)

    def on_task_call(self, producer, task_id):
        """
        Be told.
        """
        self.tell(task_id)


@pytest.fixture
def strange(make_add, monkeypatch):
    """
    A task whose app has such a backend, and what tells it.
    """

    def make(tell):
        monkeypatch.setattr(Strange, "tell", staticmethod(tell))
        add = make_add("memory://")
        add.app.backend_cls = f"{__name__}:Strange"  # a class itself Celery 5.4 does not take
        return add

    return make


def test_an_unknown_backend_is_told_beside_the_caller(strange):
    """
    In a helper, in the caller's context.
    """
    told = []
    add = strange(lambda task_id: told.append((task_id, threading.current_thread().name)))

    handle = call(add, 1, 2).send(within=30)

    assert told == [(handle.id, "celerykit-send")]


def test_an_unknown_backend_that_hangs(strange, messages, app):
    """
    The send ends in time, says that it was the backend, and nothing was sent.
    """
    gate = threading.Event()
    add = strange(lambda task_id: gate.wait(10))

    start = time.monotonic()
    with pytest.raises(PublishError, match="the result backend could not be reached") as caught:
        call(add, 1, 2).send(within=WITHIN)
    took = time.monotonic() - start
    gate.set()

    assert took < WITHIN + GRACE
    assert (caught.value.outcome, caught.value.side) == ("not_sent", "result backend")


def failing(task_id):
    """
    Fail as a backend that is down.
    """
    raise RuntimeError("down")


@pytest.mark.parametrize("terms", [{}, {"within": 30}])
def test_an_unknown_backend_that_fails(strange, terms):
    """
    It is the result backend, and nothing was sent; of one call, and of many.
    """
    add = strange(failing)

    with pytest.raises(PublishError, match="the result backend failed: RuntimeError") as caught:
        call(add, 1, 2).send(**terms)

    assert (caught.value.outcome, caught.value.side) == ("not_sent", "result backend")


def test_bulk_names_the_backend(strange):
    """
    A backend that fails ends a bulk send with a report, and no raw error.
    """
    report = send_many(strange(failing), [(1, 2), (3, 4)])

    assert report.error.side == "result backend"
    assert [*report.not_sent] == [0]


def test_replies_are_declared_with_the_call(make_add, server):
    """
    With rpc:// the queue of this very thread is declared by the helper, before the message.
    """
    add = make_add(server.url, result_backend="rpc://")

    for _ in range(2):
        call(add, 1, 2).send(within=30)

    backend = add.app.backend
    assert type(backend) is RPCBackend
    assert type(backend.on_task_call) is Announcer
    if hasattr(server, "methods"):
        assert server.methods.count((50, 10)) == 2  # its own queue, and that of the replies


def test_plain_celery_announces_as_ever(strange):
    """
    A backend that celerykit stands before is told in its own way by everybody else.
    """
    told = []
    add = strange(told.append)
    call(add, 1, 2).send(within=30)
    stand_before(add.app.backend)

    result = add.delay(1, 2)

    assert told[1:] == [result.id]
