"""
## What it does
Refuses a callback or an errback that cannot be called with what Celery gives it.

## Why is this bad?
A ``link`` that is no signature, or whose task cannot take the result, marks the successful task as
failed. An errback is called in the old style (one argument, the failed task's id, in a message of
its own) or the new one (request, exception and traceback, at once in the failed task's worker):
with other parameters it is logged, if at all, and never runs.

## Example
```python
@app.task(name="proj.alarm")
def alarm() -> None: ...
```
```python
>>> call(add, 2, 3).link_error(call(alarm)).check()
[]
>>> call(add, 2, 3).link_error(call(greet, "Ann", loud=True)).check()[0].message
"link_error=call(proj.greet, 'Ann', loud=True) would run inside the failed task's worker, with its options ignored"

```

## Use instead
```python
@app.task(name="proj.report")
def report(failed_id: str) -> None: ...

call(add, 2, 3).link_error(step(report))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK501", "callback-unfit", "error", "send", frozenset({"link", "link_error"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each callback that cannot be called as Celery would call it."""
    for callback in request.callbacks:
        if callback.problem is not None:
            message = f"{callback.option}={callback.shown} {callback.problem}"
            found = RULE.found(request.task, callback.option, None, message, callback.remedy)
            yield found if callback.level == found.level else found.at(callback.level)
