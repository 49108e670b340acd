"""
## What it does
With ``--live``: finds a queue to which this app sends, and which no worker that answered reads.

Looks where the app's own tasks, its routes and its beat entries go. On RabbitMQ the broker is asked
for consumers of other kinds as well.

## Why is this bad?
What is sent there waits, and does not run. A worker that is started without ``-Q`` reads the queues
of ``task_queues``, or the default queue alone: not those that only routes name.

## Example
```python
app.conf.task_routes = {"shop.pay": {"queue": "money"}}
```
```console
$ celery -A shop worker              # which reads the queue "celery"
```

## Use instead
```console
$ celery -A shop worker -Q celery,money
```
```python
app.conf.task_routes = {"shop.pay": {"queue": "celery"}}   # or a queue that is read
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live, in_words

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK663", "unread-queue", "warning", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding for each queue that is sent to and not read."""
    if not live.all_said(lambda worker: worker.queues):
        return
    read = {name for worker in live.workers for name in worker.queues or ()}
    workers = in_words(tuple(worker.name for worker in live.workers))
    for queue, tasks in live.senders.items():
        if queue in read or live.consumers.get(queue):
            continue
        routed = any(route.options.get("queue") == queue for route in config.routes)
        name = "task_routes" if routed else "task_default_queue"
        message = (
            f"{in_words(tasks)} {'goes' if len(tasks) == 1 else 'go'} to the queue {queue!r}, which no worker that answered reads "
            f"({workers})"
        )
        yield config.found(RULE, name, message, f"Start a worker with -Q {queue}")
