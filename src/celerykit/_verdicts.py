"""What passed the rules before, so that a program's usual calls are not asked about again."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta
from typing import Final

from celerykit._facts import AppFacts
from celerykit._priority import Priority
from celerykit._request import Request

__all__ = ["Passed", "at_build_by", "at_send_by"]

# Types whose equality is the same thing as being written alike; a datetime's forgets its fold.
_TELLING: Final = frozenset({type(None), bool, int, float, str, timedelta, Priority})
_MOST: Final = 1024


class Passed:
    """The verdicts that found nothing, as many as are worth keeping."""

    __slots__ = ("_known",)
    _known: dict[Hashable, AppFacts]

    def __init__(self) -> None:
        """Start with none."""
        self._known = {}

    def has(self, verdict: Hashable | None, facts: AppFacts) -> bool:
        """Return whether *verdict* is known to pass where *facts* hold."""
        return verdict is not None and self._known.get(verdict) is facts

    def add(self, verdict: Hashable | None, facts: AppFacts) -> None:
        """Remember *verdict*; forget all when there are too many."""
        if verdict is not None:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[verdict] = facts


def at_build_by(request: Request, changed: tuple[str, ...]) -> Hashable | None:
    """Return what the answer of the build rules depends on, or None if it is not easily told."""
    values = tuple(request.options.values())
    kinds = tuple(map(type, values))  # 1, 1.0 and True are equal
    if request.parameters is not None or not _TELLING.issuperset(kinds):
        return None
    return tuple(request.options), values, kinds, changed


def at_send_by(request: Request, subjects: tuple[str, ...]) -> Hashable | None:
    """Return what the answer of the send rules depends on, or None if it is not easily told."""
    if subjects != tuple(request.options) or not request.local or request.secrets:
        return None  # the arguments, or the name, have a say
    if request.destination is not None or request.callbacks or "task_id" in request.options:
        return None
    verdict = at_build_by(request, ())
    return None if verdict is None else (verdict, request.task, request.serializer)
