"""
## What it does
Refuses arguments that the task's parameters cannot take: too few, too many, or unknown names.

## Why is this bad?
Celery checks this for ``delay()`` and ``apply_async()`` alone. A call by name, a later step of a
chain or a callback is sent as it is and fails in the worker, where the caller never sees it.

## Example
```python
>>> call(add, 2)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK102 add() missing 1 required positional argument: 'y'. Match the parameters x, y.
  Read more: python -m pydoc celerykit.rules.ck102_bad_arguments

```

## Use instead
```python
call(add, 2, 3).send()
```

A task declared with ``@app.task(typing=False)`` is left alone, as Celery leaves it alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from celerykit._findings import Finding, Rule

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK102", "bad-arguments", "error", "build", frozenset(), fixed=True)


def refuse(task: str, why: str, parameters: Collection[str]) -> Finding:
    """Return the finding for arguments that *task* cannot take because of *why*."""
    names = ", ".join(parameters)
    remedy = f"Match the parameters {names}" if names else "The task takes no arguments"
    return RULE.found(task, "arguments", None, why, remedy)
