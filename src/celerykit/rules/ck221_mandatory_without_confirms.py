"""
## What it does
Refuses ``mandatory=True`` on RabbitMQ without publisher confirms, where Celery itself sends: in a
flow, a callback, and plain Celery's calls. A call's own ``send()`` always waits for confirms.

## Why is this bad?
RabbitMQ returns an unroutable message after Celery has sent it. The error is raised by the next,
innocent call on that connection, whose message is lost as well.

## Example
```python
rabbit = Celery("shop", broker="amqp://")

@rabbit.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).then(call(pay, 200).extra(mandatory=True)).check()[0].message
'mandatory=True without publisher confirms fails at the next call instead of this one'

```

## Use instead
```python
rabbit.conf.broker_transport_options = {"confirm_publish": True}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK221", "mandatory-without-confirms", "error", "send", frozenset({"mandatory"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if mandatory would hurt another call."""
    unheard = facts.transport == "amqp" and facts.confirms is False and not request.alone
    if request.options["mandatory"] and unheard:
        message = (
            "mandatory=True without publisher confirms fails at the next call instead of this one"
        )
        remedy = "Set broker_transport_options = {'confirm_publish': True}"
        yield RULE.found(request.task, "mandatory", True, message, remedy)  # noqa: FBT003 - the value
