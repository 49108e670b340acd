'''
## What it does
Refuses an exchange or a routing key that a direct exchange would ignore.

## Why is this bad?
With a direct exchange Celery needs both. Given one, it drops it and sends to the queue by its name.

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
'''

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


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding if the exchange or routing key of the call has no effect."""
    where = request.destination
    if where is None or where.exchange_type != "direct" or (where.exchange and where.routing_key):
        return
    for name in ("exchange", "routing_key"):
        value = request.options.get(name)
        if value is not None:
            message = f"{name}={shown(value)} is ignored: the queue {where.queue!r} has a direct exchange"
            remedy = "Give both exchange and routing_key, or route by .queue() alone"
            yield RULE.found(request.task, name, value, message, remedy)
