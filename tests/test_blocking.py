"""
guard(app): a task that waits for another one is told, whatever it calls to wait.
"""

from collections.abc import Callable
from typing import Any

import pytest
from celery import group
from celery.app.task import Context
from celery.contrib.abortable import AbortableAsyncResult
from celery.result import AsyncResult, GroupResult, ResultSet, allow_join_result

from celerykit import BlockingGetWarning, Handle, allow_blocking_get, guard

from .reading import codes, codes_in_a_task, in_a_task, said

SOON = 0.01


def done(result):
    """
    The same result, which is there by now: a read of it returns, though nobody looked yet.
    """
    for each in getattr(result, "results", [result]):
        # With a request of its own, or it would count as a child of itself.
        each.backend.mark_as_done(each.id, 5, request=Context(id=each.id))
    return result


def polled(look: Callable[[AsyncResult], Any], times: int = 5) -> Callable[[AsyncResult], None]:
    """
    Look at a result so many times, at one line.
    """

    def loop(result):
        for _ in range(times):
            look(result)

    return loop


# What plain Celery offers to wait for one result, and what it is called.
SINGLE: dict[str, Callable[[AsyncResult], Any]] = {
    "AsyncResult.get()": lambda r: r.get(timeout=SOON),
    "AsyncResult.wait()": lambda r: r.wait(timeout=SOON),
    "AsyncResult.collect()": lambda r: [*done(r).collect(timeout=SOON)],
    "AsyncResult.get_leaf()": lambda r: done(r).get_leaf(),
    "backend.wait_for_pending()": lambda r: r.backend.wait_for_pending(r, timeout=SOON),
    "AsyncResult.ready()": polled(lambda r: r.ready()),
    "AsyncResult.successful()": polled(lambda r: r.successful()),
    "AsyncResult.failed()": polled(lambda r: r.failed()),
    "AsyncResult.state": polled(lambda r: r.status),
    "AsyncResult.result": polled(lambda r: r.info),
    "AsyncResult.maybe_throw()": polled(lambda r: r.maybe_throw()),
}

# Those of them that only look.
POLLED = {name.split(".")[1] for name in [*SINGLE][5:]}

# The same for several.
MANY: dict[str, Callable[[GroupResult], Any]] = {
    "GroupResult.get()": lambda g: done(g).get(timeout=SOON),
    "GroupResult.join()": lambda g: g.join(timeout=SOON),
    "GroupResult.join_native()": lambda g: done(g).join_native(timeout=SOON),
    "GroupResult.iter_native()": lambda g: [*done(g).iter_native(timeout=SOON)],
    "ResultSet.get()": lambda g: done(ResultSet(g.results)).get(timeout=SOON),
    "ResultSet.join()": lambda g: ResultSet(g.results).join(timeout=SOON),
}

# Ways to come by a result, and to get round Celery's own guard.
WAYS: dict[str, Callable[[Any, AsyncResult], Any]] = {
    "app.AsyncResult": lambda task, r: task.app.AsyncResult(r.id).get(timeout=SOON),
    "task.AsyncResult": lambda task, r: task.AsyncResult(r.id).get(timeout=SOON),
    "AsyncResult(app=)": lambda task, r: AsyncResult(r.id, app=task.app).get(timeout=SOON),
    "a class of another's": lambda task, r: AbortableAsyncResult(r.id, app=task.app).get(SOON),
    "Handle": lambda task, r: Handle(r).get(SOON),
    "disable_sync_subtasks": lambda task, r: r.get(timeout=SOON, disable_sync_subtasks=False),
}

# What waits for nobody.
HARMLESS: dict[str, Callable[[Any], Any]] = {
    "applied": lambda task: task.apply((2, 3)).get(timeout=SOON),
    "applied group": lambda task: group(task.s(2, 3), task.s(4, 5)).apply().get(timeout=SOON),
    "called directly": lambda task: task(2, 3),
    "seen to be there": lambda task: [r := done(task.delay(2, 3)), r.ready(), r.get(timeout=SOON)],
    "read a second time": lambda task: [
        r := done(task.delay(2, 3)),
        r.ready() and r.get(timeout=SOON),
        polled(lambda r: r.state)(r),
    ],
    "ignored": lambda task: task.apply_async((2, 3), ignore_result=True).get(timeout=SOON),
    "no results at all": lambda task: (
        task.app.ResultSet([]).join(timeout=SOON),
        task.app.GroupResult("id", []).get(timeout=SOON),
        ResultSet([]).get(timeout=SOON),
    ),
    "a few looks": lambda task: polled(lambda r: r.ready(), times=4)(task.delay(2, 3)),
    "a look at many": lambda task: [task.delay(2, 3).ready() for _ in range(10)],
    "all that is known": lambda task: [
        r := task.delay(2, 3),
        (r.state, r.ready(), r.successful(), r.failed(), r.result, r.traceback, r.date_done),
    ],
}


@pytest.mark.parametrize("name", SINGLE)
def test_whatever_waits_for_one_result(app, add, name):
    """
    The warning names what was called, both tasks and the queue, and points at this file.
    """
    guard(app)

    (caught,) = said(lambda: in_a_task(app, lambda: SINGLE[name](add.delay(2, 3))))

    queue = app.conf.task_default_queue
    how = "has looked 5 times" if name.split(".")[1] in POLLED else "waits"
    assert (caught.category, caught.filename) == (BlockingGetWarning, __file__)
    assert str(caught.message).startswith(f"shop.waits: CK402 {name} {how} inside a task for ")
    assert f" for shop.add (queue {queue!r}), and" in str(caught.message)


@pytest.mark.parametrize("name", MANY)
def test_whatever_waits_for_several_results(app, add, name):
    """
    A set of results is told once, not once for each of them.
    """
    guard(app)
    both = group(add.s(2, 3).set(queue="high"), add.s(4, 5))

    (caught,) = said(lambda: in_a_task(app, lambda: MANY[name](both.apply_async())))

    queues = f"'high', {app.conf.task_default_queue!r}"
    assert caught.filename == __file__
    assert str(caught.message).startswith(
        f"shop.waits: CK402 {name} waits inside a task for 2 tasks: shop.add (queues {queues}), and"
    )


@pytest.mark.parametrize("name", WAYS)
def test_however_the_result_was_come_by(app, add, name):
    """
    Any result of the app's is watched, made by whom it may be.
    """
    guard(app)

    assert codes_in_a_task(app, lambda: WAYS[name](add, add.delay(2, 3))) == ["CK402"]


def test_celerys_own_way_out_is_no_excuse(app, add):
    """
    allow_join_result() silences Celery for the whole process, and nobody else.
    """
    guard(app)

    def act():
        with allow_join_result():
            add.delay(2, 3).get(timeout=SOON)

    assert codes_in_a_task(app, act) == ["CK402"]


@pytest.mark.parametrize("name", HARMLESS)
def test_what_waits_for_nobody_passes(app, add, name):
    """
    A result that is there, ignored, or eager, an empty set and a single look are no danger.
    """
    guard(app)

    assert codes_in_a_task(app, lambda: HARMLESS[name](add)) == []


@pytest.mark.parametrize("name", [*SINGLE, *MANY])
def test_outside_a_task_anybody_may_wait(app, add, name):
    """
    A web process, a script and a test read what they like, as long as the read ends.
    """
    guard(app)
    result = done(group(add.s(2, 3), add.s(4, 5)).apply_async())

    found = codes(lambda: {**SINGLE, **MANY}[name](result[0] if name in SINGLE else result))

    assert found == (["CK403"] if "get_leaf" in name else [])


@pytest.mark.parametrize("name", [*SINGLE, *MANY])
def test_allowed(app, add, name):
    """
    Inside allow_blocking_get() nothing is said, and Celery's own refusal is lifted for each read.
    """
    guard(app, action="raise")
    both = group(add.s(2, 3), add.s(4, 5))

    def act():
        result = done(both.apply_async())
        with allow_blocking_get():
            {**SINGLE, **MANY}[name](result[0] if name in SINGLE else result)

    assert codes_in_a_task(app, act) == []
