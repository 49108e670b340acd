"""
## What it does
Warns when a call names an exchange and a routing key that lead to no queue of the app.

## Why is this bad?
What no queue takes is lost without a word, on every broker. Where RabbitMQ has no such exchange at
all, it closes the channel, and the next innocent call raises and is lost too.

## Example
```python
>>> call(add, 2, 3).exchange("orders").routing_key("eu").check()[0].message
"no queue of this app takes what goes to exchange='orders' with routing_key='eu'"

```

## Use instead
```python
from kombu import Exchange, Queue

shop = Celery("shop", broker="memory://")
shop.conf.task_queues = [Queue("eu", Exchange("orders"), routing_key="eu")]

@shop.task(name="shop.pay")
def pay(cents: int) -> None: ...

call(pay, 100).exchange("orders").routing_key("eu")
```
Where another service owns the queue, ``.extra(mandatory=True)`` with publisher confirms makes
RabbitMQ say whether it took the message; celerykit is silent then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK227", "unbound-exchange", "warning", "send", frozenset({"exchange"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if no queue of the app takes the message, and nothing would tell."""
    where, options = request.destination, request.options
    if where is None or where.taken is not False or options.get("mandatory"):
        return
    exchange, key = (shown(options.get(name)) for name in ("exchange", "routing_key"))
    message = f"no queue of this app takes what goes to exchange={exchange} with routing_key={key}"
    remedy = "Declare the queue in task_queues, or add .extra(mandatory=True) with confirms"
    yield RULE.found(request.task, "exchange", options.get("exchange"), message, remedy)
