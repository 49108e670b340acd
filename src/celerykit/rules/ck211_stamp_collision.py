'''
## What it does
Refuses a stamp that is called like an option.

## Why is this bad?
Inside Celery a stamp is an option: ``stamp(queue="x")`` fails to serialise, ``stamp(countdown=1)``
raises ``KeyError``, ``stamp(priority=9)`` is a label that orders nothing.

## Example
```python
>>> call(add, 2, 3).stamp(priority=9)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK211 a stamp cannot be called 'priority', which is an option. Choose another name, or write .priority().
  Read more: python -m pydoc celerykit.rules.ck211_stamp_collision

```

## Use instead
```python
call(add, 2, 3).stamp(tenant="acme").priority(9)
```
'''

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._values import is_mapping
from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS, INTERNAL_OPTIONS

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK211", "stamp-collision", "error", "build", frozenset({"stamp"}))

_TAKEN: Final = frozenset({*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS})


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:  # noqa: ARG001
    """Yield a finding for each stamp that is called like an option."""
    stamps = request.options.get("stamp")
    if not is_mapping(stamps):
        return
    for name, value in stamps.items():
        if name in _TAKEN:
            message = f"a stamp cannot be called {name!r}, which is an option"
            method = CALL_OPTIONS.get(name)
            remedy = "Choose another name" + (f", or write {method}" if method else "")
            yield RULE.found(request.task, "stamp", value, message, remedy)
