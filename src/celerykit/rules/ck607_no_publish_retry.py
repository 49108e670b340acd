"""
## What it does
Warns of ``task_publish_retry = False``.

## Why is this bad?
It is written to make a call fail fast, and does the opposite: a broker that refuses is then tried
again by the connection's own rules, until ``broker_connection_timeout``, which takes longer than the
three quick attempts of Celery's policy. And a connection that RabbitMQ closed meanwhile, which the
retry would renew without a word, becomes an error of the call.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.task_publish_retry = False
```
```python
>>> diagnose(shop)[0].message
'without task_publish_retry a call fails on a connection that was closed meanwhile, and takes longer to fail when the broker is down'

```

## Use instead
A short policy:
```python
shop.conf.task_publish_retry = True
shop.conf.task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK607", "no-publish-retry", "warning", "app", frozenset())

_SHORT: Final = "{'max_retries': 1, 'interval_start': 0, 'interval_max': 0.1}"


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if no call is published a second time."""
    if config.value("task_publish_retry") is False:
        message = (
            "without task_publish_retry a call fails on a connection that was closed meanwhile, "
            "and takes longer to fail when the broker is down"
        )
        line = config.line("task_publish_retry_policy", _SHORT)
        remedy = f"Leave it on; to fail fast, write {line}"
        yield config.found(RULE, "task_publish_retry", message, remedy)
