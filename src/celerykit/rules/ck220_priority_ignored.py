"""
## What it does
Warns when a priority goes to a queue that serves all messages alike, and when a number is
beyond what Redis tells apart.

## Why is this bad?
RabbitMQ orders a classic queue only if it was declared with ``x-max-priority``; a quorum queue, SQS
and some others know no order at all. The call is sent, and waits its turn behind the rest. On Redis every number above 9 is 9.

## Example
```python
rabbit = Celery("shop", broker="amqp://")

@rabbit.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).priority(Priority.HIGH).check()[0].message
"the queue 'celery' on RabbitMQ has no x-max-priority, so priority=Priority.HIGH orders nothing"

```

## Use instead
```python
rabbit.conf.task_queue_max_priority = 10   # for each queue, before it is first declared
```
The in-memory broker has no priorities either; celerykit is silent there, since tests cannot help it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import STAND_INS, AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._priority import Priority
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK220", "priority-ignored", "warning", "send", frozenset({"priority"}))

_REDIS_MOST: Final = 9


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the queue cannot honour the priority."""
    priority = request.options["priority"]
    if not isinstance(priority, Priority):
        if facts.transport == "redis" and isinstance(priority, int) and priority > _REDIS_MOST:
            message = f"Redis reads priority={shown(priority)} as {_REDIS_MOST}"
            remedy = f"Pass 0 to {_REDIS_MOST}, or a Priority"
            yield RULE.found(request.task, "priority", priority, message, remedy)
        if facts.transport != "amqp":
            return  # whether a number is meant as urgent, only its author knows
    queue = request.destination.queue if request.destination else None
    orders_nothing = f"so priority={shown(priority)} orders nothing"
    if facts.transport == "amqp" and request.destination is not None:
        where = f"the queue {queue!r} on RabbitMQ"
        if request.destination.quorum:
            message = f"{where} is a quorum queue, {orders_nothing}"
            remedy = "Use a classic queue with x-max-priority, or a queue for urgent calls"
            yield RULE.found(request.task, "priority", priority, message, remedy)
        elif not request.destination.max_priority:
            message = f"{where} has no x-max-priority, {orders_nothing}"
            remedy = "Declare it with max_priority, or set task_queue_max_priority; then remake it"
            yield RULE.found(request.task, "priority", priority, message, remedy)
    elif (
        facts.priority_levels is not None
        and len(facts.priority_levels) < 2  # noqa: PLR2004 - one step is no order
        and facts.transport not in STAND_INS
    ):
        message = f"{facts.transport} serves all messages alike here, {orders_nothing}"
        remedy = "Use a queue of its own for urgent calls, or more priority_steps on Redis"
        yield RULE.found(request.task, "priority", priority, message, remedy)
