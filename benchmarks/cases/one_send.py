"""Sending one call: celerykit's words against Celery's own, the same message either way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from brokers import URLS, Stage, open_stage, silence_of
from promises import Line
from race import race

from celerykit import call

__all__ = ["lines"]

_LIMIT = 1.05
_DELAY = 10


def lines() -> Iterator[Line]:
    """Yield the cost of one send, with options and without, on each broker that answers."""
    for transport, url in URLS.items():
        silence = silence_of(url)
        if silence:
            print(f"{transport}: left out, {silence}")
            continue
        with open_stage(transport) as stage:
            yield _with_two_options(stage)
            yield _kept(stage)
            yield _plain(stage)


def _with_two_options(stage: Stage) -> Line:
    add, queue = stage.add, stage.queue
    ratio = race(
        stage,
        lambda: call(add, 2, 3).queue(queue).countdown(_DELAY).send(),
        lambda: add.apply_async((2, 3), queue=queue, countdown=_DELAY),
        delay=timedelta(seconds=_DELAY),
    )
    return Line("one send with two options", stage.transport, ratio, "x", _LIMIT)


def _kept(stage: Stage) -> Line:
    add, queue = stage.add, stage.queue
    kept = call(add, 2, 3).queue(queue).countdown(_DELAY)
    ratio = race(
        stage,
        kept.send,
        lambda: add.apply_async((2, 3), queue=queue, countdown=_DELAY),
        delay=timedelta(seconds=_DELAY),
    )
    return Line("the same call, kept and sent again", stage.transport, ratio, "x", _LIMIT)


def _plain(stage: Stage) -> Line:
    add = stage.add
    ratio = race(stage, lambda: call(add, 2, 3).send(), lambda: add.delay(2, 3))
    return Line("one send without options", stage.transport, ratio, "x", _LIMIT)
