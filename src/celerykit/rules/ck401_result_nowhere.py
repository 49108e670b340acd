"""
## What it does
Warns of ``ignore_result(False)`` in an app that has no result backend.

## Why is this bad?
The call says that its result is wanted, and there is no place to keep it. ``get()`` fails late and
cryptically.

## Example
```python
bare = Celery("shop", broker="memory://")

@bare.task(name="shop.total")
def total(order: int) -> int:
    return 0
```
```python
>>> call(total, 7).ignore_result(False).check()[0].message
'the result is wanted, but the app has no result backend'

```

## Use instead
```python
bare.conf.result_backend = "redis://localhost:6379/1"   # before the first call
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK401", "result-nowhere", "warning", "send", frozenset({"ignore_result"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the result is asked for and cannot be kept."""
    if request.options["ignore_result"] is False and facts.keeps_results is False:
        message = "the result is wanted, but the app has no result backend"
        remedy = "Set result_backend, for example 'redis://localhost:6379/1', for workers too"
        yield RULE.found(request.task, "ignore_result", False, message, remedy)  # noqa: FBT003 - the value
