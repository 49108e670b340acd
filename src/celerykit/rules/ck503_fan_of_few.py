"""
## What it does
Refuses a fan of fewer than two steps.

## Why is this bad?
A group of one in the middle of a chain is, to Celery, its only member: the next task is given a value
where a list is expected. With none at all the next task is called without its argument.

## Example
```python
>>> call(add, 2, 3) | fan(step(add, 4))
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: fan() was not sent:
  CK503 a fan of 1 step does not spread out. Write the step by itself, without fan().
  Read more: python -m pydoc celerykit.rules.ck503_fan_of_few

```

## Use instead
```python
call(add, 2, 3) | step(add, 4)
call(add, 2, 3) | fan(step(add, 4), step(add, 5))
```
"""

from __future__ import annotations

from typing import Final

from celerykit._findings import Finding, Rule

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK503", "fan-of-few", "error", "build", frozenset(), fixed=True)


def refuse(count: int) -> Finding:
    """Return the finding for a fan of *count* steps."""
    message = f"a fan of {count} step{'' if count == 1 else 's'} does not spread out"
    remedy = "Write the step by itself, without fan()" if count else "Pass two steps or more"
    return RULE.found("fan()", "", count, message, remedy)
