"""
## What it does
Refuses a ``user_id`` that is not the login of the RabbitMQ connection.

## Why is this bad?
RabbitMQ closes the channel on it: the message is lost, ``send()`` returns all the same, and the
next innocent call raises and is lost too.

## Example
```python
rabbit = Celery("shop", broker="amqp://guest@localhost//")

@rabbit.task(name="shop.pay")
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).extra(user_id="bob").check()[0].message
"user_id='bob' is not the login of the broker connection, 'guest'"

```

## Use instead
```python
call(pay, 100).headers(user="bob")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK224", "foreign-user-id", "error", "send", frozenset({"user_id"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if user_id is not who the connection logs in as."""
    user = request.options["user_id"]
    if facts.transport == "amqp" and user != facts.login:
        message = (
            f"user_id={shown(user)} is not the login of the broker connection, {facts.login!r}"
        )
        remedy = "Pass it as an argument or a header: .headers(user=...)"
        yield RULE.found(request.task, "user_id", user, message, remedy)
