"""
## What it does
Warns of ``task_routes`` that were assigned after the app had begun to route.

## Why is this bad?
The router is made at the first call, and keeps the routes of that moment. What is assigned to
``app.conf.task_routes`` later shows in ``app.conf``, and changes nothing.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.send_task("shop.start")
shop.conf.task_routes = {"shop.*": {"queue": "shop"}}
```
```python
>>> diagnose(shop)[0].message
'task_routes was assigned after the first call, which made the router, so it is ignored'

```

## Use instead
Assign before the first call, or tell the router:
```python
shop.conf.update(task_routes={"shop.*": {"queue": "shop"}})
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK613", "routes-too-late", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if calls go by other routes than the setting says."""
    if config.stale_routes:
        message = (
            "task_routes was assigned after the first call, which made the router, so it is ignored"
        )
        remedy = "Assign it before the first call, or write app.conf.update(task_routes=...)"
        yield config.found(RULE, "task_routes", message, remedy)
