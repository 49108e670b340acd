"""
## What it does
Refuses tasks of several apps in one flow.

## Why is this bad?
Celery sends a flow as a whole with the app of its first task: to that app's broker, by its routes and
its serializer. The tasks of another app arrive where no worker of theirs reads.

## Example
```python
other = typed_app(Celery("billing", broker="memory://", set_as_current=False))

@other.task
def charge(cents: int) -> None: ...
```
```python
>>> (call(add, 2, 3) | step(charge)).check()[0].message
"it belongs to the app 'billing', and the flow is sent by 'proj'"

```

## Use instead
Declare the other app's task as one that lives elsewhere, if the app of the flow can reach its workers:
```python
@remote("billing.charge", app=app)
def charge_there(cents: int) -> None:
    raise NotImplementedError

call(add, 2, 3) | step(charge_there)
```
Otherwise let a task of the flow send it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK506", "mixed-apps", "error", "send", frozenset({"place"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call belongs to another app than the one that sends its flow."""
    if request.place is not None and request.place.other_app is not None:
        own, sender = request.place.other_app
        message = f"it belongs to the app {own}, and the flow is sent by {sender}"
        remedy = "Declare it with remote(..., app=...) for that app, or send it by itself"
        yield RULE.found(request.task, "", None, message, remedy)
