"""
## What it does
Warns when messages wait, or tasks run, longer than the broker's visibility timeout.

## Why is this bad?
On Redis and SQS a message that is not acknowledged when the visibility timeout passes (an hour on
Redis, half an hour on SQS, unless configured) is handed to the next worker, and again. A worker
acknowledges late what waits for its countdown or its next retry, and with ``acks_late`` what it is
running: such a task runs several times, and at once.

## Example
```python
shop = Celery("shop", broker="redis://localhost:6379/0")

@shop.task(name="shop.render", acks_late=True, time_limit=2 * 3600)
def render(film: int) -> None: ...
```
```python
>>> found = {finding.code: finding for finding in diagnose(shop)}
>>> found["CK610"].message
'shop.render may run for 7200 s and is acknowledged late, but redis delivers it again after 3600 s'

```

## Use instead
```python
shop.conf.broker_transport_options = {"visibility_timeout": 3 * 3600, "socket_timeout": 30}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config, TaskClass
from celerykit._findings import Finding, Rule
from celerykit._values import as_seconds, is_delay, is_number

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK610", "visibility-too-short", "warning", "app", frozenset())

_SPARE_S: Final = 600  # a worker does not start at the very second


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for what takes longest, if that is longer than the broker waits."""
    limit = config.facts.visibility_timeout
    if limit is None:
        return
    seconds, what = max(_unacknowledged(config), default=(0.0, ""))
    if seconds > limit:
        name = "broker_transport_options"
        message = f"{what}, but {config.facts.transport} delivers it again after {limit:g} s"
        remedy = config.adding(name, f"'visibility_timeout': {int(seconds) + _SPARE_S}")
        yield config.found(RULE, name, message, remedy)


def _unacknowledged(config: Config) -> Iterator[tuple[float, str]]:
    """Yield how long messages stay unacknowledged, and why."""
    for entry in config.beat:
        countdown = entry.options.get("countdown")
        if is_delay(countdown):
            delay = as_seconds(countdown)
            yield delay, f"the beat entry {entry.name!r} waits {delay:g} s"
    for task in config.tasks:
        limit = task.ready.get("time_limit")
        if task.ready.get("acks_late") and is_number(limit):
            yield limit, f"{task.name} may run for {limit:g} s and is acknowledged late"
        delay = _retries_after(task)
        yield delay, f"{task.name} may wait {delay:g} s for its next retry"


def _retries_after(task: TaskClass) -> float:
    """Return after how many seconds *task* is retried at the latest, unless it says so itself."""
    backoff, retries = task.ready.get("retry_backoff"), task.ready.get("max_retries")
    if not backoff:
        delay = task.ready.get("default_retry_delay")
        return delay if is_number(delay) else 0
    longest = task.ready.get("retry_backoff_max") or 600  # Celery's own
    grown = longest if retries is None else int(backoff) * 2.0 ** min(max(retries - 1, 0), 60)
    return min(longest, grown)
