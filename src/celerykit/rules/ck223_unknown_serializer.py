"""
## What it does
Refuses a serializer or a compression that is not registered in this process.

## Why is this bad?
An unknown compression surfaces as a broker error (``OperationalError`` on Redis, ``KeyError`` on
AMQP), which sends one looking in the wrong place.

## Example
```python
>>> call(add, 2, 3).compression("zipp").check()[0].message
"compression='zipp' is not registered here"

```

## Use instead
```python
call(add, 2, 3).compression("gzip")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._vocabulary import meant

__all__ = ["RULE", "check"]

RULE: Final = Rule(
    "CK223", "unknown-serializer", "error", "send", frozenset({"serializer", "compression"})
)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for a serializer or compression that is not registered."""
    registered = {"serializer": facts.serializers, "compression": facts.compressions}
    for name, known in registered.items():
        value = request.options.get(name)
        if not isinstance(value, str) or known is None or value in known:
            continue
        word = meant(value, known)
        names = ", ".join(sorted(known))
        remedy = f"Did you mean {word!r}?" if word else f"Use one of {names}"
        message = f"{name}={shown(value)} is not registered here"
        yield RULE.found(request.task, name, value, message, remedy)
