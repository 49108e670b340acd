"""
## What it does
Warns of ``result_expires`` that is off while results are kept in Redis.

## Why is this bad?
Nothing ever deletes a result then: each call leaves one, until Redis is full. It then refuses every
call, or drops what it holds, messages included, depending on its ``maxmemory-policy``.

## Example
```python
shop = Celery("shop", broker="memory://", backend="redis://localhost:6379/1")
shop.conf.update(result_expires=None, redis_socket_timeout=30)
```
```python
>>> diagnose(shop)[0].message
'results stay in Redis for ever, until it is full'

```

## Use instead
```python
shop.conf.result_expires = 24 * 3600
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK619", "results-for-ever", "warning", "app", frozenset())

_REDIS: Final = frozenset({"redis", "rediss", "sentinel"})


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if nothing ever deletes a result."""
    if config.backend in _REDIS and not config.value("result_expires"):
        message = "results stay in Redis for ever, until it is full"
        remedy = f"Write {config.line('result_expires', '86400')}"
        yield config.found(RULE, "result_expires", message, remedy)
