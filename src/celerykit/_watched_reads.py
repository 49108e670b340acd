"""Where plain Celery reads results: its methods, stood in for while any app is guarded."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, Final, NamedTuple
from weakref import ref

from celerykit._allow import ALLOWED
from celerykit._blocking import WATCHED, Policy, before_poll, before_read, policy_of
from celerykit._reader import asks, is_part_of_a_read
from celerykit._running import LIVE, watch_tasks

__all__ = ["unwatch_reads", "watch_reads"]

_Method = Callable[..., Any]

_CELERYS_WAY_OUT: Final = "disable_sync_subtasks"
# From here on a timeout of 0 does not wait; before, it was none.
_ZERO_IS_NO_TIME: Final = (5, 7)


class _Point(NamedTuple):
    """A method of one of Celery's classes."""

    owner: type
    name: str


class _StandIn(NamedTuple):
    """Celery's own method, and what stands in for it."""

    before: _Method
    ours: _Method


_standing: Final[dict[_Point, _StandIn]] = {}
_lock: Final = threading.RLock()


def watch_reads(app: Any, policy: Policy) -> None:
    """
    Ask about each read of a result of *app*'s, and do about it what *policy* says.

    Celery makes results in many places, users do with ``AsyncResult(id)``, and a backend can be
    read without one. So the methods of its classes are stood in for, and pass on unchanged what
    belongs to other apps. Results stay instances of Celery's own classes.
    """
    watch_tasks(app)
    with _lock:
        WATCHED[app] = ref(policy)
        for point, stand_in in _stand_ins():
            if point not in _standing:
                before = vars(point.owner)[point.name]
                ours = wraps(before)(asks(stand_in(before, point.name)))
                _standing[point] = _StandIn(before, ours)
                setattr(point.owner, point.name, ours)


def unwatch_reads(app: Any) -> None:
    """Ask no more about *app*; with the last app, give Celery its methods back."""
    with _lock:
        WATCHED.pop(app, None)
        if WATCHED:
            return
        for point, (before, ours) in [*_standing.items()]:
            # Who stood in for ours since keeps calling it, and then it only passes on.
            if vars(point.owner)[point.name] is ours:
                setattr(point.owner, point.name, before)
                del _standing[point]


def _stand_ins() -> Iterator[tuple[_Point, Callable[[_Method, str], _Method]]]:
    from celery.backends.asynchronous import AsyncBackendMixin  # noqa: PLC0415 - loads kombu
    from celery.backends.base import SyncBackendMixin  # noqa: PLC0415 - as above
    from celery.result import AsyncResult, ResultSet  # noqa: PLC0415 - as above

    for name in ("get", "wait"):
        yield _Point(AsyncResult, name), _of_result
    for name in ("get", "join", "join_native", "iter_native"):
        yield _Point(ResultSet, name), _of_set
    for kind in (AsyncBackendMixin, SyncBackendMixin):
        yield _Point(kind, "wait_for_pending"), _of_backend
    # The one private name: state, ready(), result and all the others look through it. Without it,
    # looks are not counted.
    if hasattr(AsyncResult, "_get_task_meta"):
        yield _Point(AsyncResult, "_get_task_meta"), _of_look


def _of_result(before: _Method, name: str) -> _Method:
    position = _position(before)

    def read(self: Any, *args: Any, **options: Any) -> Any:
        if policy_of(self.app) is not None and not is_part_of_a_read():
            _ask(self, self.app, name, args, options)
            if ALLOWED.get():
                _let(position, args, options)
        return before(self, *args, **options)

    return read


def _of_set(before: _Method, name: str) -> _Method:
    position = _position(before)

    def read(self: Any, *args: Any, **options: Any) -> Any:
        # An empty one would look for the current app, and make one up.
        if self.results and policy_of(self.app) is not None and not is_part_of_a_read():
            _ask(self, self.app, name, args, options)
            if ALLOWED.get():
                _let(position, args, options)
        return before(self, *args, **options)

    return read


def _of_backend(before: _Method, name: str) -> _Method:
    def read(self: Any, result: Any, *args: Any, **options: Any) -> Any:
        if not is_part_of_a_read() and policy_of(self.app) is not None:
            _ask(result, self.app, f"backend.{name}", (), options)
        return before(self, result, *args, **options)

    return read


def _of_look(before: _Method, _name: str) -> _Method:
    def look(self: Any) -> Any:
        if LIVE and self._cache is None and policy_of(self.app) is not None:
            before_poll(self, self.app, "state")
        return before(self)

    return look


def _ask(
    result: Any, app: Any, name: str, args: tuple[Any, ...], options: Mapping[str, Any]
) -> None:
    timeout = args[0] if args else options.get("timeout")
    if isinstance(timeout, (int, float)) and timeout <= 0 and _celery() >= _ZERO_IS_NO_TIME:
        for each in getattr(result, "results", (result,)):
            before_poll(each, app, name)
    else:
        before_read(result, app, name, bounded=bool(args) or "timeout" in options)


def _celery() -> tuple[int, int]:
    from celery import VERSION  # noqa: PLC0415 - keeps the import of celerykit cheap

    return int(VERSION[0]), int(VERSION[1])


def _position(method: _Method) -> int | None:
    """Return where Celery's own way out stands among the arguments given by position."""
    names = [*inspect.signature(method).parameters]
    return names.index(_CELERYS_WAY_OUT) - 1 if _CELERYS_WAY_OUT in names else None


def _let(position: int | None, args: tuple[Any, ...], options: dict[str, Any]) -> None:
    """Have Celery not refuse what ``allow_blocking_get()`` allows."""
    if position is not None and len(args) <= position:
        options.setdefault(_CELERYS_WAY_OUT, False)
