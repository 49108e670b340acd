"""
## What it does
Warns of a result backend whose results the caller cannot read.

## Why is this bad?
``cache+memory://`` keeps results in the memory of the process that runs the task, where nobody else
can read them. A backend that is set after the app has made its own, or in a variable that Celery
does not read, is none at all. Calls succeed, and ``get()`` waits for ever or fails.

## Example
```python
shop = Celery("shop", broker="amqp://localhost", backend="cache+memory://")
shop.conf.broker_transport_options = {"confirm_publish": True, "read_timeout": 30}
```
```python
>>> diagnose(shop)[0].message
"the app 'shop' has result_backend='cache+memory://' (result_backend in Celery(...) or app.conf), which is in the memory of the process that runs the task"

```

## Use instead
```python
shop.conf.result_backend = "redis://localhost:6379/1"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from celerykit._config import Config
from celerykit._facts import STAND_INS
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK631", "results-out-of-reach", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if results are kept where nobody can read them."""
    problem = config.backend_problem
    if problem is None:
        return
    told = any(setting.name == problem.setting for setting in config.settings.unknown)
    here = config.facts.transport in STAND_INS  # then the worker is in this process, too
    if (
        problem.kind == "too-late"
        or (problem.kind == "misnamed" and not told)  # else CK602 tells
        or (problem.kind == "one-process" and not here)
    ):
        found = RULE.found("", problem.setting, None, problem.message, problem.remedy)
        yield replace(found, value=problem.value, where=problem.where)
