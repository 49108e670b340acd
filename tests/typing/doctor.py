"""What may be examined, and how. Read by type checkers, never run."""

from __future__ import annotations

from datetime import timedelta

from celery import Celery
from typing_extensions import assert_type

from celerykit import Finding, call, diagnose, typed_app

celery_app = Celery("shop")
app = typed_app(celery_app)


@app.task
def add(x: int, y: int) -> int:
    return x + y


def what_may_be_examined() -> None:
    assert_type(diagnose(app), list[Finding])
    assert_type(diagnose(celery_app, live=True), list[Finding])
    assert_type(diagnose(app, live=False, within=timedelta(seconds=3)), list[Finding])
    assert_type(diagnose(app)[0].where, str)


def what_may_not() -> None:
    diagnose()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    diagnose("shop")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnose(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnose(call(add, 1, 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def how_it_may_not() -> None:
    diagnose(app, True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    diagnose(app, live="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnose(app, within="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnose(app, within=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    diagnose(app, timeout=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
