"""The texts of a task message, the same as Celery's, made the short way where that is the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, Final, TypeAlias
from uuid import UUID

__all__ = ["Briefs", "Texts", "is_simple", "json_body"]

# argsrepr and kwargsrepr, which logs and monitors show.
Texts: TypeAlias = tuple[str, str]

_BASIC: Final = frozenset({type(None), bool, int, str})
_TEXT: Final = frozenset({str})
_ATOMS: Final = _BASIC | {float, Decimal, datetime, date, time, timedelta, UUID}
_ROOM: Final = 24  # texts this close to the limit are left to Celery
_USUAL_LEVELS: Final = 3


class Briefs:
    """Writes argsrepr and kwargsrepr as Celery does."""

    __slots__ = ("_app", "_levels", "_limits", "_name")

    def __init__(self, app: Any, name: str) -> None:
        """Write for the task called *name* of *app*."""
        self._app, self._name = app, name
        amqp = app.amqp
        self._limits = (amqp.argsrepr_maxsize - _ROOM, amqp.kwargsrepr_maxsize - _ROOM)
        # The setting came with Celery 5.7; 0 has no limit, which is left to Celery.
        self._levels = min(app.conf.get("task_repr_maxlevels", _USUAL_LEVELS) or 1, _USUAL_LEVELS)

    def glance(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Texts | None:
        """
        Return both texts for arguments that are plain, shallow and short; None for others.

        Plain is what JSON brings back as it is: numbers, texts, None, and lists and dicts of
        them. No rule objects to such arguments, unless to their names.
        """
        levels = self._levels - 1
        if not _is_basic(args, levels) or not _is_basic(kwargs.values(), levels):
            return None
        try:
            shown, named = repr(args), repr(kwargs) if kwargs else "{}"
        except ValueError:  # an int of thousands of digits
            return None
        # With neither, no string in it needed an escape, and none holds a single quote: only
        # then Celery's saferepr shows it as Python does.
        for text, limit in zip((shown, named), self._limits, strict=True):
            if len(text) > limit or "\\" in text or '"' in text:
                return None
        return shown, named

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Texts:
        """Return both texts for any arguments."""
        glance = self.glance(args, kwargs)
        if glance is not None:
            return glance
        headers = self._app.amqp.create_task_message("", self._name, args, kwargs).headers
        return headers["argsrepr"], headers["kwargsrepr"]


def _is_basic(items: Collection[Any], levels: int) -> bool:
    if _BASIC.issuperset(map(type, items)):
        return True
    for item in items:
        kind: type[Any] = type(item)  # pyright: ignore[reportUnknownVariableType]  # of Any
        if kind in _BASIC:
            continue
        if kind is float:
            if not isfinite(item):
                return False
        elif not levels:
            return False
        elif kind is list:
            if not _is_basic(item, levels - 1):
                return False
        elif kind is not dict or not _is_basic_dict(item, levels - 1):
            return False
    return True


def _is_basic_dict(value: dict[Any, Any], levels: int) -> bool:
    if not _TEXT.issuperset(map(type, value)) or "__type__" in value:
        return False  # kombu has its own meaning for that key
    return _is_basic(value.values(), levels)


def is_simple(value: Any, levels: int) -> bool:
    """Return whether *value* is made of builtins alone, nested in at most so many *levels*."""
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
    if kind in _ATOMS:
        return True
    if not levels:
        return False
    if kind is tuple or kind is list:
        return all(is_simple(item, levels - 1) for item in value)
    if kind is dict:
        return all(is_simple(item, levels - 1) for item in (*value, *value.values()))
    return False


def json_body(encode: Callable[[Any], str], args: Any, kwargs: Mapping[str, Any]) -> str:
    """Return the start of a message's body as JSON: the arguments, and not what follows them."""
    return f"[{encode(args)}, {encode(kwargs) if kwargs else '{}'}, "
