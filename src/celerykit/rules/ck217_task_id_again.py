"""
## What it does
Refuses a second send with the same ``task_id`` by one app in one process.

## Why is this bad?
Both tasks run, and share one result: the first to finish. Celery never overwrites a success.

## Example
```python
>>> once = call(add, 2, 3).task_id("order-7")
>>> once.send().id
'order-7'
>>> once.check()[0].message
"task_id='order-7' was sent before by this process"

```

## Use instead
```python
call(add, 2, 3).send()   # every send makes its own id
```
celerykit remembers the last 10,000 ids that a caller chose; those of other processes it cannot know.
To send a lost task once more under its old id, say ``.allow("CK217")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK217", "task-id-again", "error", "send", frozenset({"task_id"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call's id was used before."""
    if request.id_was_sent and not request.from_canvas:  # a retry keeps its id
        task_id = request.options["task_id"]
        message = f"task_id={shown(task_id)} was sent before by this process"
        remedy = "Leave task_id out, so that each send has its own"
        yield RULE.found(request.task, "task_id", task_id, message, remedy)
