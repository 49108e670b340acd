"""Wait for many results at once, whatever backends they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import inf
from time import monotonic
from typing import Any, TypeGuard, cast

from celery import result as celery_result
from celery import states
from celery.exceptions import TimeoutError as CeleryTimeoutError
from celery.result import EagerResult

from celerykit._allow import ALLOWED
from celerykit._blocking import before_read
from celerykit._findings import shown
from celerykit._handle import Handle, is_handle
from celerykit._values import timeout_of
from celerykit.bulk._arrived import Arrived
from celerykit.bulk._pending import (
    Asker,
    KeyValueAsker,
    Meta,
    Pending,
    StateAsker,
    has_get_many,
    is_ready,
)
from celerykit.bulk._report import Handles
from celerykit.errors import GatherError

__all__ = ["are_alike", "arrivals", "arrived", "arriving", "by_backend", "gathered", "pending_of"]


# celery-types does not know it.
_assert_will_not_block: Any = vars(celery_result)["assert_will_not_block"]


def gathered(handles: Iterable[Handle[Any]], timeout: Any, *, return_exceptions: bool) -> list[Any]:
    """Do what ``gather`` says."""
    given = handles if are_alike(handles) else _listed(handles)
    found: list[Any] = [None] * len(given)
    failures: dict[int, BaseException] = {}
    missing = {*range(len(given))}
    try:
        for each in arrivals(given, timeout, "gather()"):
            missing.discard(each.position)
            if each.error is None:
                found[each.position] = each.get()
            else:
                failures[each.position] = found[each.position] = each.error
    except CeleryTimeoutError as error:
        for position in missing:
            found[position] = error
    if return_exceptions or not (failures or missing):
        return found
    first = failures[min(failures)] if failures else None
    raise GatherError(len(found), failures, tuple(sorted(missing))) from first


def arrivals(
    handles: Iterable[Handle[Any]], timeout: Any, call: str = "as_completed()"
) -> Iterator[Arrived[Any]]:
    """Do what ``as_completed`` says; *timeout* is checked and starts when this is called."""
    seconds = timeout_of(timeout)
    until = inf if seconds is None else monotonic() + seconds
    at_once: list[Arrived[Any]] = []
    waiting = by_backend(handles, at_once)
    if waiting and not ALLOWED.get():
        if seconds is None or seconds > 0:
            _ask_first(waiting, call)
        _assert_will_not_block()
    return arriving(at_once, waiting, until)


def _ask_first(waiting: Iterable[Pending], call: str) -> None:
    """Say what is to be said of the wait that begins now, of one result for each backend."""
    for pending in waiting:
        result = pending.result(next(iter(pending.ids)))
        before_read(result, result.app, call, bounded=True)


def arriving(
    at_once: list[Arrived[Any]], waiting: list[Pending], until: float
) -> Iterator[Arrived[Any]]:
    """Yield *at_once*, then what *waiting* brings; raise Celery's TimeoutError at *until*."""
    yield from at_once
    askers = [_asker(pending) for pending in waiting]
    try:
        for asker in askers:
            yield from _taken(asker, asker.ready())
        while any(map(_waits, askers)):
            if monotonic() >= until:
                left = sum(len(asker.pending) for asker in askers)
                message = f"{left} results did not arrive in time"
                raise CeleryTimeoutError(message)
            for asker in filter(_waits, askers):
                yield from _taken(asker, asker.wait(until))
    finally:
        for asker in askers:
            asker.close()


def _waits(asker: Asker) -> bool:
    return bool(len(asker.pending))


def _taken(asker: Asker, found: Iterator[tuple[str, Meta]]) -> Iterator[Arrived[Any]]:
    for task_id, meta in found:
        if is_ready(meta):
            if asker.pending.kept is not None:
                asker.pending.kept[task_id] = meta
            for position in asker.pending.take(task_id):
                yield arrived(position, task_id, meta["status"], meta["result"])


def arrived(position: int, task_id: str, status: str, result: Any) -> Arrived[Any]:
    """Return what came, by the *status* and the *result* that a backend keeps."""
    if status not in states.PROPAGATE_STATES:
        return Arrived(position, task_id, result, None)
    error = result if isinstance(result, BaseException) else RuntimeError(str(result))
    return Arrived(position, task_id, None, error)


def by_backend(handles: Iterable[Handle[Any]], at_once: list[Arrived[Any]]) -> list[Pending]:
    """Return what has to be waited for, by backend; put what is here already into *at_once*."""
    known: dict[int, Pending] = {}
    runs = handles.runs() if are_alike(handles) else None
    if runs is not None:
        for start, ids, sample in runs:
            pending = pending_of(sample, known)
            for position, task_id in enumerate(ids, start):
                pending.add(position, task_id)
        return [*known.values()]
    for position, handle in enumerate(handles):
        result: Any = _handle(handle).async_result
        if issubclass(type(result), EagerResult):
            at_once.append(arrived(position, result.id, result.state, result.result))
        else:
            pending_of(handle, known).add(position, result.id, result)
    return [*known.values()]


def _listed(handles: Any) -> list[Handle[Any]]:
    if isinstance(handles, Iterable):
        return [*cast("Iterable[Handle[Any]]", handles)]
    message = f"gather() takes handles, not {shown(handles)}. Of a report write report.handles"
    raise TypeError(message)


def _handle(value: Any) -> Handle[Any]:
    if is_handle(value):
        return value
    remedy = (
        "Of a plain AsyncResult ask get() itself"
        if hasattr(value, "get")
        else "Pass what send() returned"
    )
    message = f"a handle is wanted, not {shown(value)}. {remedy}"
    raise TypeError(message)


def are_alike(handles: object) -> TypeGuard[Handles[Any]]:
    """Return whether *handles* are those of one run, which tells of many at once."""
    return isinstance(handles, Handles)


def pending_of(handle: Handle[Any], known: dict[int, Pending]) -> Pending:
    """Return that of *known* which is for the backend of *handle*; add one if there is none."""
    handle.expect_a_result()
    result: Any = handle.async_result
    backend = result.backend
    return known.setdefault(id(backend), Pending(backend))


def _asker(pending: Pending) -> Asker:
    backend = pending.backend
    kind: type[Any] = type(backend)  # pyright: ignore[reportUnknownVariableType]  # of Any
    if kind.__module__ == "celery.backends.redis" and kind.__name__ == "RedisBackend":
        from celerykit.bulk._subscription import RedisAsker  # noqa: PLC0415 - loads the client

        return RedisAsker(pending)
    return KeyValueAsker(pending) if has_get_many(backend) else StateAsker(pending)
