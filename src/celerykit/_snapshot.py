"""The caller's arguments as they were when the call was built."""

from __future__ import annotations

import copy
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

__all__ = ["snapshot", "snapshot_args", "snapshot_kwargs"]

ATOMS: Final = frozenset(
    {
        *(type(None), bool, int, float, complex, str, bytes),
        *(datetime, date, time, timedelta, Decimal, UUID, type, range),
    }
)
_MAPPINGS: Final = frozenset({OrderedDict, defaultdict, Counter})
_FLAT: Final = frozenset({set, bytearray})  # whose items never change


def snapshot_args(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return *args* with every mutable builtin inside copied."""
    for value in args:
        if type(value) not in ATOMS:
            return tuple([snapshot(value, {}) for value in args])
    return args


def snapshot_kwargs(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new dict of *kwargs* with every mutable builtin inside copied."""
    if not kwargs:
        return {}
    return {
        name: value if type(value) in ATOMS else snapshot(value, {})
        for name, value in kwargs.items()
    }


def snapshot(value: Any, seen: dict[int, Any]) -> Any:
    """
    Return *value* as it is now, so that later changes to it cannot be seen.

    Builtin containers are copied all the way down; so is an object whose class says how
    (``__deepcopy__``, as pydantic models do). Any other object is kept by reference: copying
    an ORM instance or a lock would do more harm than good.
    """
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
    if kind in ATOMS or isinstance(value, Enum):
        return value
    if id(value) in seen:
        return seen[id(value)]
    if kind is list:
        made: Any = []
        seen[id(value)] = made
        made.extend([snapshot(item, seen) for item in value])
        return made
    if kind is dict:
        made = {}
        seen[id(value)] = made
        made.update({key: snapshot(item, seen) for key, item in value.items()})
        return made
    if kind is tuple:
        return tuple([snapshot(item, seen) for item in value])
    if kind in _FLAT:
        return kind(value)
    if kind in _MAPPINGS or kind is deque:
        made = seen[id(value)] = copy.copy(value)
        for key, item in value.items() if kind in _MAPPINGS else enumerate(value):
            made[key] = snapshot(item, seen)
        return made
    if hasattr(kind, "__deepcopy__"):
        made = copy.deepcopy(value)
        # Celery's Signature copies to a plain dict: then better the caller's own.
        return made if type(made) is kind else value
    return value
