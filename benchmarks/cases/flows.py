"""Building and sending what is composed: chains, groups and chords beside Celery's own canvas."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from celery import Celery, chain, chord
from celery import group as several
from kombu import Queue
from kombu.transport.memory import Channel
from messages import WrongMessageError
from promises import Line
from timing import Spread, side_by_side

from celerykit import call, group, step, typed_app, untyped

__all__ = ["lines"]

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MANY = 10_000
_SOME = 1_000


@dataclass(frozen=True)
class _Pair:
    """What celerykit does and what plain Celery does, to be timed side by side."""

    name: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    rounds: int
    repeats: int
    limit: float | None = None

    def line(self) -> Line:
        """Return the line of the report."""
        spread = side_by_side(self.ours, self.theirs, rounds=self.rounds, repeats=self.repeats)
        Channel.queues.clear()
        return Line(self.name, "-", spread, "x", self.limit)


def lines() -> Iterator[Line]:
    """Yield the ratios of building, then the memory of a member, then the ratios of sending."""
    app = Celery("bench", broker="memory://", backend="cache+memory://", set_as_current=False)

    @typed_app(app).task(name="bench.add")
    def add(x: int, y: int) -> int:
        return x + y

    @typed_app(app).task(name="bench.total")
    def total(numbers: list[int]) -> int:
        return sum(numbers)

    app.finalize()
    for pair in _built(add, total):
        yield pair.line()
    for pair in _sent(add, total):
        _check(app, pair)
        yield pair.line()
    yield _weight(add)


def _built(add: Any, total: Any) -> Iterator[_Pair]:
    yield _Pair(
        "build: a chain of three",
        lambda: call(add, 1, 2) | step(add, 3) | step(add, 4),
        lambda: chain(add.si(1, 2), add.s(3), add.s(4)),
        rounds=300,
        repeats=50,
        limit=1.2,
    )
    yield _Pair(
        "build: a chord of two",
        lambda: group(call(add, 1, 2), call(add, 3, 4)) | step(total),
        lambda: chord([add.si(1, 2), add.si(3, 4)], total.s()),
        rounds=300,
        repeats=50,
        limit=1.2,
    )
    yield _Pair(
        f"build: a group of {_MANY:,}",
        lambda: group(call(add, number, 1) for number in range(_MANY)),
        lambda: several([add.si(number, 1) for number in range(_MANY)]),
        rounds=15,
        repeats=1,
        limit=1,
    )


def _sent(add: Any, total: Any) -> Iterator[_Pair]:
    yield _Pair(
        "build and send: a chain of three",
        lambda: (call(add, 1, 2) | step(add, 3) | step(add, 4)).send(),  # noqa: PLW0108 - built anew
        lambda: chain(add.si(1, 2), add.s(3), add.s(4)).apply_async(),
        rounds=300,
        repeats=5,
    )
    yield _Pair(
        f"build and send: a group of {_SOME:,}",
        lambda: group(call(add, number, 1) for number in range(_SOME)).send(),
        lambda: several([add.si(number, 1) for number in range(_SOME)]).apply_async(),
        rounds=10,
        repeats=1,
    )
    yield _Pair(
        "build and send: a chord of 100",
        lambda: (group(call(add, n, 1) for n in range(100)) | step(total)).send(),  # noqa: PLW0108
        lambda: chord([add.si(number, 1) for number in range(100)], total.s()).apply_async(),
        rounds=20,
        repeats=1,
    )


def _check(app: Celery, pair: _Pair) -> None:
    """Raise WrongMessageError unless both sides of *pair* send the same, but for the ids."""
    ours, theirs = (_messages(app, act) for act in (pair.ours, pair.theirs))
    if ours != theirs:
        raise WrongMessageError(f"{pair.name}: {len(ours)} messages are not those of Celery's")


def _messages(app: Celery, act: Callable[[], object]) -> list[str]:
    act()
    numbers, names = count(), dict[str, str]()

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"<id {next(numbers)}>")

    with app.connection_for_write() as connection, connection.channel() as channel:
        queue = Queue("celery", channel=channel)
        received = iter(lambda: queue.get(no_ack=True), None)
        return [_ID.sub(name, repr((each.payload, each.headers))) for each in received]


def _weight(add: Any) -> Line:
    """Return the memory of one member of a large group, as a multiple of Celery's."""
    ours = _bytes(lambda: group(call(add, number, 1) for number in range(_MANY)))
    theirs = _bytes(lambda: several([untyped(add).si(number, 1) for number in range(_MANY)]))
    return Line(f"memory: a group of {_MANY:,}", "-", Spread.of([ours / theirs]), "x", 1)


def _bytes(build: Callable[[], object]) -> int:
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = build()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return after - before
