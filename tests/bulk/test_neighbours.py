"""
What else celerykit does counts for many calls as well: captures, guards, and tasks that wait.
"""

import pytest
from celery.exceptions import TimeoutError  # noqa: A004 - Celery's own

from celerykit import (
    BlockingGetWarning,
    GatherError,
    allow_blocking_get,
    as_completed,
    call,
    gather,
    send_many,
)
from celerykit.testing import capture, memory_app, run_pending


def test_many_calls_are_captured(app, add, messages):
    """
    Under capture() nothing leaves, and each call is seen with its arguments and options.
    """
    with capture(app) as sent:
        report = send_many(add, [(number, 1) for number in range(6)], queue="high")

    assert report.complete
    assert [(each.args, each.queue) for each in sent.calls] == [
        ((number, 1), "high") for number in range(6)
    ]
    assert messages("high") == []


def test_captured_calls_can_be_run(app, add):
    """
    What was captured runs when the test says so, and gather() reads it.
    """
    with capture(app):
        report = send_many(add, [(number, 1) for number in range(6)])
        run_pending(app)

        assert gather(report.handles, timeout=1) == [1, 2, 3, 4, 5, 6]


def test_a_memory_app_takes_many_calls():
    """
    So does an app that lives in memory alone.
    """
    with memory_app() as app:

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        report = send_many(add, [(number, 1) for number in range(6)])
        run_pending(app)

        assert gather(report.handles, timeout=1) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "read", [gather, lambda *given: [*as_completed(*given)]], ids=["gather", "as_completed"]
)
def test_a_task_that_waits_for_many_is_told(app, add, read):
    """
    As for one result: the worker that would run them may be the one that waits.
    """

    @app.task(name="shop.waits")
    def waits():
        report = send_many(add, [(number, 1) for number in range(3)])
        return read(report.handles, 0.01)

    with pytest.warns(BlockingGetWarning, match=r"gather|as_completed"):
        result = waits.apply()

    assert isinstance(result.result, GatherError | TimeoutError)


def test_a_task_may_mean_to_wait(app, add):
    """
    allow_blocking_get() lets it.
    """

    @app.task(name="shop.waits")
    def waits():
        report = send_many(add, [(number, 1) for number in range(3)])
        for number, task_id in enumerate(report.ids):
            app.backend.store_result(task_id, number, "SUCCESS")
        with allow_blocking_get():
            return gather(report.handles, timeout=5)

    assert waits.apply().get() == [0, 1, 2]


def test_handles_remember_what_their_calls_allowed(app, add):
    """
    A rule that a call overruled does not object to the read of its result either.
    """
    report = send_many(call(add, number, 1).allow("CK402") for number in range(3))

    @app.task(name="shop.waits")
    def waits():
        return [handle.get(timeout=0.01) for handle in report.handles]

    assert isinstance(
        waits.apply().result, TimeoutError
    )  # and no BlockingGetWarning, an error here
