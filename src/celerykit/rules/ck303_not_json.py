"""
## What it does
Refuses arguments that JSON cannot carry, with the way out for each: models, sets, timedeltas,
dataclasses, Enums, paths.

## Why is this bad?
Celery raises an ``EncodeError`` that names neither the argument nor the task; in a loop or a group,
after part of it has been sent. A model, were it sent, would be stale when the task runs.

## Example
```python
>>> call(greet, {"Ann", "Bob"}).check()[0].message
"the argument 'name' cannot be written as JSON: Object of type set is not JSON serializable"

```

## Use instead
```python
call(greet, ["Ann", "Bob"])
```
For a model pass its key, and load it in the task.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK303", "not-json", "error", "send", frozenset({"arguments"}))

_REMEDIES: Final = {
    "set": "Pass a sorted list",
    "frozenset": "Pass a sorted list",
    "timedelta": "Pass its total_seconds()",
    "range": "Pass a list, or its bounds",
    "generator": "Pass a list",
    "dict_keys": "Pass a list",
    "dict_values": "Pass a list",
    "bytearray": "Pass bytes",
    "complex": "Pass its parts",
}


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each argument that JSON cannot carry."""
    for change in request.json_changes(facts):
        if change.kind == "refused":
            message = f"{change.where} cannot be written as JSON: {change.becomes}"
            yield RULE.found(
                request.task, change.place, change.value, message, _remedy(change.value)
            )


def _remedy(value: object) -> str:
    kind = type(value)
    if hasattr(kind, "_meta") or hasattr(kind, "__mapper__"):  # Django's, and SQLAlchemy's, models
        return "Pass its key, and load it in the task"
    if hasattr(kind, "model_dump"):
        return "Pass its model_dump(mode='json'), or declare the task with pydantic=True"
    if hasattr(kind, "__dataclass_fields__"):
        return "Pass dataclasses.asdict() of it"
    return _REMEDIES.get(kind.__name__, "Pass plain values")
