"""
## What it does
Warns of ``ignore_result(False)`` where no result can be read: no result backend is configured, or
it is under a name that Celery does not read, or the environment takes it away.

## Why is this bad?
The call says that its result is wanted, and there is no place to keep it. ``get()`` fails late and
cryptically.

## Example
```python
bare = Celery("shop", broker="memory://")
bare.conf.results_backend = "redis://localhost:6379/1"

@bare.task(name="shop.total")
def total(order: int) -> int:
    return 0
```
```python
>>> print(call(total, 7).ignore_result(False).check()[0].message)
the result is wanted, but the app 'shop' has result_backend=None, since Celery does not read results_backend in Celery(...) or app.conf

```

## Use instead
```python
bare.conf.result_backend = "redis://localhost:6379/1"   # before the first call
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._backend import UNMADE
from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK401", "result-nowhere", "warning", "send", frozenset({"ignore_result"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the result is asked for and cannot be read."""
    problem = request.backend_problem
    if request.options["ignore_result"] is False and problem and problem.kind not in UNMADE:
        message = f"the result is wanted, but {problem.message}"
        yield RULE.found(request.task, "ignore_result", False, message, problem.remedy)  # noqa: FBT003 - the value
