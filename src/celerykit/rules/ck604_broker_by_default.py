"""
## What it does
Warns of an app that names no broker.

## Why is this bad?
Without ``broker_url``, or with an empty one, as a variable that is missing makes it, Celery sends
to ``amqp://guest@localhost``. On a server that is nobody, and every call fails; on a machine with
a RabbitMQ of its own, messages go there and are never read.

## Example
```python
import os

shop = Celery("shop")
shop.conf.broker_url = os.environ.get("BROKER_URL", "")
```
```python
>>> diagnose(shop)[0].message
"the app 'shop' names no broker, so it sends to amqp://guest@localhost"

```

## Use instead
```python
shop.conf.broker_url = os.environ.get("BROKER_URL", "redis://localhost:6379/0")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK604", "broker-by-default", "warning", "app", frozenset())

# Each of them names a broker.
_NAMES: Final = (
    *("broker_url", "broker_write_url", "broker_transport"),
    *("broker_host", "broker_port", "broker_user", "broker_vhost"),
)


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if nothing says which broker is meant."""
    if config.value("task_always_eager") or any(map(config.value, _NAMES)):
        return
    message = f"{config.app} names no broker, so it sends to amqp://guest@localhost"
    remedy = f"Write {config.line('broker_url', repr('redis://localhost:6379/0'))}"
    yield config.found(RULE, "broker_url", message, remedy)
