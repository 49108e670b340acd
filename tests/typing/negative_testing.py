"""Mistakes in tests. Read by checkers, never run: each is one."""

from __future__ import annotations

from celery import Celery

from celerykit import call, typed_app
from celerykit.testing import Sent, capture, clock, memory_app, run_pending, worker

app = typed_app(Celery("shop"))


@app.task
def add(x: int, y: int) -> int:
    return x + y


def what_is_captured() -> None:
    capture("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    capture(app, action="refuse")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    capture(app, True)  # type: ignore[call-arg,arg-type]  # pyright: ignore[reportCallIssue]
    with capture() as sent:
        sent.cleared()  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]
    capture().calls  # type: ignore[attr-defined]  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]


def what_is_asserted(sent: Sent) -> None:
    sent.one(5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sent.one(add, 1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sent.of()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sent.of(None)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sent.assert_sent()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    sent.assert_sent(5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sent.assert_sent(call(add, 1, 2), queue="high")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sent.assert_sent(call(add, 1))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sent.assert_sent(add, tolerance=5)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]
    sent.assert_nothing_sent(add)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sent.one(add).handle.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    len(sent.one(add).handle.get(timeout=0))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    sent.one(add).queue = "high"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    sent["shop.add"]  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


def what_is_run(sent: Sent) -> None:
    sent.run(5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    sent.run(limit="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run_pending()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    run_pending("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run_pending(app, 5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def a_clock() -> None:
    clock("2031-05-01")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with clock() as time:
        time.advance("5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        time.advance()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        time.advance(5, False)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        time.now = None  # type: ignore[misc,assignment]  # pyright: ignore[reportAttributeAccessIssue]
    with memory_app(5):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        pass


def a_worker() -> None:
    worker("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    worker(app=app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    worker(app, concurrency="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    worker(app, action="refuse")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    with worker(app) as running:
        running.hostname = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
