"""
## What it does
Refuses a ``task_soft_time_limit`` that is longer than ``task_time_limit``, and a task with such limits.

## Why is this bad?
Since Celery 5.5 each ``delay()`` and ``apply_async()`` compares the two, and raises ``ValueError``.
Before, it is a warning: the call is sent, and no worker process keeps its hard limit.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.update(task_time_limit=60, task_soft_time_limit=90)
```
```python
>>> diagnose(shop)[0].message
'task_soft_time_limit 90 is longer than task_time_limit 60, so ...'

```

## Use instead
```python
shop.conf.update(task_time_limit=90, task_soft_time_limit=60)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown
from celerykit._values import is_number

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK629", "soft-limit-over-hard", "error", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the app's limits, and for each task that has others."""
    both = (config.value("task_soft_time_limit"), config.value("task_time_limit"))
    if _is_over(*both):
        message = f"task_soft_time_limit {both[0]:g} is longer than task_time_limit {both[1]:g}"
        remedy = f"Write {config.line('task_soft_time_limit', f'{both[1]:g}')} or less"
        yield _with_harm(config, config.found(RULE, "task_soft_time_limit", message, remedy))
    for task in config.tasks:
        soft, hard = task.ready.get("soft_time_limit"), task.ready.get("time_limit")
        if (soft, hard) != both and _is_over(soft, hard):
            message = (
                f"soft_time_limit {soft:g} of {task.name} is longer than its time_limit {hard:g}"
            )
            entry = (RULE.code, RULE.name, RULE.level, task.name, "soft_time_limit", shown(soft))
            remedy = f"Write soft_time_limit={hard:g} or less"
            found = Finding(*entry, message, remedy, f"the task in {task.where}")
            yield _with_harm(config, found)


def _with_harm(config: Config, found: Finding) -> Finding:
    if config.compares_limits:
        return replace(found, message=f"{found.message}, so every call raises a ValueError")
    harm = f"{found.message}, so the hard limit is never kept"
    return replace(found, message=harm, level="warning")


def _is_over(soft: Any, hard: Any) -> bool:
    return is_number(soft) and is_number(hard) and soft > hard > 0
