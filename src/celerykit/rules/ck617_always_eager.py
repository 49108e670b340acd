"""
## What it does
Warns of ``task_always_eager`` outside tests.

## Why is this bad?
Each call then runs at once, in the process that makes it: a web request waits for its tasks, workers
get nothing to do, and countdown, queue, retry and time limits are ignored. It is a setting for tests,
and one that is easily left on.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.task_always_eager = True

assert diagnose(shop) == []   # this is a test
```

## Use instead
Keep it out of the settings that servers read:
```python
import sys

shop.conf.task_always_eager = "pytest" in sys.modules
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK617", "always-eager", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if calls run where they are made, and this is no test."""
    if config.value("task_always_eager") and not config.in_tests:
        message = "every call runs at once in the process that makes it, and workers get none"
        remedy = f"Write {config.line('task_always_eager', 'False')}, except in tests"
        yield config.found(RULE, "task_always_eager", message, remedy)
