"""
A send within a time returns or raises in that time, whatever the broker does, and knows what
it did.
"""

import gc
import os
import threading
import time
from datetime import timedelta

import pytest
from celery import Celery
from celery.signals import after_task_publish, before_task_publish
from kombu.exceptions import OperationalError

from celerykit import PublishError, call, remote
from celerykit._bounded import _helpers
from celerykit._bounded._publish import Publish
from celerykit.testing import capture
from tests.faults import FAULTS, silent

from .conftest import helpers, sockets, wait_until

WITHIN = 0.25
GRACE = 0.5
SCHEMES = {
    "Redis": "redis://:hunter2@127.0.0.1:{}/0",
    "RabbitMQ": "amqp://me:hunter2@127.0.0.1:{}//",
}


def timed(send):
    """
    How long a send took, and what it raised.
    """
    start = time.monotonic()
    with pytest.raises(PublishError) as caught:
        send()
    return time.monotonic() - start, caught.value


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broker_that_is_not_there(make_add, scheme, fault):
    """
    Refused, silent, or without room: the send ends in time, and certainly nothing was sent.
    """
    with FAULTS[fault]() as port:
        add = make_add(SCHEMES[scheme].format(port))
        call(add, 1, 2).check()  # loads what a first send loads

        took, error = timed(lambda: call(add, 1, 2).send(within=WITHIN))

    assert took < WITHIN + GRACE
    assert (error.outcome, error.side) == ("not_sent", "broker")
    assert error.__cause__ is not None
    assert "hunter2" not in f"{error}{error.__cause__}"


def test_a_refusal_is_told_before_the_time_is_up(make_add):
    """
    Where the retry policy allows no other attempt, nobody waits; the cause is the refusal itself.
    """
    with FAULTS["refused"]() as port:
        add = make_add(SCHEMES["RabbitMQ"].format(port))

        took, error = timed(lambda: call(add, 1, 2).send(within=30))

    assert took < 10
    assert isinstance(error.__cause__, OperationalError)


def test_a_refusal_is_tried_again_while_there_is_time(make_add):
    """
    As the app's retry policy says; a pause that is longer than the time left is not begun.
    """
    policy = {"max_retries": None, "interval_start": 0, "interval_step": 0.01, "interval_max": 9}
    with FAULTS["refused"]() as port:
        add = make_add(SCHEMES["RabbitMQ"].format(port), task_publish_retry_policy=policy)

        took, error = timed(lambda: call(add, 1, 2).send(within=timedelta(seconds=WITHIN)))

    assert took < WITHIN + GRACE
    assert isinstance(error.__cause__, OperationalError)


@pytest.mark.parametrize("policy", [{}, {"task_publish_retry": False}], ids=["once", "no retry"])
def test_a_broker_that_falls_silent(make_add, server, arrived, policy):
    """
    It carries out the command and never answers: the send ends in time, and nobody knows.
    """
    add = make_add(server.url, **policy)
    call(add, 1, 2).send(within=30)
    server.faults = ["mute"] * 5

    took, error = timed(lambda: call(add, 3, 4).send(within=WITHIN))

    assert took < WITHIN + GRACE
    assert (error.outcome, error.side) == ("unknown", "broker")
    assert arrived(server) == 2  # and it is never written again
    wait_until(lambda: not helpers())


def test_a_closed_connection_is_made_anew(make_add, server, arrived):
    """
    What the broker closed while nobody sent is noticed before the message is written.
    """
    add = make_add(server.url)
    call(add, 1, 2).send(within=30)
    server.close_all()

    call(add, 3, 4).send(within=30)

    assert arrived(server) == 2


def test_a_good_connection_is_kept(make_add, server):
    """
    One helper with one connection sends one call after the other.
    """
    add = make_add(server.url)

    call(add, 0, 1).send(within=30)
    opened = len(server.connections)

    for number in range(5):
        call(add, number, 1).send(within=30)

    assert len(helpers()) == 1
    assert len(server.connections) == opened


def test_failures_leave_nothing_behind(make_add):
    """
    Fifty failed sends leave no more threads and sockets than five do, and in the end none.
    """
    before = sockets()
    with silent() as port:
        add = make_add(SCHEMES["Redis"].format(port))
        held = sockets()
        left = []
        for count in (5, 45):
            for _ in range(count):
                timed(lambda: call(add, 1, 2).send(within=0.02))
            left.append((len(helpers()), sockets() - held))

        assert all(threads <= 10 and open_ones <= 10 for threads, open_ones in left)
        wait_until(lambda: not helpers())
    wait_until(lambda: sockets() <= before)


def test_all_helpers_are_stuck(make_add):
    """
    There are only so many: a send that finds none says in time that nothing was sent.
    """
    with silent() as port:
        add = make_add(SCHEMES["RabbitMQ"].format(port), broker_pool_limit=2)
        errors = []

        def stuck():
            errors.append(timed(lambda: call(add, 1, 2).send(within=1.0)))

        threads = [threading.Thread(target=stuck) for _ in range(2)]
        for each in threads:
            each.start()
        wait_until(lambda: len(helpers()) == 2)
        took, error = timed(lambda: call(add, 1, 2).send(within=WITHIN))
        assert len(helpers()) == 2
        for each in threads:
            each.join()

    assert took < WITHIN + GRACE
    assert error.outcome == "not_sent"
    assert {each.outcome for _, each in errors} == {"not_sent"}


def test_what_was_given_up_is_never_sent(make_add, server, arrived, monkeypatch):
    """
    A helper that reaches the broker after the caller has given up writes nothing.
    """
    gate = threading.Event()
    connect = Celery.connection_for_write

    def slow(self, *args, **options):
        if threading.current_thread() in helpers():
            assert gate.wait(10)
        return connect(self, *args, **options)

    add = make_add(server.url)
    monkeypatch.setattr(Celery, "connection_for_write", slow)

    _, error = timed(lambda: call(add, 1, 2).send(within=WITHIN))
    gate.set()
    call(add, 3, 4).send(within=30)  # by the same helper, behind it

    assert error.outcome == "not_sent"
    assert arrived(server) == 1


def test_a_pool_that_others_have_exhausted_does_not_matter(make_add, server, arrived):
    """
    Threads that hold all of the app's own producers stop no bounded send.
    """
    add = make_add(server.url, broker_pool_limit=1)
    with add.app.producer_pool.acquire(block=True):
        call(add, 1, 2).send(within=30)

    assert arrived(server) == 1


def test_the_app_says_how_long(make_add):
    """
    `app.conf.celerykit` holds where the call says nothing; None at the call means no bound.
    """
    with silent() as port:
        add = make_add(SCHEMES["Redis"].format(port), celerykit={"within": WITHIN})

        took, _ = timed(lambda: call(add, 1, 2).send())

    assert took < WITHIN + GRACE
    wait_until(lambda: not helpers())
    memory = make_add("memory://", celerykit={"within": timedelta(seconds=5)})
    call(memory, 1, 2).send(within=None)
    assert not helpers()


@pytest.mark.parametrize("within", [0, -1, float("nan"), float("inf"), timedelta()])
def test_no_time_is_refused(add, within):
    """
    A bound has to be more than 0, and finite.
    """
    with pytest.raises(ValueError, match="is no time to wait"):
        call(add, 1, 2).send(within=within)


@pytest.mark.parametrize("within", ["2", True, [2]])
def test_what_is_no_time_is_refused(add, within):
    """
    Seconds or a timedelta.
    """
    with pytest.raises(TypeError, match="is not a number of seconds or a timedelta"):
        call(add, 1, 2).send(within=within)


@pytest.mark.parametrize("confirm", ["yes", 1, None])
def test_what_is_no_yes_or_no_is_refused(add, confirm):
    """
    True or False.
    """
    with pytest.raises(TypeError, match="is not True or False"):
        call(add, 1, 2).send(confirm=confirm)


# -- what stays as it is


def test_the_message_is_plain_celerys(make_app, messages, app, meaning):
    """
    Part for part, with options, events and all; in memory.
    """

    @app.task(name="shop.add")
    def add(x, y):
        raise NotImplementedError

    app.conf.task_send_sent_event = True
    base = call(add, 1, 2).expires(60).priority(3).headers(tenant="blue").compression("gzip")

    base.send(within=30)
    add.apply_async((1, 2), expires=60, priority=3, headers={"tenant": "blue"}, compression="gzip")

    ours, theirs = map(meaning, messages())
    assert ours == theirs


def test_the_callers_own_code_runs_in_its_thread(app, messages):
    """
    Routers, signals, an apply_async of one's own: all in the thread and the context of the caller.
    """
    seen = []

    def route(name, args, kwargs, options, task=None, **_):
        seen.append(threading.get_ident())

    def heard(**_):
        seen.append(threading.get_ident())

    class Own(app.Task):
        def apply_async(self, *args, **options):
            seen.append(threading.get_ident())
            return super().apply_async(*args, **options)

    app.conf.task_routes = (route,)

    @app.task(name="shop.own", base=Own)
    def add(x, y):
        raise NotImplementedError

    before_task_publish.connect(heard)
    after_task_publish.connect(heard)
    try:
        call(add, 1, 2).send(within=30)
    finally:
        before_task_publish.disconnect(heard)
        after_task_publish.disconnect(heard)

    assert len(seen) >= 4
    assert {*seen} == {threading.get_ident()}
    assert len(messages()) == 1


def test_nobody_is_told_of_what_was_not_sent(make_add):
    """
    The signal after a publish is for messages that left.
    """
    told = []

    def heard(**_):
        told.append(1)

    with FAULTS["refused"]() as port:
        add = make_add(SCHEMES["Redis"].format(port))
        after_task_publish.connect(heard)
        try:
            timed(lambda: call(add, 1, 2).send(within=WITHIN))
        finally:
            after_task_publish.disconnect(heard)

    assert told == []


def test_what_runs_here_is_not_bounded(make_app):
    """
    With task_always_eager the task runs in this thread: within does not apply to it.
    """
    app = make_app(task_always_eager=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    assert call(add, 1, 2).send(within=0.001, confirm=True).get(timeout=1) == 3
    assert not helpers()


def test_it_is_captured_as_any_send(make_add):
    """
    Under capture() a bounded send reaches no broker, and before and after it does.
    """
    with silent() as port:
        add = make_add(SCHEMES["Redis"].format(port))
        with capture(add.app) as sent:
            call(add, 1, 2).send(within=30, confirm=True)
            sent.assert_only(add, 1, 2)
        took, _ = timed(lambda: call(add, 1, 2).send(within=WITHIN))

    assert took < WITHIN + GRACE


def test_a_forked_child_has_helpers_of_its_own(make_add, server, arrived):
    """
    It never writes over its parent's connection, and does not close it.
    """
    add = make_add(server.url)
    call(add, 1, 2).send(within=30)
    opened = len(server.connections)
    pid = os.fork()
    if not pid:
        code = 1
        try:
            call(add, 3, 4).send(within=30)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    call(add, 5, 6).send(within=30)
    assert arrived(server) == 3
    assert len(server.connections) == 2 * opened


def test_a_child_forgets_what_its_parent_had(make_add, server):
    """
    After a fork nothing of the parent's is used, and its sockets are let go without a word.
    """
    add = make_add(server.url)
    call(add, 1, 2).send(within=30)
    before = _helpers.helpers_of(add.app)
    (desk,) = before._desks

    _helpers._start_anew()
    before.end()

    assert desk.line is None
    assert add.app not in _helpers._known
    call(add, 3, 4).send(within=30)


def test_a_child_of_a_parent_that_was_connecting(make_add):
    """
    A fork while a helper still connects finds no socket to let go.
    """
    with silent() as port:
        add = make_add(SCHEMES["RabbitMQ"].format(port))
        timed(lambda: call(add, 1, 2).send(within=0.02))
        desks = [*_helpers.helpers_of(add.app)._desks]

        for each in desks:
            each.abandon()

    assert [each.line for each in desks] == [None] * len(desks)


def test_helpers_end_with_their_app():
    """
    An app that nobody needs any more takes its idle helpers along.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.conf.task_default_queue = "ends"

    @remote("shop.add", app=app)
    def add(x, y):
        raise NotImplementedError

    call(add, 1, 2).send(within=30)
    assert len(helpers()) == 1
    app.close()
    del app, add
    gc.collect()

    wait_until(lambda: not helpers())


def test_a_system_without_threads(make_add, server, monkeypatch):
    """
    Where no thread can be started the send ends in time all the same.
    """
    add = make_add(server.url)

    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    took, error = timed(lambda: call(add, 1, 2).send(within=WITHIN))

    assert took < WITHIN + GRACE
    assert error.outcome == "not_sent"


def test_another_broker_is_tried(make_add, server, arrived):
    """
    Of several brokers the next one is tried where the first refuses.
    """
    with FAULTS["refused"]() as port:
        scheme = server.url.partition("://")[0]
        add = make_add(f"{scheme}://127.0.0.1:{port};{server.url}")
        call(add, 1, 2).send(within=10)

    assert arrived(server) == 1


def test_an_interrupt_gives_up(make_add, monkeypatch):
    """
    Ctrl-C while it waits comes out as it is, and nothing is sent later.
    """
    with silent() as port:
        add = make_add(SCHEMES["Redis"].format(port))

        def interrupted(self, timeout=None):
            raise KeyboardInterrupt

        monkeypatch.setattr("celerykit._bounded._errand.Event.wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            call(add, 1, 2).send(within=WITHIN)


def test_nobody_waits_for_another_attempt(make_add, monkeypatch):
    """
    A helper whose caller gives up while it pauses does not try again.
    """
    policy = {"max_retries": None, "interval_start": 0.2, "interval_step": 0, "interval_max": 0.2}
    with FAULTS["refused"]() as port:
        add = make_add(SCHEMES["RabbitMQ"].format(port), task_publish_retry_policy=policy)
        gate, paused = threading.Event(), threading.Event()

        def pause(seconds):
            paused.set()
            assert gate.wait(10)

        monkeypatch.setattr("celerykit._bounded._publish.sleep", pause)
        took, error = timed(lambda: call(add, 1, 2).send(within=0.3))
        assert paused.is_set()
        gate.set()
        wait_until(lambda: not helpers())

    assert took < 0.3 + GRACE
    assert isinstance(error.__cause__, OperationalError)  # what was tried last
    assert error.outcome == "not_sent"


def test_many_threads_meet_one_set_of_helpers(make_app, at_once):
    """
    Threads that send for the first time at the same moment share the helpers of their app.
    """
    app = make_app()

    found = at_once(lambda _: _helpers.helpers_of(app))

    assert len({*map(id, found)}) == 1


def test_it_is_bounded_inside_a_task(make_app):
    """
    A task that sends is the parent of what it sends, as ever.
    """
    app = make_app()

    @app.task(name="shop.child")
    def child():
        raise NotImplementedError

    @app.task(name="shop.parent")
    def parent():
        return call(child).ignore_result().send(within=30).id

    with capture(app) as sent:
        call(parent).task_id("mother").send(within=30)
        parent.apply(task_id="mother")
        told = sent.one(child)

    assert told.message["headers"]["parent_id"] == "mother"


def test_a_longer_time_gets_sockets_that_wait_longer(make_add, server):
    """
    A connection whose sockets give up early is not used where there is much more time.
    """
    add = make_add(server.url)
    call(add, 1, 2).send(within=10)
    opened = len(server.connections)

    call(add, 1, 2).send(within=10.5)
    assert len(server.connections) == opened
    call(add, 1, 2).send(within=60)
    assert len(server.connections) == 2 * opened


def test_a_helper_outlives_what_it_could_not_do(make_add, monkeypatch):
    """
    Whatever goes wrong in a helper its caller hears of, and the next call finds a helper.
    """
    add = make_add("memory://", broker_pool_limit=1)
    with monkeypatch.context() as patch:
        patch.setattr(Publish, "_attempt", lambda *_: 1 / 0)
        with pytest.raises(PublishError, match="ZeroDivisionError") as raised:
            call(add, 1, 2).send(within=30)

    assert raised.value.outcome == "not_sent"
    assert call(add, 1, 2).send(within=30).id
