"""
## What it does
Refuses a call that has both a countdown and an eta.

## Why is this bad?
They say two different times. Celery follows the countdown without a word, except for
``countdown=0``, where it follows the eta.

## Example
```python
>>> call(add, 2, 3).countdown(10).eta(datetime(2031, 5, 1, tzinfo=timezone.utc))
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK206 countdown=10 and eta=datetime.datetime(2031, 5, 1, 0, 0, tzinfo=datetime.timezone.utc) name two times to start. Write one of them.
  Read more: python -m pydoc celerykit.rules.ck206_countdown_with_eta

```

## Use instead
```python
call(add, 2, 3).countdown(10)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK206", "countdown-with-eta", "error", "build", frozenset({"countdown", "eta"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call says twice when to start."""
    options = request.options
    if options.get("countdown") is not None and options.get("eta") is not None:
        countdown, eta = options["countdown"], options["eta"]
        message = f"countdown={shown(countdown)} and eta={shown(eta)} name two times to start"
        yield RULE.found(request.task, "countdown", countdown, message, "Write one of them")
