"""
## What it does
Warns when a queue looks like a misspelling of one that the app declares in ``task_queues``, or
that a route of ``task_routes`` leads to.

## Why is this bad?
Celery makes the missing queue and sends there. No worker reads it, and nothing says so.

## Example
```python
from kombu import Queue

shop = Celery("shop", broker="memory://")
shop.conf.task_queues = [Queue("high"), Queue("low")]

@shop.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).queue("hihg").check()[0].message
"queue='hihg' is not declared in task_queues"

```

## Use instead
```python
call(pay, 100).queue("high")
```
A name that is like none of those passes: it may belong to another service. Set
``task_create_missing_queues = False``, and every name that is not declared is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._slips import slip_of

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK226", "undeclared-queue", "warning", "send", frozenset({"queue"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the queue is nearly one of those that the app names."""
    queue = request.options.get("queue")
    if facts.queues is None or not isinstance(queue, str) or queue in facts.queues:
        return
    word = slip_of(queue, facts.queues)
    is_declared = facts.declares_queues or not facts.creates_queues
    known = "not declared in task_queues" if is_declared else "no queue that this app names"
    message = f"queue={shown(queue)} is {known}"
    remedy = f"Did you mean {word!r}?"
    if not facts.creates_queues:  # then Celery itself raises QueueNotFound
        remedy = remedy if word else f"Use one of {', '.join(sorted(facts.queues))}"
        yield RULE.found(request.task, "queue", queue, message, remedy).at("error")
    elif word is not None:
        yield RULE.found(request.task, "queue", queue, message, remedy)
