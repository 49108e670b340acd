"""
## What it does
Refuses attributes of a task where options of a call are meant.

## Why is this bad?
``max_retries=5``, ``acks_late=True`` or ``rate_limit="1/s"`` belong to the declaration of a task.
In a call Celery accepts and ignores them.

## Example
```python
>>> call(add, 2, 3).extra(max_retries=5)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK213 'max_retries' is an attribute of the task, which a call cannot change. Write @app.task(max_retries=...).
  Read more: python -m pydoc celerykit.rules.ck213_task_attribute

```

## Use instead
```python
@app.task(max_retries=5)
def fragile() -> None: ...
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._vocabulary import TASK_ATTRIBUTES

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK213", "task-attribute", "error", "build", frozenset({"*"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each option that is an attribute of tasks."""
    for name, value in request.options.items():
        if name in TASK_ATTRIBUTES:
            message = f"{name!r} is an attribute of the task, which a call cannot change"
            remedy = f"Write @app.task({name}=...)"
            yield RULE.found(request.task, name, value, message, remedy)
