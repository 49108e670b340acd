"""
## What it does
Warns of time limits for workers whose pool keeps none: ``worker_pool`` "threads" or "solo".

## Why is this bad?
A thread cannot be stopped from outside. These pools take ``time_limit`` and ``soft_time_limit`` and
ignore them: a task that hangs is never ended, and its thread never free again.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.update(worker_pool="threads", task_time_limit=60)
```
```python
>>> diagnose(shop)[0].message
'task_time_limit does nothing in the pool threads, so a task that hangs is never ended'

```

## Use instead
```python
shop.conf.worker_pool = "prefork"
```
Or bound what the task waits for, such as the timeout of its requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK628", "limits-not-kept", "warning", "app", frozenset())

_LIMITS: Final = ("time_limit", "soft_time_limit")


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the first limit that nobody keeps."""
    pool = config.value("worker_pool")
    if pool not in {"threads", "solo"}:
        return
    written = [f"task_{limit}" for limit in _LIMITS if config.value(f"task_{limit}")]
    own = [
        f"{limit} of {task.name}"
        for task in config.tasks
        for limit in _LIMITS
        if task.ready.get(limit)
    ]
    if written or own:
        what = (written or own)[0]
        message = f"{what} does nothing in the pool {pool}, so a task that hangs is never ended"
        remedy = f"Write {config.line('worker_pool', repr('prefork'))}, or leave the limits out"
        yield config.found(RULE, "worker_pool", message, remedy)
