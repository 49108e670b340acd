"""
## What it does
Refuses an extra option that is called like a parameter of the task.

## Why is this bad?
It is an argument in the wrong place. Celery hands it to the broker: the task runs without it, and
some names (``user_id``) make RabbitMQ refuse the message and close the channel.

## Example
```python
>>> call(greet, "Ann").extra(loud=True)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.greet was not sent:
  CK212 'loud' is a parameter of the task, not an option. Pass it in call(greet, ..., loud=...).
  Read more: python -m pydoc celerykit.rules.ck212_task_argument

```

## Use instead
```python
call(greet, "Ann", loud=True)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._vocabulary import CALL_OPTIONS

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK212", "task-argument", "error", "build", frozenset({"*"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each option that is called like a parameter of the task."""
    parameters = request.parameters or ()
    for name, value in request.options.items():
        if name in parameters and name not in CALL_OPTIONS:
            short = request.task.rpartition(".")[2]
            message = f"{name!r} is a parameter of the task, not an option"
            remedy = f"Pass it in call({short}, ..., {name}=...)"
            yield RULE.found(request.task, name, value, message, remedy)
