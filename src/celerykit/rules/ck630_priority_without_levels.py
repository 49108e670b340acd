"""
## What it does
Warns of priorities on RabbitMQ while no queue has ``x-max-priority``.

## Why is this bad?
A queue that was declared without it takes any priority and ignores it: the most urgent call waits
for its turn.

## Example
```python
shop = Celery("shop", broker="amqp://localhost")
shop.conf.broker_transport_options = {"confirm_publish": True, "read_timeout": 30}
shop.conf.task_default_priority = 5
```
```python
>>> diagnose(shop)[0].message
'task_default_priority is ignored: no queue of the app has x-max-priority'

```

## Use instead
```python
shop.conf.task_queue_max_priority = 10
```
A queue that exists without it must be deleted first: RabbitMQ refuses to declare it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK630", "priority-without-levels", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the first priority that no queue heeds."""
    if config.facts.transport != "amqp" or any(
        # A quorum queue has two levels of its own since RabbitMQ 4.
        "x-max-priority" in queue.arguments or queue.arguments.get("x-queue-type") == "quorum"
        for queue in config.queues
    ):
        return
    ranked = [f"the route {route.pattern!r}" for route in config.routes if _ranks(route.options)]
    ranked += [f"the priority of {task.name}" for task in config.tasks if _ranks(task.ready)]
    name = "task_default_priority"
    what = name if config.value(name) is not None else next(iter(ranked), None)
    if what is not None:
        message = f"{what} is ignored: no queue of the app has x-max-priority"
        remedy = f"Write {config.line('task_queue_max_priority', '10')}, and make the queues anew"
        yield config.found(RULE, "task_queue_max_priority", message, remedy)


def _ranks(options: Mapping[str, Any]) -> bool:
    return options.get("priority") is not None
