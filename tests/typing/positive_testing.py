"""What tests may write with celerykit.testing. Read by checkers, never run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from unittest.mock import ANY

from celery import Celery
from typing_extensions import assert_type

from celerykit import Handle, call, typed_app
from celerykit.testing import (
    Calls,
    Clock,
    Mismatch,
    Sent,
    SentCall,
    Worker,
    capture,
    clock,
    memory_app,
    run_pending,
    worker,
)

celery_app = Celery("shop")
app = typed_app(celery_app)


@app.task
def add(x: int, y: int) -> int:
    return x + y


def what_is_captured() -> None:
    with capture() as sent:
        assert_type(sent, Sent)
        assert_type(len(sent), int)
        assert_type(sent[0], SentCall[Any])
        assert_type(sent.calls, list[SentCall[Any]])
    with capture(app), capture(celery_app), capture(app, action="warn", allow=["CK201"]):
        pass


def what_is_known_of_a_call(sent: Sent) -> None:
    one = sent.one(add)
    assert_type(one, SentCall[int])
    assert_type(one.handle, Handle[int])
    assert_type(one.handle.get(timeout=0), int)
    assert_type(one.task, str)
    assert_type(one.eta, datetime | None)
    assert_type(one.countdown, float | None)
    assert_type(one.mismatches(call(add, 1, 2)), tuple[Mismatch, ...])
    assert_type(sent.one(), SentCall[Any])
    assert_type(sent.one("billing.charge"), SentCall[Any])
    assert_type(sent.of(add), Calls[int])
    assert_type(sent.of("billing.charge"), Calls[Any])
    assert_type(sent.of(add).where(lambda each: each.queue == "high").one(), SentCall[int])


def what_is_asserted(sent: Sent) -> None:
    assert_type(sent.assert_sent(add, 1, ANY, queue="high", countdown=10), SentCall[int])
    assert_type(sent.assert_sent(add, 1, 2, tolerance=timedelta(seconds=5)), SentCall[int])
    assert_type(sent.assert_sent(call(add, 1, 2).queue("high")), SentCall[int])
    assert_type(sent.assert_sent("billing.charge", 7, cents=1), SentCall[Any])
    assert_type(sent.assert_only(call(add, 1, 2)), SentCall[int])
    assert_type(sent.assert_only(add, 1, 2), SentCall[int])
    sent.assert_nothing_sent()
    sent.assert_nothing_unexpected()
    assert sent.calls == [call(add, 1, 2).queue("high")]


def what_is_run(sent: Sent) -> None:
    assert_type(sent.run(), Calls[Any])
    assert_type(sent.run(limit=10, reraise=False), Calls[Any])
    sent.clear()


def an_app_of_its_own() -> None:
    with memory_app("shop", task_default_queue="own") as own:

        @own.task
        def double(x: int) -> int:
            return 2 * x

        assert_type(double(2), int)
        assert_type(run_pending(own), Calls[Any])
        assert_type(run_pending(celery_app, limit=5), Calls[Any])


def a_clock() -> None:
    with clock() as time:
        assert_type(time, Clock)
        assert_type(time.now, datetime)
        assert_type(time.advance(5), Calls[Any])
        assert_type(time.advance(timedelta(days=1), run=False), Calls[Any])
    with clock(datetime(2031, 5, 1, tzinfo=timezone.utc)):
        pass


def a_worker() -> None:
    with worker() as running:
        assert_type(running, Worker)
        assert_type(running.hostname, str)

        @running.app.task
        def double(x: int) -> int:
            return 2 * x

        assert_type(double(2), int)
    with worker(celery_app, concurrency=2, action="warn", allow=["CK402"]):
        pass
