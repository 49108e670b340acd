"""Many results at once: gather() against the loop `[result.get() for result in results]`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Thread
from time import perf_counter, thread_time
from typing import Any

from brokers import URLS, Stage, open_stage, silence_of
from messages import WrongMessageError, received
from promises import Line
from timing import Spread, side_by_side

from celerykit import BulkReport, gather, send_many

__all__ = ["lines"]

_MANY = 10_000
_LOOP = 300
_ROUNDS = 5


def lines() -> Iterator[Line]:
    """Yield what reading many results from Redis costs."""
    url = URLS["Redis"]
    if silence_of(url):
        return
    with open_stage("Redis", result_backend=url) as stage:
        report = send_many(stage.add, ((number, 1) for number in range(_MANY)))
        received(stage, _MANY)
        try:
            yield from _live(stage, report)
            yield from _ready(stage, report)
        finally:
            backend: Any = stage.app.backend
            keys = [backend.get_key_for_task(each) for each in report.ids]
            backend.client.delete(*keys)


def _ready(stage: Stage, report: BulkReport[int]) -> Iterator[Line]:
    backend: Any = stage.app.backend
    keys = [backend.get_key_for_task(each) for each in report.ids]

    def ours() -> None:
        _right(gather(report.handles, timeout=10))

    def theirs() -> None:
        for position in range(_LOOP):
            stage.app.AsyncResult(report.ids[position]).get(timeout=10)

    def floor() -> None:
        for at in range(0, _MANY, 500):
            for payload in backend.client.mget(keys[at : at + 500]):
                json.loads(payload)

    ratio = side_by_side(ours, theirs, rounds=_ROUNDS, repeats=1) * (_LOOP / _MANY)
    yield Line("gather: 10,000 ready results", "Redis", ratio, "x", 0.04)
    ratio = side_by_side(ours, floor, rounds=_ROUNDS, repeats=1)
    yield Line("the same, to MGET and JSON alone", "Redis", ratio, "x", 2.5)


def _live(stage: Stage, report: BulkReport[int]) -> Iterator[Line]:
    """Yield the time that this thread spends on each result while another one stores them."""
    spent, late = zip(*[_while_stored(stage, report) for _ in range(_ROUNDS)], strict=True)
    yield Line("gather: results as they come", "Redis", Spread.of([*spent]), "us", 25)
    yield Line("the same, done after the last by", "Redis", Spread.of([*late]), "%", 10)


def _while_stored(stage: Stage, report: BulkReport[int]) -> tuple[float, float]:
    """Return the microseconds of each result, and how much later the last one was here."""
    last = [0.0]
    backend: Any = stage.app.backend
    backend.client.delete(*map(backend.get_key_for_task, report.ids))

    def store() -> None:
        own: Any = stage.app.backend  # each thread has its own
        for number, task_id in enumerate(report.ids):
            own.store_result(task_id, number + 1, "SUCCESS")
        last[0] = perf_counter()

    worker = Thread(target=store)
    start, spent = perf_counter(), thread_time()
    worker.start()
    _right(gather(report.handles, timeout=120))
    spent, end = thread_time() - spent, perf_counter()
    worker.join()
    late = max(0.0, end - last[0]) / (last[0] - start) * 100
    return spent / _MANY * 1e6, late


def _right(found: list[int]) -> None:
    if found != [number + 1 for number in range(_MANY)]:
        message = f"{len(found)} results, and not those that were stored"
        raise WrongMessageError(message)
