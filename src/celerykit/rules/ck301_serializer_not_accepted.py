"""
## What it does
Refuses a call that is serialised in a way that the app's own ``accept_content`` does not list,
be it the call's serializer, the task's or the app's. For a task of another service, whose workers
may accept more, it warns.

## Why is this bad?
Workers of the same configuration refuse to read the message and drop it. The caller holds an id
that stays PENDING for ever.

## Example
```python
>>> call(add, 2, 3).serializer("pickle").check()[0].message
"serializer='pickle' is not in accept_content"

```

## Use instead
```python
call(add, 2, 3).serializer("json")
```
Or accept it, in the workers too: ``app.conf.accept_content = ["json", "pickle"]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK301", "serializer-not-accepted", "error", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for a registered serializer that the app's workers would refuse."""
    name = request.written_by(facts)
    if not isinstance(name, str) or facts.accepts is None or facts.serializers is None:
        return
    if name not in facts.accepts and name in facts.serializers:
        message = f"serializer={shown(name)} is not in accept_content"
        known = ", ".join(sorted(facts.accepts))
        remedy = f"Use one of {known}, or add it to accept_content, in the workers too"
        found = RULE.found(request.task, "serializer", name, message, remedy)
        yield found if request.local else found.at("warning")
