"""
## What it does
With ``--live``: finds a task that beat sends, or that a route names, and that no worker has which
answered and reads its queue.

## Why is this bad?
A worker throws away what it does not know: it logs "Received unregistered task", and the call is
lost. Beat sends it again at the next turn, and it is lost again.

## Example
```python
app.conf.beat_schedule = {
    "nightly": {"task": "shop.clean_up", "schedule": 86400},   # the workers have shop.cleanup
}
```

## Use instead
```python
app.conf.beat_schedule = {
    "nightly": {"task": "shop.cleanup", "schedule": 86400},
}
```
Or have the workers import its module, and start them again:
```python
app.conf.imports = ["shop.tasks"]
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live, in_words

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK664", "task-not-registered", "warning", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding for each task that is named here, and that no worker knows."""
    if not live.all_said(lambda worker: worker.tasks):
        return
    beats = {entry.task: entry.name for entry in config.beat}
    routed = {route.pattern for route in config.routes}
    for queue, tasks in live.senders.items():
        readers = [each for each in live.workers if queue in (each.queues or {queue})]
        known = frozenset[str]().union(*(each.tasks or () for each in readers))
        workers = in_words(tuple(each.name for each in readers))
        for task in tasks if readers else ():
            if task in known or not (task in beats or task in routed):
                continue
            name = "beat_schedule" if task in beats else "task_routes"
            which = f"the entry {beats[task]!r}" if task in beats else "a route"
            message = (
                f"{which} names the task {task!r}, which no worker of its queue has ({workers})"
            )
            remedy = (
                "Correct its name, or have the workers import its module with the setting imports"
            )
            yield config.found(RULE, name, message, remedy)
