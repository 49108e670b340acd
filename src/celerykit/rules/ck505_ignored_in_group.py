"""
## What it does
Refuses a task that ignores its result in a group whose results are passed on, unless the result
backend is Redis.

## Why is this bad?
The next task is given the results of the group from where they are kept, and this one is not kept.
It waits for ever, or fails after a while. Redis keeps what is passed on by itself. (Workers older
than Celery 5.6.3 follow the task's ``ignore_result``, whatever the call says.)

## Example
```python
app.conf.result_backend = "cache+memory://"

@app.task(ignore_result=True)
def log(text: str) -> None: ...

@app.task
def total(numbers: list[object]) -> int:
    return len(numbers)
```
```python
>>> (group(call(log, "a"), call(add, 2, 3)) | step(total)).check()[0].message
'its result is to be passed on with those of its group, and it is not kept'

```

## Use instead
```python
group(call(log, "a").ignore_result(False), call(add, 2, 3)) | step(total)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK505", "ignored-in-group", "error", "send", frozenset({"place"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the call's result is wanted by the next task, and not kept."""
    if request.place is not None and request.place.ignored:
        message = "its result is to be passed on with those of its group, and it is not kept"
        remedy = "Write .ignore_result(False) on this call"
        if request.options.get("ignore_result") is False:
            remedy = "Leave ignore_result out of the task, which workers before 5.6.3 follow"
        yield RULE.found(request.task, "ignore_result", True, message, remedy)  # noqa: FBT003 - the value
