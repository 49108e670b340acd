"""
## What it does
Warns of a countdown or an eta on a RabbitMQ quorum queue, and on a topic exchange of an app that
has one.

## Why is this bad?
With a topic exchange Celery, once any queue of the app is a quorum queue, sends the message through ``celery_delayed_27`` and its exchanges,
which only a worker declares: until one has, the message is lost, and the next call raises in its
place. With a direct exchange the worker holds the message, and holds up its queue.

## Example
```python
from kombu import Exchange, Queue

rabbit = Celery("shop", broker="amqp://")
rabbit.conf.task_queues = [
    Queue("orders", Exchange("orders", "topic"), "orders", queue_arguments={"x-queue-type": "quorum"})
]

@rabbit.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).queue("orders").countdown(60).check()[0].message
"the quorum queue 'orders' delays through exchanges that only a worker declares"

```

## Use instead
A classic queue for delayed calls; or start a worker first, and turn on ``confirm_publish``, so that
a lost message raises at its own call. Then say ``.allow("CK231")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK231", "delay-on-quorum", "warning", "send", frozenset({"countdown", "eta"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call is delayed on a quorum queue."""
    options = request.options
    if facts.transport != "amqp" or not (options.get("countdown") or options.get("eta")):
        return
    where = request.destination
    if where is None or not (where.quorum or facts.has_quorum_queues):
        return
    if where.exchange_type != "direct":
        name = repr(where.queue or where.exchange)
        kind = f"the quorum queue {name}" if where.quorum else f"{name}, beside a quorum queue,"
        message = f"{kind} delays through exchanges that only a worker declares"
    elif where.quorum:
        message = f"a worker holds delayed calls of the quorum queue {where.queue!r} and blocks it"
    else:
        return
    remedy = "Use a classic queue for delayed calls, or start a worker first and confirm_publish"
    yield RULE.found(request.task, "countdown", None, message, remedy)
