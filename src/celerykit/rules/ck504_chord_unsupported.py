"""
## What it does
Refuses a task that waits for a group, in an app whose result backend cannot tell when it is done.

## Why is this bad?
Celery counts the finished tasks of a group in the result backend. Without one, or with ``rpc://``,
it fails when it comes to the chord: the members of a group before it have been sent by then; and a
chord that follows a task as its callback fails in the worker.

## Example
```python
@app.task
def total(numbers: list[int]) -> int:
    return sum(numbers)
```
```python
>>> (group(call(add, 2, 3), call(add, 4, 5)) | step(total)).check()[0].message
"nothing can wait for a group: the app 'proj' has result_backend=None..."

```

## Use instead
```python
app.conf.result_backend = "redis://localhost:6379/1"   # before the first call, for workers too
```
A group that is read by its handle alone needs no such backend to be sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK504", "chord-unsupported", "error", "send", frozenset({"place"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the group that the call belongs to can never be told to be done."""
    place = request.place
    if place is not None and place.chord_problem is not None:
        problem = place.chord_problem
        message = f"nothing can wait for a group: {problem.message}"
        yield RULE.found(request.task, "", None, message, problem.remedy)
