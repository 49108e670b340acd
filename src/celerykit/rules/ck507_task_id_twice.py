"""
## What it does
Refuses a flow in which two tasks have the same ``task_id``.

## Why is this bad?
Both share one result: the first to finish. A group then never has all its results, and a task that
waits for it never starts, or is given one result twice.

## Example
```python
>>> once = call(add, 2, 3).task_id("order-8")
>>> group(once, once).check()[0].message
"task_id='order-8' belongs to another task of the same flow"

```

## Use instead
```python
group(call(add, 2, 3), call(add, 2, 3))   # each has its own id, made when it is sent
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK507", "task-id-twice", "error", "send", frozenset({"place"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if another task of the flow has the call's id."""
    if request.place is not None and request.place.id_again:
        task_id = request.options["task_id"]
        message = f"task_id={shown(task_id)} belongs to another task of the same flow"
        remedy = "Leave task_id out, so that each task has its own"
        yield RULE.found(request.task, "task_id", task_id, message, remedy)
