"""
## What it does
Warns when a task is sent by a name that the app does not know, but knows a very similar one: in a
call, in ``beat_schedule``, or in ``task_routes``.

## Why is this bad?
Sent by name, nothing checks it. The worker logs "unregistered task", discards the message and
fails the result; no errback is called.

## Example
```python
@remote("proj.ad", app=app)
def ad(x: int, y: int) -> int:
    raise NotImplementedError

app.finalize()   # as a worker does, and a project whose tasks are all imported may
```
```python
>>> call(ad, 2, 3).check()[0].message
"no task is called 'proj.ad' in this app"

```

## Use instead
```python
call(add, 2, 3).send()
```
A name that resembles none of the app's own is another service's, and passes. An app that is not
finalised yet may not know all its tasks, and nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._slips import slip_of

__all__ = ["RULE", "check", "check_app"]

RULE: Final = Rule("CK106", "unknown-task-name", "warning", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the task's name is a misspelling of one that the app knows."""
    known = request.known_tasks
    if request.local or known is None or request.task in known:
        return
    word = slip_of(request.task, known)
    if word is not None:
        message = f"no task is called {request.task!r} in this app"
        yield RULE.found(request.task, "task", None, message, f"Did you mean {word!r}?")


def check_app(config: Config) -> Iterator[Finding]:
    """Yield a finding for each such name in the schedule of beat and in the routes."""
    known = {task.name for task in config.tasks}
    routed = {route.pattern for route in config.routes if route.is_name}
    sources = {"beat_schedule": {entry.task for entry in config.beat}, "task_routes": routed}
    for setting, names in sources.items():
        for name in sorted(names - known):
            word = slip_of(name, known)
            if word is not None:
                message = f"no task is called {name!r} in this app"
                yield config.found(RULE, setting, message, f"Did you mean {word!r}?")
