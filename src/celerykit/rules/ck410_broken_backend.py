"""
## What it does
Refuses a call in an app whose result backend cannot be made: there is no such one, its package is
not installed, or its URL cannot be read.

## Why is this bad?
Celery makes the result backend at the first call, one without a result too. It fails there, with
an error from its inside (``ModuleNotFoundError: No module named 'reddis'``); and where the call
wants no result, the message has left by then.

## Example
```python
broken = Celery("shop", broker="memory://", backend="reddis://localhost:6379/1")

@broken.task(name="shop.pack")
def pack(order: int) -> None: ...
```
```python
>>> call(pack, 7).send()
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: shop.pack was not sent:
  CK410 the app 'shop' has result_backend='reddis://localhost:6379/1' (result_backend in Celery(...) or app.conf), and there is no result backend 'reddis'. Did you mean 'redis://'?
  Read more: python -m pydoc celerykit.rules.ck410_broken_backend

```

## Use instead
```python
broken.conf.result_backend = "redis://localhost:6379/1"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from celerykit._backend import UNMADE
from celerykit._config import Config
from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check", "check_app"]

RULE: Final = Rule("CK410", "broken-backend", "error", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if Celery cannot make the result backend."""
    problem = request.backend_problem
    if problem is not None and problem.kind in UNMADE:
        found = RULE.found(request.task, problem.setting, None, problem.message, problem.remedy)
        yield replace(found, value=problem.value)


def check_app(config: Config) -> Iterator[Finding]:
    """Yield the same finding for the configuration as a whole, with where it was written."""
    problem = config.backend_problem
    if problem is not None and problem.kind in UNMADE:
        found = RULE.found("", problem.setting, None, problem.message, problem.remedy)
        yield replace(found, value=problem.value, where=problem.where)
