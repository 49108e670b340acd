"""
## What it does
Refuses names that are empty or have blanks around them.

## Why is this bad?
``queue=""`` goes to the default queue without a word; ``queue=" high"`` makes a new queue, with
the blank in its name, that no worker reads.

## Example
```python
>>> call(add, 2, 3).queue(" high")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK214 queue=' high' is empty or has blanks around it. Write the bare name, or leave the option out.
  Read more: python -m pydoc celerykit.rules.ck214_blank_name

```

## Use instead
```python
call(add, 2, 3).queue("high")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check", "refuse"]

_NAMES: Final = frozenset(
    {
        *("queue", "exchange", "routing_key", "serializer", "compression", "shadow"),
        *("task_id", "route_name"),
    }
)

RULE: Final = Rule("CK214", "blank-name", "error", "build", _NAMES)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each name that is empty or has blanks around it."""
    for name, value in request.options.items():
        if name in _NAMES and isinstance(value, str) and (not value or value != value.strip()):
            message = f"{name}={shown(value)} is empty or has blanks around it"
            remedy = "Write the bare name, or leave the option out"
            yield RULE.found(request.task, name, value, message, remedy)


def refuse(name: Any) -> Finding:
    """Return the finding for *name*, which cannot be the name of a remote task."""
    message = f"name={shown(name)} is no name of a task"
    remedy = "Write the name that its workers know, without blanks around it"
    if callable(name):  # a bare @remote
        short = getattr(name, "__name__", "task")
        remedy = f'Write @remote("proj.{short}", app=app) above it, with the name its workers know'
    return RULE.found("remote()", "name", name, message, remedy)
