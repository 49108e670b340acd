"""
## What it does
Refuses a task that is named after ``__main__``, unless the broker lives in this process.

## Why is this bad?
A module run as a script names its tasks ``__main__.add``. A worker imports the same module under
its real name, knows no such task, and discards the message.

## Example
```python
rabbit = Celery(broker="amqp://")

@rabbit.task(name="__main__.pay")   # the name that a script gives it
def pay(cents: int) -> None: ...
```
```python
>>> call(pay, 100).check()[0].message
"the task is called '__main__.pay', which no worker knows"

```

## Use instead
```python
shop = Celery("shop", broker="amqp://")   # in shop.py: run as a script, it has the task shop.pay
```
The app's name must be the module's, as workers import it: in ``proj/jobs.py`` it is ``"proj.jobs"``.
With another name the task would be called what no worker knows. Or move the task into a module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import STAND_INS, AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK108", "main-module", "error", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the task is named after the script that declares it."""
    if request.task.startswith("__main__.") and facts.transport not in STAND_INS:
        message = f"the task is called {request.task!r}, which no worker knows"
        remedy = "Name the app as its module, Celery('proj'), or move the task into a module"
        yield RULE.found(request.task, "task", None, message, remedy)
