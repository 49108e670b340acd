"""
## What it does
Refuses routes in ``task_routes`` that say when or how long a task runs, instead of where.

## Why is this bad?
A route is passed on beside the call's own options. With ``expires``, ``countdown``, ``time_limit`` and
their like in it, every call that takes the route raises ``TypeError: ... got multiple values``.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.task_routes = {"shop.*": {"queue": "shop", "expires": 60}}
```
```python
>>> diagnose(shop)[0].message
"the route 'shop.*' says expires, so every call that takes it raises a TypeError"

```

## Use instead
```python
shop.conf.task_routes = {"shop.*": {"queue": "shop"}}

@shop.task(name="shop.pay", expires=60)
def pay(order: int) -> None: ...
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK612", "route-with-call-option", "error", "app", frozenset())

# What Celery's send_task() passes on by name itself.
_TAKEN: Final = frozenset(
    {
        *("countdown", "eta", "expires", "time_limit", "soft_time_limit", "ignore_result"),
        *("shadow", "task_id", "retries", "chord", "group_id", "root_id", "parent_id"),
        *("reply_to", "args", "kwargs", "name", "producer"),
    }
)


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for each route that no call survives."""
    for route in config.routes:
        wrong = [option for option in route.options if option in _TAKEN]
        if wrong:
            words = " and ".join(wrong)
            message = (
                f"the route {route.pattern!r} says {words}, "
                "so every call that takes it raises a TypeError"
            )
            remedy = f"Take {words} out of the route, and set it at the task or at the call"
            yield config.found(RULE, "task_routes", message, remedy)
