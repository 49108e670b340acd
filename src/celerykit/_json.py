"""What JSON will do to a task's arguments, told without serialising them where that is possible."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from celerykit._values import is_dict, is_list

__all__ = ["PLAIN", "Change", "RoundTrip", "are_plain", "changes", "weight"]

# Writes a value as the app's serializer does and reads it back; raises what the serializer raises.
RoundTrip: TypeAlias = Callable[[Any], Any]

# What JSON, as kombu writes and reads it, brings back as it is.
PLAIN: Final = frozenset({type(None), bool, int, str, bytes, date, Decimal, UUID})
_SINGLE: Final = PLAIN | {float}
_NUMBERS: Final = frozenset({type(None), bool, int})
_SHORT: Final = 1_000
_DEEPEST: Final = 50
_UTC: Final = frozenset({"UTC", "Etc/UTC", "tzutc()"})  # nothing is lost with these names
_ENVELOPE: Final = {"__type__", "__value__"}


class Change(NamedTuple):
    """One value that will not arrive as it is."""

    path: str  # the way to it from the argument, which comes first, as in "order['items'][0]"
    value: Any
    becomes: str  # in words; what a worker receives, or why it cannot be written
    kind: str  # "changed", "envelope" or "refused"
    is_key: bool = False  # whether it is a key of what *path* leads to
    argument: str = ""  # the name of the argument that it is in

    @property
    def place(self) -> str:
        """The way to it, the key included."""
        return f"{self.path} key {self.value!r}" if self.is_key else self.path

    @property
    def where(self) -> str:
        """Where it is, in words."""
        inside = self.path[len(self.argument) :]
        place = f"the argument {self.argument!r}" + (f", at {inside}," if inside else "")
        return f"the key {self.value!r} in {place}" if self.is_key else place


def are_plain(args: Iterable[object], kwargs: Mapping[str, object]) -> bool:
    """Return whether all of these are numbers and short texts, of which no rule complains."""
    for value in (*args, *kwargs.values()):
        if type(value) not in _NUMBERS and not (type(value) is str and len(value) < _SHORT):
            return False
    return True


def changes(
    value: object, path: str, round_trip: RoundTrip | None, inside: tuple[int, ...] = ()
) -> Iterator[Change]:
    """
    Yield each value in *value* that JSON, as kombu writes and reads it, does not bring back.

    Known types are judged by type; any other goes through *round_trip*, which knows the types
    that the project registered with kombu. *inside* are the ids of what *value* is in. A value
    that says itself how it is written (``__json__``, as kombu and Celery's signatures do) means
    what it becomes, and a subclass of a builtin may arrive as that.
    """
    if type(value) in PLAIN or (type(value) is float and math.isfinite(value)):
        return
    if hasattr(type(value), "__json__") or len(inside) > _DEEPEST:
        return
    if id(value) in inside:
        yield Change(path, value, "it contains itself", "refused")
    elif is_list(value):
        if isinstance(value, tuple):
            yield Change(path, value, "a list", "changed")
        for index, item in enumerate(value):
            if type(item) not in PLAIN:
                yield from changes(item, f"{path}[{index}]", round_trip, (*inside, id(value)))
    elif is_dict(value):
        yield from _mapping(value, path, round_trip, inside)
    else:
        yield from _single(value, path, round_trip)


def _single(value: object, path: str, round_trip: RoundTrip | None) -> Iterator[Change]:
    """Yield the change of a value that holds no others, if it has one."""
    if isinstance(value, Enum) and isinstance(value, (str, int, float)):
        yield Change(path, value, f"the plain {value.value!r}", "changed")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield Change(path, value, f"{json.dumps(value)}, which only Python reads,", "changed")
    elif isinstance(value, (datetime, time)):
        yield from _zoned(value, path)
    elif round_trip is not None:
        yield from _other(value, path, round_trip)


def _zoned(value: datetime | time, path: str) -> Iterator[Change]:
    zone = value.tzinfo
    if zone is not None and type(zone) is not timezone and str(zone) not in _UTC:
        offset = value.strftime("%z")
        words = f"a time at {offset}, without its zone," if offset else "a time without its zone"
        yield Change(path, value, words, "changed")


def _mapping(
    value: Mapping[Any, Any], path: str, round_trip: RoundTrip | None, inside: tuple[int, ...]
) -> Iterator[Change]:
    if len(value) == len(_ENVELOPE) and _ENVELOPE.issuperset(value):
        yield Change(path, value, "whatever kombu makes of that type", "envelope")
        return
    for key, item in value.items():
        if type(key) is not str:
            if key is None or isinstance(key, (int, float)):
                yield Change(path, key, "a string", "changed", is_key=True)
            elif not isinstance(key, str):
                why = f"a {type(key).__name__} is no key in JSON"
                yield Change(path, key, why, "refused", is_key=True)
        if type(item) not in PLAIN:
            yield from changes(item, f"{path}[{key!r}]", round_trip, (*inside, id(value)))


def _other(value: object, path: str, round_trip: RoundTrip) -> Iterator[Change]:
    try:
        back = round_trip(value)
    except Exception as error:  # noqa: BLE001 - kombu makes an EncodeError of whatever is raised
        yield Change(path, value, str(error), "refused")
        return
    if type(back) is not type(value) and not isinstance(value, type(back)):
        yield Change(path, value, f"a {type(back).__name__}", "changed")


def weight(value: object, limit: int, depth: int = 0) -> int:
    """
    Return about how many bytes *value* takes in JSON, or more than *limit* as soon as it does.

    Never more than it really takes, so that nobody is told of bytes that are not there.
    """
    if type(value) is str:
        return len(value) + 2 if value.isascii() else len(json.dumps(value))
    if type(value) is bytes:
        return len(value) + 2
    if type(value) is int:
        return max(1, value.bit_length() * 3 // 10)
    if type(value) in _SINGLE:
        return 3
    if is_dict(value):
        items: Iterable[Any] = (item for pair in value.items() for item in pair)
    elif is_list(value):
        items = value
    else:
        return 3
    total = 0 if value else 2
    for item in items if depth < _DEEPEST else ():
        total += weight(item, limit, depth + 1) + 2
        if total > limit:
            break
    return total
