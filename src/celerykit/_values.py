"""What a value is: the small questions that rules and options both ask."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard

from celerykit._findings import shown

__all__ = [
    "app_behind",
    "as_seconds",
    "between",
    "delay_of",
    "is_app",
    "is_delay",
    "is_dict",
    "is_fallback",
    "is_list",
    "is_mapping",
    "is_moment",
    "is_naive",
    "is_number",
    "size",
    "timeout_of",
    "unsendable",
    "wait_of",
]

_INT64: Final = 2**63
_SHORT_STRING: Final = 255


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether *value* is a real number that a message can carry; a bool is not meant."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_delay(value: Any) -> TypeGuard[float | timedelta]:
    """Return whether *value* is a length of time: a number of seconds or a timedelta."""
    return is_number(value) or isinstance(value, timedelta)


def is_list(value: Any) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Return whether *value* is a list or a tuple."""
    return isinstance(value, (list, tuple))


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    """Return whether *value* is a dict, the one mapping that JSON and AMQP both take."""
    return isinstance(value, dict)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether *value* is a mapping, whatever it maps."""
    return isinstance(value, Mapping)


def is_app(value: object) -> bool:
    """
    Return whether *value* is a Celery app.

    A proxy such as ``celery.current_app`` may be one: to look would make the app, or choose it.
    """
    kind = type(value)
    if any(each.__name__.endswith("Proxy") for each in kind.__mro__):
        return True
    names = ("send_task", "conf")
    return not issubclass(kind, type) and all(
        hasattr(kind, name) or hasattr(value, name) for name in names
    )


def app_behind(app: Any) -> Any:
    """Return the app that *app* stands for, if it is a proxy such as ``celery.current_app``."""
    own = getattr(app, "_get_current_object", None)
    return app if own is None else own()


def is_fallback(app: Any) -> bool:
    """Return whether Celery made *app* up, as it found none: unlike yours it has no fixups."""
    # The loader may be another one, from the environment; these it always writes itself.
    return app.main == "default" and app.fixups == [] and not app.set_as_current


def as_seconds(value: float | timedelta) -> float:
    """Return *value* in seconds, as an int where nothing is lost by it."""
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    return value


def wait_of(within: Any) -> float:
    """Return in seconds how long may be waited, or raise: it has to be more than 0, and finite."""
    if not is_delay(within):
        message = f"within={shown(within)} is not a number of seconds or a timedelta"
        raise TypeError(message)
    seconds = as_seconds(within)
    if not 0 < seconds < math.inf:  # NaN is neither
        message = f"within={shown(within)} is no time to wait. Pass seconds above 0"
        raise ValueError(message)
    return seconds


def timeout_of(timeout: Any) -> float | None:
    """
    Return how many seconds to wait for a result, or None for ever.

    Raises:
        TypeError: *timeout* is no length of time, and not None.
        ValueError: It is NaN or infinite.
    """
    if timeout is None:
        return None
    if not is_delay(timeout):
        message = f"timeout={shown(timeout)} is not a number of seconds, a timedelta or None"
        raise TypeError(message)
    seconds = as_seconds(timeout)
    if not math.isfinite(seconds):
        message = f"timeout={seconds} is no time. Pass seconds, or None to wait for ever"
        raise ValueError(message)
    return seconds


def is_naive(moment: datetime) -> bool:
    """Return whether *moment* lacks a time zone, or has one that knows no offset."""
    return moment.utcoffset() is None


def is_moment(value: Any) -> TypeGuard[datetime]:
    """Return whether *value* is a datetime that says which moment it means."""
    return isinstance(value, datetime) and not is_naive(value)


def between(start: datetime, end: datetime) -> float:
    """
    Return how many seconds after *start* the moment *end* is; both are aware.

    Python's own ``end - start`` reads the clock on the wall when both are in the same zone, and is
    an hour off where that clock is turned back. (To convert both to UTC fails in the year 9999.)
    """
    turned = (end.utcoffset() or timedelta()) - (start.utcoffset() or timedelta())
    return (end.replace(tzinfo=None) - start.replace(tzinfo=None) - turned).total_seconds()


def delay_of(value: Any, now: datetime | None) -> float | None:
    """Return how many seconds after *now* the time *value* is, or None when it cannot be said."""
    if is_delay(value):
        return as_seconds(value)
    if is_moment(value) and now is not None:
        return between(now, value)
    return None


def size(text: str) -> int:
    """Return how many bytes *text* takes in a message."""
    return len(text.encode(errors="surrogatepass"))


def unsendable(value: Any, inside: tuple[int, ...] = ()) -> str | None:
    """
    Return why *value* cannot travel in a header on every broker, or None if it can.

    *inside* has the ids of what holds it.
    """
    if value is None or isinstance(value, (bool, str)):
        return None
    if isinstance(value, int):
        return None if -_INT64 <= value < _INT64 else f"{shown(value)} does not fit in 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{value} is not a number in JSON"
    if id(value) in inside:
        return "it contains itself"
    inside = (*inside, id(value))
    if is_list(value):
        return next((why for item in value if (why := unsendable(item, inside))), None)
    if is_dict(value):
        items = value.items()
        return next((why for item in items if (why := _unsendable_item(*item, inside))), None)
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeio' else 'a'} {name} is not a JSON value"


def _unsendable_item(name: Any, value: Any, inside: tuple[int, ...]) -> str | None:
    if not isinstance(name, str):
        return f"the name {shown(name)} is not a string"
    if size(name) > _SHORT_STRING:
        return f"the name {name[:20]!r}... is longer than {_SHORT_STRING} bytes"
    return unsendable(value, inside)
