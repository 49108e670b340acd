"""
## What it does
Warns when the eta of a call has passed before the call is sent.

## Why is this bad?
The task starts at once and nothing says so: a date in the wrong year, or hours added twice, looks
like a task that works. A minute is forgiven, so that "now" and a call that waited pass.

## Example
```python
>>> call(add, 2, 3).eta(datetime(2021, 5, 1, tzinfo=timezone.utc)).check()[0].message
'eta=datetime.datetime(2021, 5, 1, 0, 0, tzinfo=datetime.timezone.utc) is past, so the task starts at once'

```

## Use instead
```python
call(add, 2, 3).eta(datetime.now(timezone.utc) + timedelta(hours=1))
call(add, 2, 3)                                                        # now
```
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import between, is_naive

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK225", "past-eta", "warning", "send", frozenset({"eta"}))

_FORGIVEN_S: Final = 60


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the eta has passed."""
    eta, now = request.options.get("eta"), request.now
    if now is None or not isinstance(eta, datetime) or is_naive(eta):
        return
    if between(eta, now) > _FORGIVEN_S:
        message = f"eta={shown(eta)} is past, so the task starts at once"
        remedy = "Pass a time that is yet to come, or leave it out"
        yield RULE.found(request.task, "eta", eta, message, remedy)
