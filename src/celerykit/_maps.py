"""xmap(), xstarmap() and chunks(): one task for many items, in few messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar, cast

from celerykit._build import sender
from celerykit._call import Order
from celerykit._contract import HOLE
from celerykit._findings import shown
from celerykit._flow import Call, Group
from celerykit._joints import Fork
from celerykit._snapshot import snapshot
from celerykit._spelling import spelled
from celerykit._targets import Local, Mapped, Remote, target_of
from celerykit.errors import CallRejected
from celerykit.rules import bad_arguments, not_a_task

if TYPE_CHECKING:
    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

__all__ = ["chunks", "mapped", "xmap", "xstarmap"]

A = TypeVar("A")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class _MapCall(Call[R_co]):
    """A call of Celery's own task that calls another one for each item."""

    __slots__ = ()
    _verb = "xmap"

    def _spelled(self) -> str:
        target, items = cast("Mapped", self._content.target), self._content.kwargs["it"]
        options = {**self._content.options}
        name = target.inner.name
        if options.get("route_name") == name:
            del options["route_name"]
        return spelled(self._verb, name, [items], {}, options)


class _StarMapCall(_MapCall[R_co]):
    """The same, with each item spread over the parameters."""

    __slots__ = ()
    _verb = "xstarmap"


def xmap(task: Callable[[A], R], items: Iterable[A], /) -> Call[list[R]]:
    """
    Return one call that runs *task* for each of *items*, one after the other in one worker.

    It is one message, and one result: the list of the task's results. The options after it are
    that message's; the task's own, a queue or a time limit, do not count.

    Raises:
        CallRejected: *task* is not a task, or cannot take one argument.
        TypeError: *items* cannot be gone through.
    """
    target = _inner(task)
    given = [snapshot(item, {}) for item in _gone_through(items, "items", target)]
    _expect(target, (HOLE,))
    return mapped(target, given, spread=False)


def xstarmap(
    task: Callable[[Unpack[Ts]], R], rows: Iterable[tuple[Unpack[Ts]]], /
) -> Call[list[R]]:
    """
    Return one call that runs *task* for each of *rows*, each a tuple of its arguments: see xmap().

    Raises:
        CallRejected: *task* is not a task, or cannot take the arguments of a row.
        TypeError: *rows* cannot be gone through, or a row holds no arguments.
    """
    target = _inner(task)
    return mapped(target, _rows(target, rows), spread=True)


def chunks(
    task: Callable[[Unpack[Ts]], R], rows: Iterable[tuple[Unpack[Ts]]], size: int, /
) -> Group[list[R], list[list[R]]]:
    """
    Return a group of xstarmap() calls of *size* rows each: many arguments in few messages.

    Raises:
        CallRejected: *task* is not a task, or cannot take the arguments of a row.
        TypeError: *rows* cannot be gone through, or a row holds no arguments.
        ValueError: *size* is not a whole number from 1 up.
    """
    _check_size(size)
    target = _inner(task)
    left = iter(_rows(target, rows))
    parts = iter(lambda: [*islice(left, size)], [])
    calls = tuple(mapped(target, part, spread=True) for part in parts)
    return Group(sender(), (Fork(calls, list),))


def _check_size(given: Any) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        message = f"size={shown(given)} is not a number of rows. Pass 1 or more."
        raise ValueError(message)


def _inner(task: Any) -> Local | Remote:
    target = target_of(task)
    if target is None:
        raise CallRejected((not_a_task(task),))
    return target


def _rows(target: Local | Remote, rows: Iterable[Any]) -> list[list[Any]]:
    # A list is what JSON makes of a tuple, and is spread in the same way.
    given = [
        [snapshot(value, {}) for value in _arguments(row)]
        for row in _gone_through(rows, "rows", target)
    ]
    for size in {len(row) for row in given}:
        _expect(target, (HOLE,) * size)
    return given


def _gone_through(given: Any, what: str, target: Local | Remote) -> Iterable[Any]:
    if not hasattr(given, "__iter__"):
        message = (
            f"{shown(given)} holds no {what} for {target.name}. Pass a list of them, or another "
            "iterable; for a single run write call()."
        )
        raise TypeError(message)
    return cast("Iterable[Any]", given)


def _arguments(row: Any) -> Iterable[Any]:
    if not hasattr(row, "__iter__"):
        message = (
            f"the row {shown(row)} holds no arguments. Pass a tuple for each run, or use xmap()."
        )
        raise TypeError(message)
    return cast("Iterable[Any]", row)


def _expect(target: Local | Remote, args: tuple[Any, ...]) -> None:
    why = target.contract.mismatch(args, {})
    if why is not None:
        names = target.contract.names() or ()
        raise CallRejected((bad_arguments(target.name, why, names),))


def mapped(target: Local | Remote, items: list[Any], *, spread: bool) -> Call[Any]:
    """Return the one call that calls *target* for each of *items*, each *spread* or as it is."""
    name = "celery.starmap" if spread else "celery.map"
    options = {"route_name": target.name}
    order = Order(Mapped(target, name), (), {"it": items}, options, waits=False)
    return (_StarMapCall if spread else _MapCall)(sender(), order)
