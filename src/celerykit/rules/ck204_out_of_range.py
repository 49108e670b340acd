"""
## What it does
Refuses numbers outside the range that has a meaning: negative or endless times, limits of zero,
priorities that no broker has.

## Why is this bad?
A negative countdown runs at once, an expiry of zero never runs (RabbitMQ drops the message and a
waiting ``get()`` hangs), a time limit of zero is none and one of -1 kills the task as it starts.

## Example
```python
>>> call(add, 2, 3).countdown(-5)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK204 countdown=-5 is out of range. Pass 0 seconds or more, and less than 100 years.
  Read more: python -m pydoc celerykit.rules.ck204_out_of_range

```

## Use instead
```python
call(add, 2, 3).countdown(5)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from math import nextafter
from typing import Any, Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import as_seconds, between, is_delay, is_naive, size

__all__ = ["RULE", "check"]

_YEAR: Final = 365 * 86_400
_DECADE: Final = 10 * _YEAR  # RabbitMQ closes the channel on an expiry beyond
_CENTURY: Final = 100 * _YEAR
_ABOVE_ZERO: Final = nextafter(0.0, 1.0)
_MILLISECOND: Final = 0.001  # what a broker counts in
_BYTE: Final = 255

# option -> (the least, what is too much, what to pass)
_SECONDS: Final[dict[str, tuple[float, float, str]]] = {
    "countdown": (0, _CENTURY, "Pass 0 seconds or more, and less than 100 years"),
    "expires": (_MILLISECOND, _DECADE, "Pass more than 0 seconds, and less than 10 years"),
    "time_limit": (_ABOVE_ZERO, _CENTURY, "Pass more than 0 seconds, or None for no limit"),
    "soft_time_limit": (_ABOVE_ZERO, _CENTURY, "Pass more than 0 seconds, or None for no limit"),
    "timeout": (_ABOVE_ZERO, _CENTURY, "Pass more than 0 seconds"),
    "confirm_timeout": (_ABOVE_ZERO, _CENTURY, "Pass more than 0 seconds"),
    "timestamp": (0, _CENTURY, "Pass seconds since 1970"),
}

# option -> (how far from now is too far, what to pass)
_MOMENTS: Final[dict[str, tuple[float, str]]] = {
    "eta": (_CENTURY, "Pass a time less than 100 years from now"),
    "expires": (_DECADE, "Pass a time less than 10 years ahead, or None for no expiry"),
}

# Names that AMQP sends as short strings.
_NAMES: Final = frozenset(
    {
        *("queue", "exchange", "routing_key", "task_id"),
        *("app_id", "cluster_id", "message_id", "type", "user_id"),
    }
)

RULE: Final = Rule(
    "CK204",
    "out-of-range",
    "error",
    "build",
    frozenset({*_SECONDS, *_NAMES, "priority"}),
    again=frozenset(_MOMENTS),
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each value that is out of its range."""
    for name, value in request.options.items():
        remedy = _refused(name, value)
        if remedy is None and request.now is not None and name in _MOMENTS:
            remedy = _too_far(name, value, request.now)
        if remedy is not None:
            message = f"{name}={shown(value)} is out of range"
            yield RULE.found(request.task, name, value, message, remedy)


def _refused(name: str, value: Any) -> str | None:
    if name in _SECONDS and is_delay(value):
        least, most, remedy = _SECONDS[name]
        # Written so that NaN, which compares as false with everything, is refused too.
        return None if least <= as_seconds(value) < most else remedy
    if name == "priority" and isinstance(value, int) and not 0 <= value <= _BYTE:
        return "Pass 0 to 255 (Redis knows 0 to 9), or a Priority"
    if name in _NAMES and isinstance(value, str) and size(value) > _BYTE:
        return f"Pass at most {_BYTE} bytes"
    return None


def _too_far(name: str, value: Any, now: datetime) -> str | None:
    """Return what to pass instead if *value* is a moment too far from now."""
    if not isinstance(value, datetime) or is_naive(value):
        return None
    far, remedy = _MOMENTS[name]
    return None if -_CENTURY < between(now, value) < far else remedy
