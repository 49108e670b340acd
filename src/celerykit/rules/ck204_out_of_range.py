'''
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
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import as_seconds, is_delay

__all__ = ["RULE", "check"]

_CENTURY: Final = 100 * 365 * 86_400
_BYTE: Final = 255

# option -> (may it be zero, what to pass)
_SECONDS: Final[dict[str, tuple[bool, str]]] = {
    "countdown": (True, "Pass 0 seconds or more, and less than 100 years"),
    "expires": (False, "Pass more than 0 seconds, and less than 100 years"),
    "time_limit": (False, "Pass more than 0 seconds, or None for no limit"),
    "soft_time_limit": (False, "Pass more than 0 seconds, or None for no limit"),
    "timeout": (False, "Pass more than 0 seconds"),
    "confirm_timeout": (False, "Pass more than 0 seconds"),
    "timestamp": (True, "Pass seconds since 1970"),
}

RULE: Final = Rule(
    "CK204", "out-of-range", "error", "build", frozenset({*_SECONDS, "priority", "task_id"})
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for each number that is out of its range."""
    for name, value in request.options.items():
        remedy = _refused(name, value)
        if remedy is not None:
            message = f"{name}={shown(value)} is out of range"
            yield RULE.found(request.task, name, value, message, remedy)


def _refused(name: str, value: Any) -> str | None:
    if name in _SECONDS:
        zero, remedy = _SECONDS[name]
        return remedy if _is_off(value, zero=zero) else None
    if name == "priority" and isinstance(value, int) and not 0 <= value <= _BYTE:
        return "Pass 0 to 255 (Redis knows 0 to 9), or a Priority"
    if name == "task_id" and isinstance(value, str) and not 0 < len(value.encode()) <= _BYTE:
        return "Pass 1 to 255 bytes, or leave it out"
    return None


def _is_off(value: Any, *, zero: bool) -> bool:
    if not is_delay(value):
        return False
    seconds = as_seconds(value)
    # Written so that NaN, which compares as false with everything, is off too.
    return not ((0 < seconds or (zero and seconds == 0)) and seconds < _CENTURY)
