"""
Which task runs here: in its thread, in what it starts, and where nobody can know.
"""

import asyncio
import contextvars
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace

import pytest
from celery import signals

import celerykit._running
from celerykit import call, guard
from celerykit._running import LIVE, running, watch_tasks

from .reading import codes, codes_in_a_task, in_a_task, patiently, said

SOON = 0.01


def read(result):
    """
    Wait for a result, in vain.
    """
    return patiently(partial(result.get, timeout=SOON))


def in_a_thread(result):
    """
    Wait in a thread of one's own.
    """
    thread = threading.Thread(target=read, args=(result,))
    thread.start()
    thread.join()


def in_an_executor(result):
    """
    Wait in a pool of threads.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(read, result).result()


def largest(x, y):
    """
    What a task of another app does.
    """
    return max(x, y)


def in_an_executor_with_context(result):
    """
    Wait in a pool of threads that is handed a context.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(contextvars.copy_context().run, read, result).result()


HOPS = {
    "asyncio.run": lambda result: asyncio.run(in_a_loop(result)),
    "asyncio.to_thread": lambda result: asyncio.run(asyncio.to_thread(read, result)),
    "copy_context": lambda result: contextvars.copy_context().run(read, result),
    "a context in an executor": in_an_executor_with_context,
}


async def in_a_loop(result):
    """
    Wait in a loop of one's own.
    """
    return read(result)


@pytest.fixture
def worker_process(app, monkeypatch):
    """
    A process that Celery says is a worker, whose own thread is another one.
    """
    monkeypatch.setattr(celerykit._running, "_homes", set())
    watch_tasks(app)
    noted, over = threading.Event(), threading.Event()

    def work():
        signals.worker_init.send(object())
        noted.set()
        over.wait(60)

    elsewhere = threading.Thread(target=work)  # and alive, or another may get its number
    elsewhere.start()
    noted.wait(20)
    yield
    over.set()
    elsewhere.join()


@pytest.mark.parametrize("name", HOPS)
def test_what_a_context_takes_along(app, add, name):
    """
    What a task runs in a copy of its context, be it in another thread, is the task still.
    """
    guard(app)

    assert codes_in_a_task(app, lambda: HOPS[name](add.delay(2, 3))) == ["CK402"]


@pytest.mark.parametrize("hop", [in_a_thread, in_an_executor])
def test_a_thread_of_its_own_is_nobodys(app, add, hop):
    """
    Outside a worker process, a thread may be anybody's: of a web server, of a test.
    """
    guard(app)

    assert codes_in_a_task(app, lambda: hop(add.delay(2, 3))) == []


@pytest.mark.parametrize("hop", [in_a_thread, in_an_executor])
def test_a_thread_of_a_worker_is_likely_the_tasks(app, add, hop, worker_process):
    """
    In a worker process it is said that it is likely, and nothing is refused.
    """
    guard(app, action="raise")

    (caught,) = said(lambda: in_a_task(app, lambda: hop(add.delay(2, 3))))

    queue = app.conf.task_default_queue
    assert str(caught.message).startswith(
        f"shop.waits: CK402 AsyncResult.get() waits for shop.add (queue {queue!r}), "
        "in a thread that may belong to this task. Make it"
    )


def test_a_thread_is_likely_that_of_the_task_that_sent(app, add, worker_process):
    """
    Of several tasks that run, the one that sent what is waited for is told, not the newest.
    """
    guard(app)

    def meanwhile():
        result = add.delay(2, 3)
        in_a_task(app, lambda: in_a_thread(result), name="shop.newer")

    (caught,) = said(lambda: in_a_task(app, meanwhile, name="shop.older"))

    assert str(caught.message).startswith("shop.older: CK402 AsyncResult.get() waits for shop.add ")


def test_near_miss_the_awaited_task_does_not_wait_for_itself(app, worker_process):
    """
    A thread of a worker that waits for a task which runs in the same process is not that task's.
    """
    guard(app)

    @app.task(name="shop.awaited", bind=True, shared=False)
    def awaited(self):
        in_a_thread(app.AsyncResult(self.request.id))

    assert codes(awaited.apply) == []


def test_a_project_cannot_make_a_guess_an_error(make_app, worker_process):
    """
    Whatever the project's level, what may not be so refuses nobody.
    """
    app = make_app(celerykit={"severity": {"CK402": "error"}})
    add = app.task(name="shop.add", shared=False)(largest)
    guard(app, action="raise")

    assert codes_in_a_task(app, lambda: in_a_thread(add.delay(2, 3))) == ["CK402"]


def test_a_look_from_a_thread_is_not_counted(app, add, worker_process):
    """
    Looks count only where it is certain who looks.
    """
    guard(app)
    result = add.delay(2, 3)

    def look():
        for _ in range(10):
            result.ready()

    def hop():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert codes_in_a_task(app, hop) == []


def test_what_a_greenlet_spawned_is_the_tasks(app, add, monkeypatch):
    """
    In gevent it is known who spawned a greenlet: one of a task's belongs to it, by others too.
    """
    guard(app)
    task, between = SimpleNamespace(), SimpleNamespace()
    between.spawning_greenlet = lambda: task
    this = SimpleNamespace(spawning_greenlet=lambda: between)
    monkeypatch.setitem(sys.modules, "gevent", SimpleNamespace(getcurrent=lambda: this))

    def act():
        (run,) = LIVE.values()
        run.thread = id(task)
        in_a_thread(add.delay(2, 3))

    def beside():
        in_a_thread(add.delay(2, 3))

    assert codes_in_a_task(app, act) == ["CK402"]
    assert codes_in_a_task(app, beside) == []


def test_the_workers_own_thread_is_no_task(app, add, monkeypatch):
    """
    Where a worker itself works, as in its signal handlers, a task may run beside it.
    """
    monkeypatch.setattr(celerykit._running, "_homes", set())
    guard(app)
    result = add.delay(2, 3)

    def work():
        signals.worker_init.send(object())
        read(result)

    def beside():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert codes_in_a_task(app, beside) == []


def test_the_main_thread_is_no_task(app, add, worker_process):
    """
    A task starts no main thread: what reads there while it runs elsewhere is somebody else.
    """
    guard(app)
    result = add.delay(2, 3)
    begun, over = threading.Event(), threading.Event()

    def act():
        begun.set()
        over.wait(20)

    thread = threading.Thread(target=in_a_task, args=(app, act))
    thread.start()
    begun.wait(20)
    found = codes(lambda: read(result))
    over.set()
    thread.join()

    assert found == []


def test_what_outlives_its_task_is_free(app, add):
    """
    Code that a task left behind waits for whom it likes, once the task is over.
    """
    guard(app)
    left = []

    in_a_task(app, lambda: left.append(contextvars.copy_context()))

    assert codes(lambda: left[0].run(read, add.delay(2, 3))) == []


def test_what_outlives_its_task_is_not_taken_for_another(app, add):
    """
    Nor is it part of the task that runs by then, beside it.
    """
    guard(app)
    left = []
    in_a_task(app, lambda: left.append(contextvars.copy_context()))

    def beside():
        with ThreadPoolExecutor(1) as pool:
            pool.submit(left[0].run, read, add.delay(2, 3)).result()

    assert codes_in_a_task(app, beside) == []


def test_a_task_inside_a_task(app, add):
    """
    After a task that was applied inside another, the outer one still runs.
    """
    guard(app)

    def act():
        in_a_task(app, lambda: read(add.delay(2, 3)), "shop.inner")
        asyncio.run(asyncio.to_thread(read, add.delay(2, 3)))

    names = [str(each.message).partition(":")[0] for each in said(lambda: in_a_task(app, act))]

    assert names == ["shop.inner", "shop.waits"]


def test_a_task_that_calls_itself(app, add):
    """
    Inside a direct call of the very task that runs, Celery names none; the context does.
    """
    guard(app)

    @app.task(name="shop.twice", shared=False, bind=True)
    def twice(self, again):
        return self(False) if again else read(add.delay(2, 3))

    assert codes(lambda: twice.apply((True,), throw=True)) == ["CK402"]


def test_a_direct_call_is_no_task(app, add):
    """
    A task that is called as a function in a web process may wait there.
    """
    guard(app)

    @app.task(name="shop.twice", shared=False)
    def twice():
        return read(add.delay(2, 3))

    assert codes(twice) == []


def test_no_run_is_left(app, add):
    """
    A task that ends, well or not, leaves nothing behind.
    """
    guard(app)

    codes_in_a_task(app, lambda: read(add.delay(2, 3)))
    with pytest.raises(ZeroDivisionError):
        in_a_task(app, lambda: 1 / 0)

    assert LIVE == {}
    assert running(app) is None


def test_a_task_that_began_before(app, add, monkeypatch):
    """
    The first handle of a process may be made inside a task: that one is known from then on.
    """
    for signal in (signals.task_prerun, signals.task_postrun):
        for receiver in (celerykit._running._begin, celerykit._running._end):
            signal.disconnect(receiver)
    for name in ("_watching", "_from_the_start"):
        monkeypatch.setattr(celerykit._running, name, threading.Event())

    def act():
        handle = call(add, 2, 3).send()
        asyncio.run(asyncio.to_thread(patiently, partial(handle.get, SOON)))

    (caught,) = said(lambda: in_a_task(app, act))

    assert " waits inside a task for shop.add (queue" in str(caught.message)
    assert LIVE == {}
