"""
## What it does
With ``--live``: tells that no worker answered, or that workers could not be asked at all.

Which queues they read and which tasks they have is then unknown, and nothing is said about it.

## Why is this bad?
Without a worker, what is sent waits in its queue, and does not run. But an answer that is missing
proves nothing: a worker of the pool ``solo`` answers only between two tasks, one with
``worker_enable_remote_control = False`` never, and some brokers, SQS for one, cannot carry the
question.

## Example
```python
app.conf.broker_url = "memory://"   # which nobody else can read
```
```python
>>> diagnose(app, live=True, within=0.1)[-1].message
'no worker answered within 0.1 s'

```

## Use instead
```python
app.conf.broker_url = "redis://localhost:6379/0"   # the one that the workers read
```
Start a worker, or give it more time to answer:
```console
$ celery -A proj doctor --live --within 30
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK662", "no-worker", "warning", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding if the broker answered, and no worker did."""
    unreachable = live.broker is not None and live.broker.outcome != "unknown"
    if unreachable or live.workers or config.unusable:
        return
    if live.control:
        message = f"the workers cannot be asked: {live.control}"
        remedy = "Look at them where they run"
    else:
        message = f"no worker answered within {live.within:g} s"
        remedy = "Start one, or give it longer to answer: --within 30"
    yield config.found(RULE, "broker_url", message, remedy)
