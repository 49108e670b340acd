"""
## What it does
Refuses a call that expires before it may start.

## Why is this bad?
The worker revokes the task on arrival, or the broker drops it. Nothing raises: the caller holds
an id that never succeeds. Celery counts ``expires`` from the moment of sending, not from the start.

## Example
```python
>>> call(add, 2, 3).countdown(60).expires(30)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK207 it expires 30 s after sending, but starts 60 s after sending. Make expires longer than the countdown; both count from sending.
  Read more: python -m pydoc celerykit.rules.ck207_expires_before_start

```

## Use instead
```python
call(add, 2, 3).countdown(60).expires(90)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, TypeGuard

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import as_seconds, between, is_delay, is_moment

__all__ = ["RULE", "check"]

_Time: TypeAlias = float | timedelta | datetime

RULE: Final = Rule(
    "CK207",
    "expires-before-start",
    "error",
    "build",
    frozenset({"countdown", "eta", "expires"}),
    again=frozenset({"expires"}),
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call expires before its start, as far as that is known."""
    options, now = request.options, request.now
    expires = options.get("expires")
    if expires is None or not _is_time(expires):
        return
    start = options.get("eta") or options.get("countdown")
    if now is not None and isinstance(expires, datetime) and between(now, expires) <= 0:
        message = f"it expires {_when(expires)}, but is sent {_when(now)}"
        remedy = "Pass a time that is yet to come, or None for no expiry"
        yield RULE.found(request.task, "expires", expires, message, remedy)
    elif _is_time(start) and _is_over(expires, start, now):
        message = f"it expires {_when(expires)}, but starts {_when(start)}"
        remedy = "Make expires later than the start"
        if not isinstance(expires, datetime) and not isinstance(start, datetime):
            remedy = "Make expires longer than the countdown; both count from sending"
        yield RULE.found(request.task, "expires", expires, message, remedy)


def _is_time(value: Any) -> TypeGuard[_Time]:
    return is_delay(value) or is_moment(value)


def _is_over(expires: _Time, start: _Time, now: datetime | None) -> bool:
    """Return whether *expires* comes first; without *now* a delay and a moment cannot tell."""
    if not isinstance(expires, datetime) and not isinstance(start, datetime):
        return as_seconds(expires) <= as_seconds(start)
    if isinstance(expires, datetime) and isinstance(start, datetime):
        return between(start, expires) <= 0
    return now is not None and _ahead(expires, now) <= _ahead(start, now)


def _ahead(value: _Time, now: datetime) -> float:
    return between(now, value) if isinstance(value, datetime) else as_seconds(value)


def _when(value: _Time) -> str:
    if isinstance(value, datetime):
        return f"at {value.isoformat()}"
    return f"{shown(as_seconds(value))} s after sending"
