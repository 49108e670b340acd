'''
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
  CK207 it expires 30 s after sending, but starts after 60 s. Make expires longer than the countdown; both count from sending.
  Read more: python -m pydoc celerykit.rules.ck207_expires_before_start

```

## Use instead
```python
call(add, 2, 3).countdown(60).expires(90)
```
'''

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, TypeGuard

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._values import as_seconds, is_delay, is_naive

__all__ = ["RULE", "check"]

RULE: Final = Rule(
    "CK207",
    "expires-before-start",
    "error",
    "build",
    frozenset({"countdown", "eta", "expires"}),
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding if the values alone show that the call expires before its start."""
    options = request.options
    expires = options.get("expires")
    countdown, eta = options.get("countdown"), options.get("eta")
    if is_delay(expires) and is_delay(countdown):
        life, delay = as_seconds(expires), as_seconds(countdown)
        if life <= delay:
            message = f"it expires {life:g} s after sending, but starts after {delay:g} s"
            remedy = "Make expires longer than the countdown; both count from sending"
            yield RULE.found(request.task, "expires", expires, message, remedy)
    elif _is_moment(expires) and _is_moment(eta) and expires <= eta:
        message = f"it expires at {expires.isoformat()}, but starts at {eta.isoformat()}"
        yield RULE.found(request.task, "expires", expires, message, "Make expires later than eta")


def _is_moment(value: Any) -> TypeGuard[datetime]:
    return isinstance(value, datetime) and not is_naive(value)
