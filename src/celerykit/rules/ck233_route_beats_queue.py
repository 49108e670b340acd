"""
## What it does
Refuses a queue that a route with an exchange and a routing key overrules.

## Why is this bad?
``task_routes`` wins where it names both: the message goes to that exchange, and not to the queue
that the call asks for. If nothing is bound there, it is lost.

## Example
```python
redis_app = Celery("shop", broker="redis://localhost")
redis_app.conf.task_routes = {"shop.pay": {"exchange": "money", "routing_key": "pay"}}

@redis_app.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).queue("high").check()[0].message
"queue='high' is overruled by the task's route to the exchange 'money'"

```

## Use instead
```python
redis_app.conf.task_routes = {"shop.pay": {"queue": "money"}}   # which a call can overrule
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Destination, Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK233", "route-beats-queue", "error", "send", frozenset({"queue"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if a route overrules the queue of the call."""
    options = request.options
    if not facts.has_routes or options.get("exchange") or options.get("routing_key"):
        return
    where = request.destination
    if where is not None and where.exchange and where.routing_key and not _is_bound(where):
        queue = options["queue"]
        message = (
            f"queue={shown(queue)} is overruled by the task's route to the "
            f"exchange {where.exchange!r}"
        )
        remedy = "Write the route with a queue only, or leave the queue out"
        yield RULE.found(request.task, "queue", queue, message, remedy)


def _is_bound(where: Destination) -> bool:
    """Return whether the queue may take what goes there: a key matters to a direct exchange only."""
    if where.binding is None or where.binding[0] != where.exchange:
        return False
    return where.exchange_type != "direct" or where.binding[1] == where.routing_key
