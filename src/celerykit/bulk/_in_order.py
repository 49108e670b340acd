"""The results of a group, asked for together and returned in order, as one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from time import monotonic
from typing import Any, cast

from celery import result as celery_result
from celery.backends.base import KeyValueStoreBackend
from celery.exceptions import TimeoutError as CeleryTimeoutError
from celery.result import EagerResult

from celerykit._blocking import before_read, may_wait
from celerykit._handle import Handle
from celerykit._running import running
from celerykit._values import timeout_of
from celerykit.bulk._arrived import Arrived
from celerykit.bulk._collect import are_alike, arrived, arriving, by_backend, pending_of
from celerykit.bulk._fence import settle
from celerykit.bulk._pending import Meta, Pending

__all__ = ["let_know", "together"]

# celery-types does not know these.
_will_block: Any = vars(celery_result)["task_join_will_block"]
_get_many: Any = cast("Any", KeyValueStoreBackend).get_many


def together(
    handles: Sequence[Handle[Any]], timeout: Any, kept: dict[str, Meta]
) -> list[Any] | None:
    """
    Return the results of *handles* in order; None where Celery has to wait for one after another.

    What is read goes into *kept*, by id.

    Raises:
        Exception: That of the first task in order that failed, once all before it have succeeded.
        celery.exceptions.TimeoutError: Not all results arrived in time.
    """
    waiting = _waiting_for(handles)
    if waiting is None:
        return None
    try:
        return waiting.values(timeout_of(timeout), kept)
    except _FailedError as failed:
        first = handles[failed.position]
    finally:
        if not are_alike(handles):
            let_know(handles, kept)
    let_know([first], kept)
    return [first.get(0)]  # raises what the task did


class _FailedError(Exception):
    """A task failed, and all before it in the group succeeded."""

    position: int

    def __init__(self, position: int) -> None:
        """Take which one failed; the first is 0."""
        super().__init__(position)
        self.position = position


class _Waiting:
    """Many results that have to be waited for, none of which comes after another."""

    def __init__(self, size: int, at_once: list[Arrived[Any]], pendings: list[Pending]) -> None:
        """Wait for *size* results: those of *pendings*, and *at_once* what is here already."""
        self._size, self._at_once, self._pendings = size, at_once, pendings

    def values(self, seconds: float | None, kept: dict[str, Meta]) -> list[Any]:
        """
        Return the results in order, and put what is read of each into *kept*, by id.

        Raises:
            CeleryTimeoutError: Not all arrived within so many *seconds*.
            _FailedError: A task failed, and all before it succeeded.
        """
        for pending in self._pendings:
            pending.kept = kept
            if seconds is None or seconds > 0:
                result = pending.result(next(iter(pending.ids)))
                before_read(result, result.app, "Handle.get", bounded=True)
        until = inf if seconds is None else monotonic() + seconds
        found: list[Arrived[Any] | None] = [None] * self._size
        ready = 0  # all before this position have succeeded
        try:
            for each in arriving(self._at_once, self._pendings, until):
                found[each.position] = each
                while ready < self._size and (following := found[ready]) is not None:
                    if following.error is not None:
                        raise _FailedError(ready)
                    ready += 1
        except CeleryTimeoutError:
            message = "The operation timed out."  # as Celery says it of one
            raise CeleryTimeoutError(message) from None
        return [each.get() for each in found if each is not None]


def _waiting_for(handles: Sequence[Handle[Any]]) -> _Waiting | None:
    """
    Return what waits for all of *handles* together; None where Celery has to wait for each.

    It has to in a task, where it may have something to say of each; and where a failure before a
    member has to be looked for, or where only its own way of reading is known.
    """
    if _will_block() or running(handles[0].async_result.app) is not None:
        return None
    at_once: list[Arrived[Any]] = []
    alike = are_alike(handles)
    pendings = by_backend(handles, at_once) if alike else _without_parents(handles, at_once)
    if pendings is None or not all(_is_asked_for_many(each.backend) for each in pendings):
        return None
    return _Waiting(len(handles), at_once, pendings)


def _without_parents(
    handles: Sequence[Handle[Any]], at_once: list[Arrived[Any]]
) -> list[Pending] | None:
    known: dict[int, Pending] = {}
    for position, handle in enumerate(handles):
        result: Any = handle.async_result
        if isinstance(result, EagerResult) or result.parent is not None:
            return None
        if may_wait(result):
            pending_of(handle, known).add(position, result.id, result)
        else:
            at_once.append(arrived(position, result.id, result.state, result.result))
    return [*known.values()]


def _is_asked_for_many(backend: Any) -> bool:
    """Return whether *backend* has Celery's own way to read many results, and no other."""
    return getattr(cast("Any", type(backend)), "get_many", None) is _get_many


def let_know(handles: Sequence[Handle[Any]], kept: dict[str, Meta]) -> None:
    """Let Celery's own results of *handles* know what was read of them, each by its id."""
    for handle in handles:
        meta = kept.get(handle.id)
        if meta is not None:
            settle(handle.async_result, meta)
