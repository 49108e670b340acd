"""What JSON will do to a task's arguments, told without serialising them where that is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

__all__ = ["PLAIN", "Change", "RoundTrip", "are_plain", "changes", "weight"]

# Writes a value as the app's serializer does and reads it back; raises what the serializer raises.
RoundTrip: TypeAlias = Callable[[Any], Any]

# What JSON, as kombu writes and reads it, brings back as it is.
PLAIN: Final = frozenset({type(None), bool, int, str, bytes, date, time, Decimal, UUID})
_NUMBERS: Final = frozenset({type(None), bool, int})
_SHORT: Final = 1_000
_DEEPEST: Final = 50
_ENVELOPE: Final = {"__type__", "__value__"}


class Change(NamedTuple):
    """One value that will not arrive as it is."""

    path: str
    value: Any
    becomes: str  # in words; what a worker receives, or why it cannot be written
    kind: str  # "changed", "envelope" or "refused"


def are_plain(args: Iterable[Any], kwargs: Mapping[str, Any]) -> bool:
    """Return whether all of these are numbers and short texts, of which no rule complains."""
    for value in (*args, *kwargs.values()):
        kind = type(value)
        if kind not in _NUMBERS and not (kind is str and len(value) < _SHORT):
            return False
    return True


def changes(
    value: Any, path: str, round_trip: RoundTrip | None, inside: tuple[int, ...] = ()
) -> Iterator[Change]:
    """
    Yield each value in *value* that JSON, as kombu writes and reads it, does not bring back.

    Known types are judged by type; any other goes through *round_trip*, which knows the types
    that the project registered with kombu. *inside* are the ids of what *value* is in.
    """
    kind = type(value)
    if kind in PLAIN:
        return
    if id(value) in inside:
        yield Change(path, value, "it contains itself", "refused")
        return
    if kind is float:
        if value != value or value in _INFINITE:  # noqa: PLR0124 - NaN is not equal to itself
            yield Change(path, value, "NaN or Infinity, which is not JSON", "changed")
    elif kind is datetime:
        yield from _datetime(value, path)
    elif kind is list or kind is tuple:
        if kind is tuple:
            yield Change(path, value, "a list", "changed")
        for index, item in enumerate(value):
            yield from changes(item, f"{path}[{index}]", round_trip, (*inside, id(value)))
    elif kind is dict:
        yield from _mapping(value, path, round_trip, inside)
    elif isinstance(value, Enum) and isinstance(value, (str, int)):
        yield Change(path, value, f"the plain {value.value!r}", "changed")
    elif round_trip is not None:
        yield from _other(value, path, round_trip)


_INFINITE: Final = (float("inf"), float("-inf"))


def _datetime(value: datetime, path: str) -> Iterator[Change]:
    zone = value.tzinfo
    if zone is not None and type(zone) is not timezone:
        offset = value.strftime("%z")
        yield Change(path, value, f"a fixed offset of {offset}, without its zone", "changed")


def _mapping(
    value: Mapping[Any, Any], path: str, round_trip: RoundTrip | None, inside: tuple[int, ...]
) -> Iterator[Change]:
    if value.keys() == _ENVELOPE:
        yield Change(path, value, "whatever kombu makes of that type", "envelope")
        return
    for key, item in value.items():
        if type(key) is not str:
            if key is None or isinstance(key, (int, float)):
                yield Change(f"{path} key {key!r}", key, "a string", "changed")
            elif not isinstance(key, str):
                name = type(key).__name__
                yield Change(f"{path} key {key!r}", key, f"a {name} is no key in JSON", "refused")
        yield from changes(item, f"{path}[{key!r}]", round_trip, (*inside, id(value)))


def _other(value: Any, path: str, round_trip: RoundTrip) -> Iterator[Change]:
    try:
        back = round_trip(value)
    except (TypeError, ValueError, RecursionError) as error:
        yield Change(path, value, str(error), "refused")
        return
    if type(back) is not type(value) and not isinstance(value, type(back)):
        yield Change(path, value, f"a {type(back).__name__}", "changed")


def weight(value: Any, limit: int, depth: int = 0) -> int:
    """Return about how many bytes *value* takes in JSON, or more than *limit* as soon as it does."""
    kind = type(value)
    if kind is str or kind is bytes:
        return len(value) + 2
    if depth > _DEEPEST:
        return 0
    if kind is dict:
        items: Iterable[Any] = (item for pair in value.items() for item in pair)
    elif kind in {list, tuple}:
        items = value
    else:
        return 8
    total = 2
    for item in items:
        total += weight(item, limit, depth + 1) + 2
        if total > limit:
            break
    return total
