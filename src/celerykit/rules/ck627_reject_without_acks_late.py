"""
## What it does
Warns of ``task_reject_on_worker_lost`` without ``task_acks_late``.

## Why is this bad?
It gives a message back to the broker when the process that runs it is killed. Without late
acknowledgement there is nothing to give back, as the message was acknowledged before it ran: the
setting does nothing, and the task is lost.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.task_reject_on_worker_lost = True

@shop.task(name="shop.pay")
def pay(order: int) -> None: ...
```
```python
>>> diagnose(shop)[0].message
'task_reject_on_worker_lost does nothing without task_acks_late: a task whose process is killed is lost'

```

## Use instead
```python
shop.conf.update(task_acks_late=True, task_reject_on_worker_lost=True)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK627", "reject-without-acks-late", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the app, or else for each task that says so itself."""
    so = "a task whose process is killed is lost"
    if config.value("task_reject_on_worker_lost") and not config.value("task_acks_late"):
        late = [task.ready.get("acks_late") for task in config.tasks]
        if any(late) or not late:
            return  # it is meant for those, or for tasks that are not imported
        name = "task_reject_on_worker_lost"
        remedy = f"Write {config.line('task_acks_late', 'True')} as well"
        yield config.found(RULE, name, f"{name} does nothing without task_acks_late: {so}", remedy)
        return
    for task in config.tasks:
        if task.ready.get("reject_on_worker_lost") and not task.ready.get("acks_late"):
            message = f"reject_on_worker_lost of {task.name} does nothing without acks_late: {so}"
            entry = (RULE.code, RULE.name, RULE.level, task.name, "reject_on_worker_lost")
            remedy = "Write acks_late=True as well"
            yield Finding(*entry, "True", message, remedy, f"the task in {task.where}")
