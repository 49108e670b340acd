"""
worker(): a real worker beside the test, which answers at once, and leaves nothing behind.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import celery
import pytest
from celery import _state, chord, group, signals
from celery.contrib.testing.worker import start_worker
from celery.exceptions import NotRegistered, Reject, TaskRevokedError
from celery.exceptions import TimeoutError as CeleryTimeoutError
from celery.result import allow_join_result
from celery.utils.dispatch import Signal
from celery.worker import state as worker_state
from kombu.transport.memory import Channel

from celerykit import BlockingGetWarning, CallRejected, ReadRefused, allow_blocking_get, guard
from celerykit.testing import ResultPending, capture, clock, memory_app, run_pending, worker

WAIT = 20


@pytest.fixture
def waits(app, add):
    """
    A task that waits for another one.
    """

    @app.task(name="shop.waits")
    def waits():
        return add.delay(1, 2).get(timeout=WAIT)

    return waits


def test_a_task_is_run(app, add):
    """
    The worker runs what the app sends, in a thread of its own, and get() waits for it.
    """
    where = []

    @app.task(name="shop.where")
    def where_am_i():
        where.append(threading.current_thread())
        return celery.current_app._get_current_object() is app

    with worker(app) as running:
        assert add.delay(1, 2).get(timeout=WAIT) == 3
        assert where_am_i.delay().get(timeout=WAIT)

        assert running.app is app
    assert where[0] is not threading.current_thread()
    assert not where[0].is_alive()


def test_nothing_reaches_a_broker(make_app, port):
    """
    An app whose broker and results are elsewhere keeps both in memory meanwhile.
    """
    url = f"redis://127.0.0.1:{port.number}/0"
    app = make_app(broker_url=url, result_backend=url)
    task = app.task(name="shop.near")(near)

    with worker(app):
        assert task.delay().get(timeout=WAIT) == "near"
        assert list(app.control.inspect(timeout=0.1).ping() or ())

    assert port.visits == 0
    assert "shop.near" not in Channel.queues


def near():
    """
    Say where.
    """
    return "near"


def test_canvas_and_retries(app, add):
    """
    What Celery does by itself in a worker, it does: chords, chains, groups, retries, errors.
    """

    @app.task(name="shop.total")
    def total(numbers):
        return sum(numbers)

    @app.task(name="shop.flaky", bind=True, default_retry_delay=0)
    def flaky(self):
        if self.request.retries < 2:
            raise self.retry()
        return self.request.retries

    @app.task(name="shop.boom")
    def boom():
        raise KeyError("boom")

    with worker(app, concurrency=3):
        assert chord([add.s(i, i) for i in range(20)], total.s())().get(timeout=WAIT) == 380
        assert (add.s(1, 1) | add.s(3)).apply_async().get(timeout=WAIT) == 5
        assert group(add.s(1, 1), add.s(2, 2))().get(timeout=WAIT) == [2, 4]
        assert flaky.delay().get(timeout=WAIT) == 2
        with pytest.raises(KeyError, match="boom"):
            (boom.s() | add.s(1)).apply_async().get(timeout=WAIT)


def test_later_and_elsewhere(app, add):
    """
    A countdown is waited for in real time, and every queue is served.
    """
    with worker(app):
        assert add.apply_async((1, 2), countdown=0.05, queue="far").get(timeout=WAIT) == 3


def test_more_than_it_takes_at_once(app, add):
    """
    A long queue is worked off without a pause, as each message that is done makes room.
    """
    with worker(app):
        results = [add.delay(number, 1) for number in range(100)]

        assert [result.get(timeout=WAIT) for result in results] == [*range(1, 101)]


def test_tasks_made_meanwhile(app):
    """
    A task that is made when the worker runs already is run; one that nobody made is an error.
    """
    with worker(app):
        late = app.task(name="shop.late")(near)

        assert late.delay().get(timeout=WAIT) == "near"
        with pytest.raises(NotRegistered):
            app.send_task("shop.never").get(timeout=WAIT)


def test_a_replaced_body(app, add, monkeypatch):
    """
    What a test puts in the place of a task's function runs, also the second time.
    """
    with worker(app):
        assert add.delay(1, 2).get(timeout=WAIT) == 3
        monkeypatch.setattr(add, "run", lambda x, y: x * y)
        assert add.delay(3, 4).get(timeout=WAIT) == 12


def test_waiting_in_a_task_is_refused(app, waits):
    """
    A task that waits for another one is refused, which Celery's own worker for tests lets pass.
    """
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False):
        assert waits.delay().get(timeout=WAIT) == 3  # the harm: production would refuse it

    with worker(app, concurrency=2), pytest.raises(ReadRefused, match="CK402"):
        waits.delay().get(timeout=WAIT)


def test_celerys_own_guard_is_on(app, waits):
    """
    Where ours is told to leave it, Celery itself refuses, as in production.
    """
    with (
        worker(app, concurrency=2, allow=["CK402"]),
        pytest.raises(RuntimeError, match=r"Never call result\.get\(\) within a task"),
    ):
        waits.delay().get(timeout=WAIT)


def test_waiting_that_is_meant(app, add):
    """
    A task may say that it means to wait: to us, and to Celery.
    """

    @app.task(name="shop.means")
    def means():
        with allow_blocking_get():
            first = add.delay(1, 2).get(timeout=WAIT)
        with allow_join_result():
            return first + add.delay(3, 4).get(timeout=WAIT)

    with worker(app, concurrency=2, allow=["CK402"]), allow_join_result():
        assert means.delay().get(timeout=WAIT) == 10
    assert not _state.task_join_will_block()


def test_a_projects_own_guard_speaks(app, waits, monkeypatch):
    """
    Where the project has put a guard, its action counts, and it watches on.
    """
    said = []
    monkeypatch.setattr("celerykit._blocking.warn", lambda kind, finding: said.append(kind))
    own = guard(app)

    with worker(app, concurrency=2), pytest.raises(RuntimeError, match="Never call"):
        waits.delay().get(timeout=WAIT)

    assert said == [BlockingGetWarning]
    assert own.watches
    assert own.is_outermost


def test_plain_calls_are_checked(app, add):
    """
    A plain call that a rule refuses is refused, as by capture().
    """
    with worker(app), pytest.raises(CallRejected, match="CK201"):
        add.apply_async((1, 2), contdown=10)
    with worker(app, allow=["CK201"]):
        assert add.apply_async((1, 2), contdown=10).get(timeout=WAIT) == 3


def test_a_memory_app(add):
    """
    What an app of memory_app() sent before is run too, and its results are kept.
    """
    with memory_app() as own:
        task = own.task(near)
        before = task.delay()
        elsewhere = task.apply_async(queue="far")
        with worker(own):
            assert before.get(timeout=WAIT) == "near"
            assert elsewhere.get(timeout=WAIT) == "near"
            with pytest.raises(TypeError, match="has no worker"):
                run_pending(own)
        after = task.delay()
        assert before.get() == "near"
        run_pending(own)
        assert after.get() == "near"


@pytest.mark.parametrize("first", ["capture", "worker"])
@pytest.mark.parametrize("which", ["memory", "own"])
def test_with_a_capture(make_app, which, first):
    """
    Under a capture, whichever came first, calls are listed there and run here.
    """
    with memory_app() as own:
        app = own if which == "memory" else make_app()
        task = app.task(name="shop.near")(near)
        outer, inner = capture(app), worker(app)
        if first == "worker":
            outer, inner = inner, outer
        with outer as one, inner as two:
            sent = one if first == "capture" else two
            assert task.delay().get(timeout=WAIT) == "near"

            sent.assert_only(task)
            with pytest.raises(RuntimeError, match="run\\(\\) while a worker runs"):
                sent.run()
        assert len(sent) == 1


def test_what_was_captured_before(app, add):
    """
    What a capture holds when the worker starts is run, and what is left is run by run().
    """
    with capture(app) as sent:
        first = add.delay(1, 2)
        with worker(app):
            assert first.get(timeout=WAIT) == 3
            later = add.apply_async((3, 4), countdown=3600)
            add.delay(1, 1).get(timeout=WAIT)  # by now it has been taken, and waits there
        second = add.delay(5, 6)
        assert len(sent.run()) == 1

        assert second.get() == 11
        assert later.state == "PENDING"
    assert len(sent) == 4


def test_the_clock_does_not_move_a_worker(app, add):
    """
    A worker goes by the real time: advance() leaves what it holds alone.
    """
    with clock() as time, worker(app):
        later = add.apply_async((1, 2), countdown=3600)
        assert add.delay(1, 2).get(timeout=WAIT) == 3

        assert len(time.advance(7200)) == 0
        assert later.state == "PENDING"


def test_two_workers(make_app):
    """
    Two apps may each have a worker, and neither runs the other's tasks.
    """
    one, two = make_app(), make_app()
    tasks = [each.task(name="shop.main", bind=True)(main) for each in (one, two)]

    with worker(one), worker(two):
        results = [task.delay() for task in tasks]

        assert [result.get(timeout=WAIT) for result in results] == [one.main, two.main]


def test_a_worker_that_ends_beside_another(make_app, app, add):
    """
    When one worker ends, the other one still knows what it runs.
    """
    begun, end = threading.Event(), threading.Event()
    other = make_app()

    @other.task(name="shop.long")
    def long():
        begun.set()
        return end.wait(WAIT)

    with worker(other):
        result = long.delay()
        assert begun.wait(WAIT)
        with worker(app):
            assert add.delay(1, 2).get(timeout=WAIT) == 3
        known = result.id in worker_state.requests
        end.set()

        assert result.get(timeout=WAIT) is True
    assert known


def main(self):
    """
    Say whose task this is.
    """
    return celery.current_app.main


def test_one_worker_for_an_app(app):
    """
    A second worker of the same app is refused.
    """
    with worker(app), pytest.raises(RuntimeError, match="runs already"), worker(app):
        pass


def test_revoked(app, add):
    """
    A call that is revoked is not run, and no later worker remembers it.
    """
    with worker(app):
        assert app.control.revoke("twice", reply=True, limit=1, timeout=WAIT)
        with pytest.raises(TaskRevokedError):
            add.apply_async((1, 2), task_id="twice").get(timeout=WAIT)
    with worker(app):
        assert add.apply_async((1, 2), task_id="twice").get(timeout=WAIT) == 3


def test_a_timeout(app, add):
    """
    A result that does not come in time is Celery's TimeoutError.
    """
    with worker(app):
        later = add.apply_async((1, 2), countdown=3600)
        both = group(add.s(1, 2), add.s(1, 2).set(countdown=3600))()
        with pytest.raises(CeleryTimeoutError):
            later.get(timeout=0.01)
        with pytest.raises(CeleryTimeoutError):
            both.get(timeout=0.05)


def test_results_of_a_set_are_told(app, add):
    """
    Each result of a group is handed to who asks for it.
    """
    told = []

    with worker(app):
        group(add.s(1, 1), add.s(2, 2))().get(
            timeout=WAIT, callback=lambda _id, value: told.append(value)
        )
        native = group(add.s(1, 1), add.s(2, 2))()
        messages = []
        native.join_native(timeout=WAIT, on_message=messages.append)

    assert sorted(told) == [2, 4]
    assert {each["result"] for each in messages} == {2, 4}


def snapshot(app):
    """
    All that a worker might leave behind.
    """
    return {
        "threads": set(threading.enumerate()),
        "receivers": {
            name: [*each.receivers]
            for name, each in vars(signals).items()
            if isinstance(each, Signal)
        },
        "handlers": [*logging.root.handlers, *logging.getLogger("celery").handlers],
        "apps": {*_state._apps},
        "default": _state.default_app,
        "current": _state._tls.current_app,
        "blocks": _state.task_join_will_block(),
        "joining": (celery.result.task_join_will_block, celery.result._set_task_join_will_block),
        "requests": {**worker_state.requests},
        "revoked": {*worker_state.revoked},
        "queues": {*Channel.queues},
        "include": app.conf.include,
        "consumes": {**app.amqp.queues.consume_from},
        "traces": {name: vars(task).get("__trace__") for name, task in app.tasks.items()},
    }


def test_nothing_is_left(app, add, waits):
    """
    A test that fails half-way, with tasks that wait and tasks to come, leaves all as it was.
    """
    add.apply_async((1, 2), countdown=3600, queue="far")
    guard(app).remove()  # which watches tasks for the life of the process
    before = snapshot(app)

    @signals.worker_init.connect(weak=False)
    def init(**_):
        signals.task_prerun.connect(lambda **_: None, weak=False)

    try:
        with pytest.raises(ZeroDivisionError), worker(app, allow=["CK402"]) as running:  # noqa: PT012 - a test that fails half-way
            add.apply_async((1, 2), countdown=3600, queue="far")
            app.control.revoke("never")
            running.app.send_task("shop.add", (1, 2)).get(timeout=WAIT)
            _ = 1 / 0
    finally:
        signals.worker_init.disconnect(init)

    assert snapshot(app) == before


def test_who_waits_is_told_of_the_end(app, add):
    """
    When the worker ends, whoever waits for a result is told, rather than left waiting.
    """
    with ThreadPoolExecutor(1) as pool, worker(app):
        later = add.apply_async((1, 2), countdown=3600)
        asked = threading.Event()
        waiting = pool.submit(wait_for, later, asked)
        assert asked.wait(WAIT)

    with pytest.raises(ResultPending, match="the worker has ended"):
        waiting.result(WAIT)


def wait_for(result, asked):
    """
    Tell that it is about to wait, and wait.
    """
    return result.get(timeout=WAIT, on_interval=asked.set)


def test_a_worker_that_ends_by_itself(app, add):
    """
    What ends the worker is told to who waits for a result, and when the block ends.
    """

    @app.task(name="shop.poison")
    def poison():
        return None

    def break_down(*_args):
        raise Poison

    poison.start_strategy = lambda *_args: break_down
    with (
        pytest.raises(RuntimeError, match=r"the worker ended by itself: Poison\("),
        worker(app),
        pytest.raises(ResultPending, match=r"the worker has ended: Poison\("),
    ):
        poison.delay().get(timeout=WAIT)


class Poison(BaseException):
    """What no worker survives."""


def test_a_worker_that_does_not_start(make_app):
    """
    What keeps a worker from starting is told at once.
    """
    app = make_app()

    class Refuses(celery.bootsteps.StartStopStep):
        def __init__(self, parent, **_):
            raise Poison

    app.steps["worker"].add(Refuses)
    with pytest.raises(RuntimeError, match=r"the worker did not start: Poison\("), worker(app):
        pass


def test_a_task_that_does_not_end(app, monkeypatch):
    """
    A task that still runs long after the block is named.
    """
    begun, end = threading.Event(), threading.Event()

    @app.task(name="shop.endless")
    def endless():
        begun.set()
        assert end.wait(WAIT)

    with pytest.raises(RuntimeError, match=r"did not end: shop\.endless still runs"), worker(app):  # noqa: PT012 - a test that goes wrong
        monkeypatch.setattr("celerykit.testing._worker._PATIENCE", 0.05)
        endless.delay()
        begun.wait(WAIT)
    end.set()
    for thread in threading.enumerate():
        if thread.name.startswith("celerykit"):
            thread.join(WAIT)


def test_rejected_to_the_queue(app):
    """
    A message that a task gives back to its queue comes again.
    """
    tries = []

    @app.task(name="shop.again", acks_late=True)
    def again():
        tries.append(1)
        if len(tries) == 1:
            raise Reject(requeue=True)
        return len(tries)

    with worker(app):
        assert again.delay().get(timeout=WAIT) == 2


def test_wrong_use(app, set_current, monkeypatch):
    """
    Something else than an app, no current app, and no number of tasks are refused at once.
    """
    with pytest.raises(TypeError, match=r"worker\('shop'\): that is no Celery app"):
        worker("shop").__enter__()
    for wrong in (0, True, 1.5):
        with pytest.raises(ValueError, match=f"concurrency={wrong} is not a number of tasks"):
            worker(app, concurrency=wrong).__enter__()
    with pytest.raises(CallRejected, match="CK109"):
        worker(app, allow=["CK999"]).__enter__()
    set_current(None)
    monkeypatch.setattr("celery._state.default_app", None)
    with pytest.raises(TypeError, match="no app is current"):
        worker().__enter__()


def test_the_current_app(app, add, set_current):
    """
    Without an app it is the current one's worker.
    """
    set_current(app)

    with worker() as running:
        assert running.app is app


def test_control_before_and_meanwhile(app, add, port):
    """
    What app.control sends stays in memory too, and it works as before afterwards.
    """
    app.control.revoke("before")
    with worker(app):
        app.control.revoke("meanwhile")
        assert app.control.ping(timeout=0.1)
    app.control.revoke("after")

    assert app.control.mailbox.producer_pool is app.amqp.producer_pool
