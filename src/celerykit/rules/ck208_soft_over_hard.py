"""
## What it does
Refuses a soft time limit that is longer than the hard one.

## Why is this bad?
The soft limit could never fire first. On the prefork pool it disables the hard limit too, so the
task has none at all.

## Example
```python
>>> call(add, 2, 3).time_limit(10, soft=20)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK208 the soft time limit of 20 s is longer than the hard one of 10 s. Make the soft limit the shorter one.
  Read more: python -m pydoc celerykit.rules.ck208_soft_over_hard

```

## Use instead
```python
call(add, 2, 3).time_limit(20, soft=10)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import as_seconds, is_delay

__all__ = ["RULE", "check"]

RULE: Final = Rule(
    "CK208",
    "soft-over-hard",
    "error",
    "build",
    frozenset({"time_limit", "soft_time_limit"}),
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the soft limit is longer than the hard one."""
    hard, soft = (request.options.get(name) for name in ("time_limit", "soft_time_limit"))
    if not (is_delay(hard) and is_delay(soft)):
        return
    hard_s, soft_s = as_seconds(hard), as_seconds(soft)
    if soft_s > hard_s:
        message = (
            f"the soft time limit of {shown(soft_s)} s is longer than the hard one "
            f"of {shown(hard_s)} s"
        )
        yield RULE.found(
            request.task, "soft_time_limit", soft, message, "Make the soft limit the shorter one"
        )
