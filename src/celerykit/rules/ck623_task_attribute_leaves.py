"""
## What it does
Warns of a task that says by an attribute where it goes: ``queue``, ``exchange``, ``exchange_type``,
``routing_key``, ``delivery_mode`` or ``priority``.

## Why is this bad?
Celery 6 is to ignore these attributes, says Celery 5.7, and warns when the task is made. After that
the task goes to the default queue, where perhaps nobody waits for it.

## Example
```python
import warnings

shop = Celery("shop", broker="memory://")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")   # Celery's own, as this is an example

    @shop.task(name="shop.pay", queue="money", lazy=False)
    def pay(order: int) -> None: ...
```
```python
>>> str(diagnose(shop)[0])
"CK623 shop.pay says queue by an attribute, which Celery 6 is to ignore. Write app.conf.task_routes = {'shop.pay': {'queue': 'money'}}."

```

## Use instead
```python
shop.conf.task_routes = {"shop.pay": {"queue": "money"}}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import ROUTING, Config
from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK623", "task-attribute-leaves", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for each task that routes itself."""
    for task in config.tasks:
        routed = {name: value for name, value in task.own.items() if name in ROUTING}
        if routed:
            words = " and ".join(routed)
            message = f"{task.name} says {words} by an attribute, which Celery 6 is to ignore"
            route = {task.name: routed}
            remedy = (
                f"Add {shown(route)[1:-1]} to {config.settings.spelled('task_routes')}"
                if config.value("task_routes")
                else f"Write {config.line('task_routes', shown(route))}"
            )
            text = (words, ", ".join(map(shown, routed.values())), message, remedy)
            where = f"the task in {task.where}"
            yield Finding(RULE.code, RULE.name, RULE.level, task.name, *text, where)
