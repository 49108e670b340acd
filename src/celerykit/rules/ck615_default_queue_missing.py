"""
## What it does
Warns when ``task_queues`` declares queues, and the default queue is none of them.

## Why is this bad?
A call without a queue and without a route goes to ``task_default_queue``, which is called "celery"
unless configured. A worker without ``-Q`` reads the declared queues only, so that call never runs.
With ``task_create_missing_queues = False`` it raises ``QueueNotFound``: that is an error.

## Example
```python
from kombu import Queue

shop = Celery("shop", broker="memory://")
shop.conf.task_queues = [Queue("orders")]
shop.conf.task_create_missing_queues = False
```
```python
>>> (finding,) = diagnose(shop)
>>> finding.level, finding.message
('error', "task_queues does not declare the default queue 'celery', so a call that has no route raises QueueNotFound")

```

## Use instead
```python
shop.conf.task_default_queue = "orders"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK615", "default-queue-missing", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if there is no queue for calls that have no route."""
    default = config.value("task_default_queue")
    names = sorted(queue.name for queue in config.queues)
    if not config.declared or default in names or _all_routed(config):
        return
    made = config.facts.creates_queues
    so = "is read by no worker without -Q" if made else "raises QueueNotFound"
    message = (
        f"task_queues does not declare the default queue {default!r}, "
        f"so a call that has no route {so}"
    )
    remedy = f"Write {config.line('task_default_queue', repr(names[0]))}, or declare {default!r}"
    finding = config.found(RULE, "task_default_queue", message, remedy)
    yield finding if made else finding.at("error")


def _all_routed(config: Config) -> bool:
    """Return whether no task is left that has no route, as far as can be told."""
    if config.facts.has_routes and not config.routes:
        return True  # a function decides
    patterns = [route.pattern for route in config.routes]
    return "*" in patterns or (
        bool(config.tasks)
        and all(any(fnmatchcase(task.name, each) for each in patterns) for task in config.tasks)
    )
