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

An option is no argument: ``call(add, 2, 3).countdown(5)``, not ``call(add, 2, 3, countdown=5)``.

A task declared with ``@app.task(typing=False)`` is left alone, as Celery leaves it alone.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from celerykit._findings import Finding, Rule
from celerykit._vocabulary import CALL_OPTIONS

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK102", "bad-arguments", "error", "build", frozenset(), fixed=True)


def refuse(
    task: str,
    why: str,
    parameters: Collection[str],
    named: Collection[str] = (),
    first: str | None = None,
) -> Finding:
    """
    Return the finding for arguments that *task* cannot take because of *why*.

    *named* are those that were given by name. In a step, *first* is the parameter that takes the
    value before it, or "" if there is none; in a call it is None.
    """
    options = [name for name in named if name in CALL_OPTIONS and name not in parameters]
    names = ", ".join(name for name in parameters if name != first)
    if options and "unexpected keyword" in why:
        methods = " and ".join(CALL_OPTIONS[name] for name in options)
        remedy = f"Write {methods} after {'call' if first is None else 'step'}(...)"
    elif first is None:
        remedy = f"Match the parameters {names}" if names else "The task takes no arguments"
    elif not first:
        remedy = "The task takes nothing by position, and so not the value that comes before"
    else:
        others = f"match the others, {names}" if names else "the task takes no other"
        remedy = f"The value that comes before is the first argument, {first}: {others}"
    return RULE.found(task, "arguments", None, why, remedy)
