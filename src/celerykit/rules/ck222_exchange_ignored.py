"""
## What it does
Refuses an exchange or a routing key that a direct exchange would ignore, and a queue that both
of them overrule.

## Why is this bad?
With a direct exchange Celery needs both. Given one, it drops it and sends to the queue by its name.
Given both, it sends there and drops the queue.

## Example
```python
>>> call(add, 2, 3).routing_key("eu.orders").check()[0].message
"routing_key='eu.orders' is ignored: the queue 'celery' has a direct exchange"

```

## Use instead
```python
call(add, 2, 3).queue("eu")                                          # by the queue's name
call(add, 2, 3).exchange("orders").routing_key("eu.orders")          # or both of them
```
Or declare the queue in ``task_queues`` with a topic exchange; then the routing key counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule(
    "CK222", "exchange-ignored", "error", "send", frozenset({"exchange", "routing_key"})
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if a part of what the call says about its way has no effect."""
    where, options = request.destination, request.options
    if where is None or where.exchange_type != "direct":
        return
    own = where.binding or (None, None)
    if where.exchange and where.routing_key:
        if options.get("queue") is not None and (where.exchange, where.routing_key) != own:
            message = (
                f"queue={shown(where.queue)} is ignored: exchange={shown(where.exchange)} and "
                f"routing_key={shown(where.routing_key)} say where the call goes"
            )
            remedy = "Route by .queue() alone, or by exchange and routing_key alone"
            yield RULE.found(request.task, "queue", where.queue, message, remedy)
        return
    for name, same in zip(("exchange", "routing_key"), own, strict=True):
        value = options.get(name)
        if value is not None and value != same:
            message = (
                f"{name}={shown(value)} is ignored: the queue {where.queue!r} has a direct exchange"
            )
            remedy = "Give both exchange and routing_key, or route by .queue() alone"
            yield RULE.found(request.task, name, value, message, remedy)
