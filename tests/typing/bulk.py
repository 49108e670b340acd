"""Many calls and many results: what type checkers must accept, and what they must refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import Celery

from celerykit import (
    BulkReport,
    Handle,
    as_completed,
    call,
    gather,
    remote,
    send_many,
    typed_app,
)
from celerykit.progress import progress_bar

if TYPE_CHECKING:
    from typing_extensions import assert_type

app = typed_app(Celery("shop"))


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def greet(name: str) -> str:
    return name


@remote("elsewhere.mul")
def mul(x: int, y: int) -> float:
    raise NotImplementedError


def rows() -> Iterator[tuple[int, int]]:
    yield 1, 2


def rows_of_a_task() -> None:
    assert_type(send_many(add, rows()), BulkReport[int])
    assert_type(send_many(add, [(1, 2), (3, 4)]), BulkReport[int])
    assert_type(send_many(greet, [("Ada",)]), BulkReport[str])
    assert_type(send_many(mul, [(1, 2)]), BulkReport[float])
    assert_type(send_many(add, [(1, 2)], queue="high", expires=60, keep_ids=False), BulkReport[int])


def calls_of_tasks() -> None:
    assert_type(send_many([call(add, 1, y=2)]), BulkReport[int])
    assert_type(send_many(call(add, *row) for row in rows()), BulkReport[int])


def told(report: BulkReport[int]) -> None:
    assert_type(report.ids, Sequence[str])
    assert_type(report.handles[0], Handle[int])
    assert_type(report.sent[0], int)
    send_many(add, rows(), progress=told)
    send_many(add, rows(), progress=progress_bar(3, description="orders"))


def results(report: BulkReport[int], handles: list[Handle[str]]) -> None:
    assert_type(gather(report.handles, timeout=5), list[int])
    assert_type(gather(handles, timedelta(seconds=5)), list[str])
    assert_type(gather(handles, None, return_exceptions=True), list[str | BaseException])
    for arrived in as_completed(handles, timeout=None):
        assert_type(arrived.get(), str)
        assert_type(arrived.position, int)


def wrong_rows() -> None:
    send_many(add, [(1, "2")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    send_many(add, [(1,)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    send_many(greet, ["Ada"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


def wrong_words() -> None:
    send_many(add, rows(), quue="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    send_many([call(add, 1, 2)], queue="x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    send_many([5])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def wrong_reading(report: BulkReport[int], handles: list[Handle[str]]) -> None:
    gather(handles)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    as_completed(handles)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    gather(report.ids, timeout=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    report.total = 5  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
