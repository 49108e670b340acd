"""What guard(app) adds to plain Celery: the same send through it, and past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from brokers import Stage, open_stage
from promises import Line
from race import race

from celerykit import guard

__all__ = ["lines"]

_LIMIT = 1.25
_DELAY = 10


def lines() -> Iterator[Line]:
    """Yield the cost of plain sends through the guard, in memory, where a send costs least."""
    with open_stage("memory") as stage:
        add, queue = stage.add, stage.queue
        yield _line(stage, "guard(app), without options", lambda: add.delay(2, 3))
        yield _line(
            stage,
            "guard(app), with two options",
            lambda: add.apply_async((2, 3), queue=queue, countdown=_DELAY),
            timedelta(seconds=_DELAY),
        )


def _line(
    stage: Stage, name: str, send: Callable[[], Any], delay: timedelta = timedelta(0)
) -> Line:
    app: Any = stage.app
    plain = app.send_task
    watching = guard(app, action="raise")
    guarded = app.send_task

    def through(method: Callable[..., Any]) -> Callable[[], Any]:
        def sent() -> Any:
            app.send_task = method  # one app for both, or their messages would differ
            return send()

        return sent

    ratio = race(stage, through(guarded), through(plain), delay=delay)
    app.send_task = guarded
    watching.remove()
    return Line(name, stage.transport, ratio, "x", _LIMIT)
