"""
## What it does
Warns of ``broker_pool_limit`` None or 0.

## Why is this bad?
It does not mean "no limit", but "no pool": each call opens a connection of its own and closes it
afterwards. On RabbitMQ that is a dozen messages to and fro for one; brokers count them, too.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.broker_pool_limit = None
```
```python
>>> diagnose(shop)[0].message
'there is no connection pool, so each call opens a connection of its own and closes it'

```

## Use instead
The number of threads that send at the same time:
```python
shop.conf.broker_pool_limit = 10
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK620", "no-connection-pool", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if connections are not kept."""
    if not config.value("broker_pool_limit"):
        message = "there is no connection pool, so each call opens a connection of its own"
        remedy = f"Write {config.line('broker_pool_limit', '10')}"
        yield config.found(RULE, "broker_pool_limit", f"{message} and closes it", remedy)
