"""Who reads a result: the user's own line, Celery for itself, or a read asked about before."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Final, NamedTuple, ParamSpec, TypeVar

__all__ = ["Reader", "asks", "is_part_of_a_read", "reader"]

P = ParamSpec("P")
R = TypeVar("R")

# Functions of Celery's that read for the user, one result after the other, and ask nobody.
_ITERATING: Final = frozenset({"collect", "get_leaf"})

_asking: Final[set[CodeType]] = set()


class Reader(NamedTuple):
    """
    The code that reads.

    Attributes:
        place: The file and the line.
        function: The function of Celery's that it called, where that called ours: ``"get_leaf"``.
    """

    place: tuple[str, int]
    function: str | None


def asks(function: Callable[P, R]) -> Callable[P, R]:
    """Mark *function* as one that asks about the read that it makes."""
    _asking.add(function.__code__)
    return function


def is_part_of_a_read() -> bool:
    """Return whether the caller of the caller is a read of Celery's, which has asked before."""
    frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - as below
    inside = frame.f_globals.get("__name__") == "celery.result"
    return inside and frame.f_code.co_name not in _ITERATING


def reader() -> Reader | None:
    """
    Return who reads, as seen from the function that asks.

    None if there is nothing to be said: the read is part of one that was asked about before, or
    Celery itself reads, as it does for a chord, its command line and its test worker.
    """
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - as warnings.warn
    asked, function = 0, None
    while True:
        module = str(frame.f_globals.get("__name__", ""))
        package = module.partition(".")[0]
        if frame.f_code in _asking:
            asked, function = asked + 1, None
        elif module == "celery.result":
            function = frame.f_code.co_name
        elif package in {"celery", "kombu"}:
            return None
        elif package != "celerykit":
            break
        if asked > 1 or frame.f_back is None:
            return None
        frame = frame.f_back
    return Reader((frame.f_code.co_filename, frame.f_lineno), function)
