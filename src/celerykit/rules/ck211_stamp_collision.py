"""
## What it does
Refuses a stamp that is called like an option, or like a parameter of Celery's own ``stamp()``.

## Why is this bad?
Inside Celery a stamp is an option: ``stamp(queue="x")`` fails to serialise, ``stamp(countdown=1)``
raises ``KeyError``, ``stamp(priority=9)`` is a label that orders nothing. Where a stamp and an
extra option share a name, Celery drops the option.

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
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._values import is_mapping
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    MESSAGE_PROPERTIES,
)

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK211", "stamp-collision", "error", "build", frozenset({"stamp", "*"}))

# Options that Celery passes on unread, so that a stamp of that name harms nobody.
_LABELS: Final = frozenset(
    {
        *MESSAGE_PROPERTIES,
        *("body", "content_encoding", "content_type", "correlation_id", "message", "timeout"),
    }
)

# The parameters of the methods of Celery's that stamps pass through.
_PARAMETERS: Final = frozenset(
    {"self", "visitor", "append_stamps", "visitor_headers", "self_headers", "immutable"}
)
_OPTIONS: Final = frozenset({*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS}) - _LABELS
_TAKEN: Final = _OPTIONS | _PARAMETERS


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each stamp that is called like an option."""
    stamps = request.options.get("stamp")
    if not is_mapping(stamps):
        return
    for name, value in stamps.items():
        if name in _TAKEN or name in request.options:
            what = "a parameter of Celery's stamp()" if name in _PARAMETERS else "an option"
            message = f"a stamp cannot be called {name!r}, which is {what}"
            method = CALL_OPTIONS.get(name)
            remedy = "Choose another name" + (f", or write {method}" if method else "")
            yield RULE.found(request.task, "stamp", value, message, remedy)
