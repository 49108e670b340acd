"""What passed the rules before, so that a program's usual calls are not asked about again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from celerykit._facts import AppFacts
from celerykit._priority import Priority
from celerykit._request import Destination

__all__ = [
    "NO_OPTIONS",
    "TELLING",
    "Passed",
    "Task",
    "Usual",
    "Verdict",
    "Written",
    "keep",
    "line",
    "lines",
]

# Types whose equality is the same thing as being written alike; a datetime's forgets its fold.
TELLING: Final = frozenset({type(None), bool, int, float, str, timedelta, Priority})
_UNIQUE: Final = "task_id"  # never the same twice
_MOST: Final = 1024

_Key: TypeAlias = tuple[Any, ...]
Task: TypeAlias = tuple[str, str | None]  # its name, and the serializer that it asks for


class Usual(dict[str, Any]):
    """
    Options that passed at their builder lines: one object, never changed, for all such calls.

    What passed is found by this object's ``id``, which is the cheapest way there is; whoever
    remembers something by an ``id`` keeps its object too, so that nothing else can get it.
    """

    __slots__ = ("before",)
    before: Mapping[str, Any]  # what its last line added to


NO_OPTIONS: Final = Usual()


def line(before: Mapping[str, Any], name: str, value: Any) -> _Key | None:
    """Return what the build rules' answer to one option depends on; None if not easily told."""
    # 1, 1.0 and True are equal.
    kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
    return (id(before), name, kind, value) if kind in TELLING else None


def lines(
    before: Mapping[str, Any], changes: Mapping[str, Any], parameters: tuple[str, ...] | None
) -> _Key | None:
    """Return the same of several options at once, or where the task's *parameters* have a say."""
    if len(changes) == 1 and parameters is None:
        return line(before, *next(iter(changes.items())))
    values = tuple(changes.values())
    kinds = tuple(map(type, values))
    if not TELLING.issuperset(kinds):
        return None
    return id(before), tuple(changes), kinds, values, parameters


class Written:
    """The builder lines that passed, as many as are worth keeping; safe to share by threads."""

    __slots__ = ("_known",)
    _known: dict[_Key | None, Usual]

    def __init__(self) -> None:
        """Start with none."""
        self._known = {}

    def after(self, key: _Key | None) -> Usual | None:
        """Return the options after this line if it passed before, or None."""
        return self._known.get(key)

    def kept(
        self, key: _Key | None, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Remember that this line passed, if it may come again; return what to go on with."""
        if key is None or type(before) is not Usual or _UNIQUE in after:
            return after
        for value in after.values():
            if type(value) is float and value == 0:
                return after  # 0.0 equals -0.0
        usual = Usual(after)
        usual.before = before
        keep(self._known, key, usual)
        return usual


class Verdict(NamedTuple):
    """What passed at the send: these options, where these facts hold, for what goes there."""

    options: Usual
    facts: AppFacts
    is_routed: bool  # whether it matters where it goes
    destination: Destination | None


class Passed:
    """The sends that passed, as many as are worth keeping; safe to share by threads."""

    __slots__ = ("_known",)
    _known: dict[_Key, Verdict]

    def __init__(self) -> None:
        """Start with none."""
        self._known = {}

    def verdict(self, options: Mapping[str, Any], facts: AppFacts, task: Task) -> Verdict | None:
        """Return what passed with these *options* for this *task*, or None."""
        return self._known.get((id(options), id(facts), task))

    def add(self, task: Task, verdict: Verdict) -> None:
        """Remember the *verdict* on a call of this *task*."""
        keep(self._known, (id(verdict.options), id(verdict.facts), task), verdict)


def keep(known: dict[Any, Any], key: _Key | None, value: object) -> None:
    """Add *value*; forget all when there are too many."""
    if len(known) >= _MOST:
        known.clear()
    known[key] = value
