"""
## What it does
Refuses to build a call of something that is not a Celery task.

## Why is this bad?
A plain function has no name that a worker knows, so nothing could run it. The usual reason is a
missing ``@app.task``, a decorator placed above it, or a ``Signature`` where a task is meant.

## Example
```python
>>> call(print, "hello")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: print was not sent:
  CK101 <built-in function print> is not a Celery task. Decorate the function with @app.task, or declare it with celerykit.remote() when it lives in another service.
  Read more: python -m pydoc celerykit.rules.ck101_not_a_task

```

## Use instead
```python
@app.task(name="proj.hello")
def hello(name: str) -> str:
    return f"hello {name}"

call(hello, "Ann").send()
```
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import Any, Final

from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK101", "not-a-task", "error", "build", frozenset(), fixed=True)

_REMEDIES: Final = {
    "Signature": "Pass the task itself and its arguments: call(task, ...)",
    "AsyncResult": "It is the result of a call that was sent already; pass the task",
    "Call": "It is a call already; use it as it is",
    "Step": "It is a step already; use it as it is",
    "Handle": "It is the handle of a call that was sent already; pass the task",
    "Task": "Pass what app.register_task(...) returns for it",
}
_APART: Final = "Pass the task and its arguments apart: call(task, 2, 3)"
_REMEDY: Final = (
    "Decorate the function with @app.task, or declare it with celerykit.remote() "
    "when it lives in another service"
)


def refuse(thing: Any) -> Finding:
    """Return the finding for *thing*, which is not a task."""
    name = getattr(thing, "__qualname__", None) or type(thing).__name__
    message = f"{shown(thing)} is not a Celery task"
    return RULE.found(str(name), "task", thing, message, _remedy(thing))


def _remedy(thing: Any) -> str:
    for kind in (thing if isinstance(thing, type) else type(thing)).__mro__:
        if kind.__name__ in _REMEDIES:
            return _REMEDIES[kind.__name__]
    if isinstance(thing, str):
        return f"Declare it with celerykit.remote({shown(thing)}), or pass the task itself"
    if isinstance(thing, MethodType) and _is_task(thing.__self__):  # add.delay
        function = getattr(thing.__self__, "__wrapped__", None)
        return f"Pass the task itself: call({getattr(function, '__name__', 'task')}, ...)"
    if isinstance(thing, FunctionType) and "celerykit_task" in vars(thing):  # Billing.charge
        return f"Make an instance of the service: {vars(thing)['celerykit_task']}"
    return _REMEDY if callable(thing) else _APART


def _is_task(thing: Any) -> bool:
    kinds = {f"{kind.__module__}.{kind.__name__}" for kind in type(thing).__mro__}
    return "celery.app.task.Task" in kinds
