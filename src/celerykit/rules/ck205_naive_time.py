"""
## What it does
Refuses a datetime without a time zone in ``eta`` and ``expires``.

## Why is this bad?
The worker reads it as UTC, whatever the app's ``timezone`` and ``enable_utc`` say. Written in
Tokyo, the task starts nine hours late; written in New York, at once; an expiry is then in the past
and the task never runs.

## Example
```python
>>> call(add, 2, 3).eta(datetime(2031, 5, 1, 9, 30))
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK205 eta=datetime.datetime(2031, 5, 1, 9, 30) has no time zone; a worker would read it as UTC. Pass an aware datetime: datetime.now(timezone.utc) + ..., moment.astimezone() for local time, or a ZoneInfo.
  Read more: python -m pydoc celerykit.rules.ck205_naive_time

```

## Use instead
```python
from datetime import timezone

call(add, 2, 3).eta(datetime(2031, 5, 1, 9, 30, tzinfo=timezone.utc))
call(add, 2, 3).eta(datetime(2031, 5, 1, 9, 30).astimezone())   # the local time of this machine
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import is_naive

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK205", "naive-time", "error", "build", frozenset({"eta", "expires"}))

_REMEDY: Final = (
    "Pass an aware datetime: datetime.now(timezone.utc) + ..., moment.astimezone() for local "
    "time, or a ZoneInfo"
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for eta or expires without a time zone."""
    for name in ("eta", "expires"):
        value = request.options.get(name)
        if isinstance(value, datetime) and is_naive(value):
            message = f"{name}={shown(value)} has no time zone; a worker would read it as UTC"
            yield RULE.found(request.task, name, value, message, _REMEDY)
