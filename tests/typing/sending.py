"""How a send ends: what type checkers must accept, and what they must refuse. Never run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from celery import Celery
from typing_extensions import assert_type

from celerykit import Handle, PublishError, call, typed_app
from celerykit._flow import Call

app = typed_app(Celery("shop"))


@app.task
def add(x: int, y: int) -> int:
    return x + y


it = call(add, 1, 2)


def store(unsent: Call[Any], error: PublishError) -> bool:
    return bool(unsent and error)


def store_ints(unsent: Call[int], error: PublishError) -> Literal[True]:
    return True


def note(unsent: Call[Any], error: PublishError) -> None: ...


def store_texts(unsent: Call[str], error: PublishError) -> bool:
    return True


def run_here(unsent: Call[int], error: PublishError) -> Handle[int]:
    return unsent.apply()


def say(unsent: Call[Any], error: PublishError) -> str:
    return f"{unsent} {error}"


def what_may_be_written() -> None:
    assert_type(it.send(within=2), Handle[int])
    assert_type(it.send(within=2.5, confirm=True), Handle[int])
    assert_type(it.send(within=timedelta(seconds=2)), Handle[int])
    it.send(within=None, confirm=False, on_unsent=None)
    assert_type(it.send(on_unsent=store), Handle[int])
    it.send(on_unsent=store_ints)
    it.send(on_unsent=note)
    it.send(on_unsent=run_here)
    it.send(on_unsent=lambda unsent, error: unsent.apply())
    assert_type(it.send().unsent, PublishError | None)


def what_is_known(error: PublishError) -> None:
    assert_type(error.outcome, Literal["not_sent", "unknown"])
    assert_type(error.side, Literal["broker", "result backend", "message", "configuration"])
    assert_type(error.cause, str)


def what_may_not() -> None:
    it.send(2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.send(within="2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(confirm="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(confirm=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(timeout=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.send(on_unsent="store")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(on_unsent=say)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(on_unsent=store_texts)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.send(on_unsent=lambda unsent: True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.then(it).send(within=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
