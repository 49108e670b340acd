"""
## What it does
Warns of quorum queues on a direct exchange.

## Why is this bad?
Celery delays a call on a quorum queue inside RabbitMQ, but only through a topic exchange. On a direct
one the worker holds it until its time, and a worker of quorum queues cannot ask for more messages in
its place: as many countdowns, etas and retries as it may prefetch, and it does nothing else.

## Example
```python
shop = Celery("shop", broker="amqp://localhost")
shop.conf.broker_transport_options = {"confirm_publish": True, "read_timeout": 30}
shop.conf.task_default_queue_type = "quorum"
```
```python
>>> diagnose(shop)[0].message
'a few calls with a countdown or a retry make a worker idle: the queue celery is a quorum queue on a direct exchange'

```

## Use instead
```python
shop.conf.task_default_exchange_type = "topic"
```
A queue that exists keeps its exchange: use a new name, or bind it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK621", "quorum-on-direct-exchange", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if a delayed call would be held by the worker."""
    if config.facts.transport != "amqp":
        return
    held = [
        queue.name
        for queue in config.queues
        if queue.arguments.get("x-queue-type") == "quorum" and queue.exchange_type == "direct"
    ]
    if held:
        message = (
            "a few calls with a countdown or a retry make a worker idle: "
            f"the queue {held[0]} is a quorum queue on a direct exchange"
        )
        name = "task_queues" if config.declared else "task_default_exchange_type"
        line = f"Write {config.line(name, repr('topic'))}"
        remedy = "Give it an exchange of type 'topic'" if config.declared else line
        yield config.found(RULE, name, message, remedy)
