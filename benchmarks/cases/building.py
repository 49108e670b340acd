"""Building a call, without sending it: what a line of celerykit costs by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

from celery import Celery
from promises import Line
from timing import microseconds

from celerykit import Call, Priority, call, typed_app

__all__ = ["lines"]

_OPTIONS: dict[str, Callable[[Call[int]], object]] = {
    ".queue('high')": lambda base: base.queue("high"),
    ".countdown(10)": lambda base: base.countdown(10),
    ".countdown(timedelta(...))": lambda base: base.countdown(timedelta(seconds=10)),
    ".priority(Priority.HIGH)": lambda base: base.priority(Priority.HIGH),
    ".headers(tenant='acme')": lambda base: base.headers(tenant="acme"),
}


def lines() -> Iterator[Line]:
    """Yield the time of one ``call()``, and of one more option on a call."""
    app = Celery("bench", broker="memory://", set_as_current=False)

    @typed_app(app).task(name="bench.add")
    def add(x: int, y: int) -> int:
        return x + y

    yield Line("build: call(add, 2, 3)", "-", microseconds(lambda: call(add, 2, 3)), "us")
    base = call(add, 2, 3)
    for code, act in _OPTIONS.items():
        yield Line(f"build: {code}", "-", microseconds(partial(act, base)), "us")
