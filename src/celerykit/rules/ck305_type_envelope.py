"""
## What it does
Refuses a dict whose only keys are ``__type__`` and ``__value__``.

## Why is this bad?
kombu writes dates, UUIDs and decimals that way, and takes the caller's dict for one of them: the
worker gets another object, or fails to decode the message and drops it.

## Example
```python
>>> call(greet, {"__type__": "uuid", "__value__": {}}).check()[0].message
"the argument 'name' looks like kombu's own notation for a type"

```

## Use instead
```python
call(greet, {"type": "uuid", "value": {}})
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK305", "type-envelope", "error", "send", frozenset({"arguments"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each dict that kombu would take for one of its own."""
    for change in request.json_changes(facts):
        if change.kind == "envelope":
            message = f"{change.where} looks like kombu's own notation for a type"
            yield RULE.found(request.task, change.place, change.value, message, "Rename the keys")
