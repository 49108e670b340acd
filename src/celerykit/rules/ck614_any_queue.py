"""
## What it does
Warns when an app declares its queues and still lets Celery make any other.

## Why is this bad?
A misspelt name in ``queue=`` or in a route becomes a queue of its own, which no worker reads: the
call succeeds, and the task never runs. Celery makes missing queues unless it is told not to.

## Example
```python
from kombu import Queue

shop = Celery("shop", broker="memory://")
shop.conf.task_queues = [Queue("celery"), Queue("orders")]
```
```python
>>> diagnose(shop)[0].message
'a misspelt queue is made on the spot, and no worker reads it: only celery and orders are declared'

```

## Use instead
```python
shop.conf.task_create_missing_queues = False
```
A wrong name then raises ``QueueNotFound`` where it was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK614", "any-queue", "warning", "app", frozenset())

_FEW: Final = 5


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if the declared queues are not all there are."""
    if not config.declared or not config.facts.creates_queues:
        return
    names = sorted(queue.name for queue in config.queues)
    known = " and ".join(names) if len(names) <= _FEW else f"{len(names)} queues"
    are = "is" if len(names) == 1 else "are"
    message = (
        f"a misspelt queue is made on the spot, and no worker reads it: only {known} {are} declared"
    )
    # Those which routes name and nobody declared would be refused from then on.
    routed = (route.options.get("queue", names[0]) for route in config.routes)
    wanted = {str(getattr(queue, "name", queue)) for queue in routed}
    missing = ", ".join(repr(name) for name in sorted(wanted - {*names}))
    first = f"Declare {missing} in task_queues as well, and write" if missing else "Write"
    remedy = f"{first} {config.line('task_create_missing_queues', 'False')}"
    yield config.found(RULE, "task_create_missing_queues", message, remedy)
