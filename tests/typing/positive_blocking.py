"""What is right about waiting for results. Read by checkers, never run: none may be refused."""

from __future__ import annotations

from celery import Celery
from typing_extensions import assert_type

from celerykit import (
    BlockingGetWarning,
    CelerykitError,
    Finding,
    GetInEventLoopWarning,
    GetWithoutTimeoutWarning,
    ReadRefused,
    allow_blocking_get,
    call,
    errors,
    guard,
    typed_app,
)

app = typed_app(Celery("shop"))


@app.task
def add(x: int, y: int) -> int:
    return x + y


def means_to_wait() -> int:
    with allow_blocking_get():
        return call(add, 1, 2).send().get(timeout=5)


def keeps_one() -> None:
    may: allow_blocking_get = allow_blocking_get()
    with may, may:
        assert_type(call(add, 1, 2).allow("CK402").send().get(None), int)
    with may as nothing:
        assert_type(nothing, None)


def refused() -> tuple[Finding, ...]:
    guard(app, action="raise", allow=["CK403", "CK404"])
    try:
        return ()
    except ReadRefused as refusal:
        assert_type(refusal.findings, tuple[Finding, ...])
        return refusal.findings


class_of_errors: list[type[CelerykitError]] = [ReadRefused, errors.ReadRefused]
class_of_warnings: list[type[errors.CelerykitWarning]] = [
    BlockingGetWarning,
    GetInEventLoopWarning,
    GetWithoutTimeoutWarning,
    errors.BlockingGetWarning,
]
