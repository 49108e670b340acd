"""Groups of many members, built, sent and read, beside Celery's own group of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from time import perf_counter
from typing import Any

from brokers import URLS, Stage, open_stage, silence_of
from celery import group as celerys_group
from messages import WrongMessageError, received
from promises import Line
from timing import Spread, side_by_side

from celerykit import call, group

__all__ = ["lines"]

_MANY = 10_000
_THEIRS = 2_000
_ROUNDS = 3
_OWN = {"id", "root_id", "group"}


def lines() -> Iterator[Line]:
    """Yield what a group of many costs on Redis: to build and send it, and to read it."""
    if silence_of(URLS["Redis"]):
        return
    yield _sent("group of 10,000: build and send")
    yield _sent("the same, results kept", result_backend=URLS["Redis"])
    yield _read()


def _sent(name: str, **settings: object) -> Line:
    with open_stage("Redis", **settings) as stage:
        add: Any = stage.add
        add.ignore_result = not settings

        def ours() -> Any:
            return group(call(add, number, 1) for number in range(_MANY)).send().id

        def theirs() -> Any:
            return celerys_group([add.si(number, 1) for number in range(_THEIRS)]).apply_async().id

        def timed(send: Callable[[], Any], count: int) -> tuple[float, list[Any]]:
            start = perf_counter()
            group_id = send()
            each = (perf_counter() - start) / count
            return each, _checked(stage, group_id, count)

        ratios: list[float] = []
        for number in range(_ROUNDS + 1):
            (their_time, model), (our_time, mine) = timed(theirs, _THEIRS), timed(ours, _MANY)
            if mine[:_THEIRS] != model:
                raise WrongMessageError(f"{name}: the messages are not those of Celery's group")
            if number:  # the first warms up
                ratios.append(our_time / their_time)
        return Line(name, "Redis", Spread.of(ratios), "x", 0.1)


def _checked(stage: Stage, group_id: str, count: int) -> list[Any]:
    """Return what the messages say; raise WrongMessageError unless all are there, each once."""
    messages = received(stage, count)
    headers = [message.headers for message in messages]
    if len({each["id"] for each in headers}) != count or len(messages) != count:
        raise WrongMessageError(f"{len(messages)} messages of {count} members")
    if {each["group"] for each in headers} != {group_id}:
        raise WrongMessageError(f"they are not all of the group {group_id}")
    return [_meaning(message) for message in messages]


def _meaning(message: Any) -> Any:
    headers = {name: value for name, value in message.headers.items() if name not in _OWN}
    properties = {
        name: value
        for name, value in message.properties.items()
        if name not in {"correlation_id", "delivery_tag"}
    }
    own = message.headers["id"], message.headers["root_id"], message.properties["correlation_id"]
    return message.body, headers, properties, len({*own})


def _read() -> Line:
    """Return the time of reading a group whose results are there, as a multiple of the loop."""
    with open_stage("Redis", result_backend=URLS["Redis"]) as stage:
        sent = group(call(stage.add, number, 1) for number in range(_MANY)).send()
        ids = [each.headers["id"] for each in received(stage, _MANY)]
        backend: Any = stage.app.backend
        now = datetime.now(timezone.utc).isoformat()
        for number, task_id in enumerate(ids):
            meta = {"status": "SUCCESS", "result": number + 1, "task_id": task_id, "date_done": now}
            backend.client.set(backend.get_key_for_task(task_id), backend.encode(meta))

        def ours() -> None:
            sent._values = None  # type: ignore[attr-defined]  # noqa: SLF001 - as not yet read
            if sent.get(timeout=30) != [number + 1 for number in range(_MANY)]:
                raise WrongMessageError("the results are not those that were stored")

        def theirs() -> None:
            for task_id in ids[:300]:
                stage.app.AsyncResult(task_id).get(timeout=30)

        ratio = side_by_side(ours, theirs, rounds=_ROUNDS, repeats=1) * (300 / _MANY)
        backend.client.delete(*[backend.get_key_for_task(each) for each in ids])
        return Line("group of 10,000: read, all ready", "Redis", ratio, "x", 0.04)
