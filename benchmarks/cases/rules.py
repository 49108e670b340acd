"""Asking every rule about one ordinary call, at each line that builds it and when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from brokers import Stage, open_stage
from messages import received
from promises import Line
from timing import microseconds, side_by_side

from celerykit import Call, Priority, call
from celerykit._request import Request
from celerykit.rules import at_build

__all__ = ["lines"]

_LIMIT_US = 10.0
_LIMIT_PERCENT = 5.0


def lines() -> Iterator[Line]:
    """Yield the cost of all rules: in microseconds, and in percent of one send in memory."""
    with open_stage("memory") as stage:
        kept = call(stage.add, 2, 3).queue(stage.queue)
        yield from _cost(stage, kept.countdown(10), {"countdown": 10})
        yield from _cost(stage, kept.priority(Priority.HIGH), {"priority": Priority.HIGH})


def _cost(stage: Stage, finished: Call[int], second: dict[str, object]) -> Iterator[Line]:
    first = {"queue": stage.queue}
    ask = _asking(finished, first, second)
    name = f"all rules: queue and {next(iter(second))}"
    yield Line(name, "-", microseconds(ask), "us", _LIMIT_US)
    add, queue = stage.add, stage.queue
    ratio = side_by_side(
        ask, lambda: add.apply_async((2, 3), queue=queue, countdown=10), rounds=1000, repeats=1
    )
    yield Line(f"{name}, of one send", "memory", ratio * 100, "%", _LIMIT_PERCENT)
    received(stage, 0)


def _asking(
    finished: Call[int], first: dict[str, object], second: dict[str, object]
) -> Callable[[], None]:
    """Return what asks the rules all that building and sending *finished* asks them."""
    both = {**first, **second}

    def ask() -> None:
        at_build(Request("bench.add", (2, 3), {}, first), first)
        at_build(Request("bench.add", (2, 3), {}, both), second)
        finished.check()

    return ask
