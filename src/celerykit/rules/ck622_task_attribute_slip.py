"""
## What it does
Warns of a task's attribute that is nearly called like one of Celery's.

## Why is this bad?
``@app.task`` takes any keyword and makes it an attribute of the task. A misspelt one is no limit, no
retry and no late acknowledgement, and nothing says so.

## Example
```python
shop = Celery("shop", broker="memory://")

@shop.task(name="shop.pay", max_retry=9, ratelimit="10/s")
def pay(order: int) -> None: ...
```
```python
>>> for finding in diagnose(shop):
...     print(finding)
CK622 shop.pay has an attribute 'max_retry', which Celery does not read. Did you mean max_retries?
CK622 shop.pay has an attribute 'ratelimit', which Celery does not read. Did you mean rate_limit?

```

## Use instead
```python
@shop.task(name="shop.refund", max_retries=9, rate_limit="10/s")
def refund(order: int) -> None: ...
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown
from celerykit._slips import slip_of
from celerykit._vocabulary import TASK_ATTRIBUTES

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK622", "task-attribute-slip", "warning", "app", frozenset())

_SLIPS: Final = {
    "max_retry": "max_retries",
    "retry_max": "max_retries",
    "autoretry": "autoretry_for",
    "retry_for": "autoretry_for",
    "late_acks": "acks_late",
    "retry_backoff_limit": "retry_backoff_max",
}
_OTHERS: Final = frozenset(
    {"time_limit", "soft_time_limit", "serializer", "ignore_result", "routing_key", "delivery_mode"}
)
_KNOWN: Final = (TASK_ATTRIBUTES | _OTHERS) - {"ignore_results"}  # which itself is a slip

# One word is soon another: "backends", "bases" and "throw" are names that a task may well have.
_LONG: Final = frozenset(name for name in _KNOWN if "_" in name) | {"serializer"}


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for each attribute that is a slip."""
    for task in config.tasks:
        for name, value in task.own.items():
            meant = None if name in _KNOWN else _meant(name)
            if meant is not None:
                message = f"{task.name} has an attribute {name!r}, which Celery does not read"
                text = (name, shown(value), message, f"Did you mean {meant}?")
                where = f"the task in {task.where}"
                yield Finding(RULE.code, RULE.name, RULE.level, task.name, *text, where)


def _meant(name: str) -> str | None:
    """Return the attribute that *name* is but for a slip, an "s" or an underscore."""
    alike = (each for each in sorted(_LONG) if _letters(each) == _letters(name))
    return _SLIPS.get(name) or slip_of(name, _LONG) or next(alike, None)


def _letters(name: str) -> str:
    return "".join(word.removesuffix("s") for word in name.lower().split("_"))
