"""
## What it does
Warns of arguments that JSON brings back as something else: a tuple, a dict with keys that are not
strings, an Enum, NaN, a datetime with a named zone.

## Why is this bad?
The task gets another object than in a unit test that calls its function: a list, ``{"1": ...}``, a
plain string, a time without its zone. Nothing says so.

## Example
```python
>>> call(greet, {1: "Ann"}).check()[0].message
"the key 1 in the argument 'name' becomes a string in JSON"

```

## Use instead
```python
call(greet, {"1": "Ann"})
```
Or a serializer that keeps them, or ``.allow("CK302")`` where the task does not mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK302", "json-changes", "warning", "send", frozenset({"arguments"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each argument that JSON changes on the way."""
    for change in request.json_changes(facts):
        if change.kind == "changed":
            message = f"{change.where} becomes {change.becomes} in JSON"
            remedy = "Pass what arrives, or use another serializer"
            yield RULE.found(request.task, change.place, change.value, message, remedy)
