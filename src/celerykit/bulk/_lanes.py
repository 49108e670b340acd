"""Find the lane of a call: that of all calls with the same task and the same options."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, cast

from celerykit._call import Order
from celerykit._examine import target_in
from celerykit._priority import Priority
from celerykit._verdicts import Usual
from celerykit.bulk._encode import is_simple
from celerykit.bulk._lane import Lane

__all__ = ["KeptLanes", "Lanes"]

# So many different sets of options are remembered.
_MOST: Final = 64
_DEEP: Final = 5


class Lanes:
    """The lanes of one run, by what decides how a message looks."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: dict[Hashable, Lane] = {}
        self._last: tuple[Order, Lane] | None = None

    def of(self, order: Order, make: Callable[[], Lane]) -> Lane:
        """Return the lane of *order*, which *make* makes if it is a new one."""
        last = self._last
        if last is not None and last[0].options is order.options and _alike(last[0], order):
            return last[1]
        key = _key(order)
        lane = None if key is None else self._known.get(key)
        if lane is None:
            lane = make()
            if key is not None:
                _keep(self._known, key, lane)
        self._last = order, lane
        return lane


class KeptLanes:
    """The lanes of one line that is kept: of tasks and options that are the same for sure."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: dict[Hashable, Lane] = {}

    def of(self, order: Order, make: Callable[[], Lane]) -> Lane | None:
        """Return the lane of *order*, or None if no other call is sure to be like it."""
        options = order.options
        # Usual options are one object, which its lane keeps, as it keeps the task.
        told = id(options) if type(options) is Usual else _told(options)
        if told is None:
            return None
        key = id(target_in(order).task), order.allowed, told
        lane = self._known.get(key)
        if lane is None:
            lane = make()
            _keep(self._known, key, lane)
        return lane


def _keep(known: dict[Hashable, Lane], key: Hashable, lane: Lane) -> None:
    if len(known) >= _MOST:
        known.clear()
    known[key] = lane


def _alike(one: Order, other: Order) -> bool:
    return one.target is other.target and one.allowed is other.allowed


def _key(order: Order) -> Hashable | None:
    """Return what tells calls apart that differ in more than their arguments; None if unclear."""
    told = _told(order.options)
    return None if told is None else (cast("Hashable", order.target), order.allowed, told)


def _told(options: Mapping[str, Any]) -> Hashable | None:
    """Return what is written in *options*; None if that is unclear."""
    written: list[Any] = []
    for name, value in options.items():
        if not is_simple(value, _DEEP) and type(value) is not Priority:
            return None
        written += [name, type(value), repr(value)]
    return tuple(written)
