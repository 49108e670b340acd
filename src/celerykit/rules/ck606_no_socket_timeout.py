"""
## What it does
Warns of Redis, as the broker or as the result backend, without a timeout for its sockets.

## Why is this bad?
A Redis that accepts a connection and then is silent (a frozen machine, a lost network) blocks
``delay()``: for ever as the broker, whatever ``retry`` and ``broker_connection_timeout`` say, and as
the result backend, which each ``delay()`` asks first, two minutes at a time.

## Example
```python
shop = Celery("shop", broker="redis://localhost:6379/0", backend="redis://localhost:6379/1")
```
```python
>>> for finding in diagnose(shop):
...     print(finding)
CK606 a Redis that no longer answers blocks every delay() for ever: there is no socket_timeout. Write app.conf.broker_transport_options = {'socket_timeout': 30, 'socket_connect_timeout': 5}, or app.conf.update(celerykit.recommended_settings(app)) for all of it.
CK606 a result backend that no longer answers blocks every delay(), for 120 s at a time. Write app.conf.redis_socket_timeout = 30, or app.conf.update(celerykit.recommended_settings(app)) for all of it.

```

## Use instead
```python
shop.conf.broker_transport_options = {"socket_timeout": 30, "socket_connect_timeout": 5}
shop.conf.redis_socket_timeout = 30
```
``shop.conf.update(recommended_settings(shop))``, before the first call, bounds all that a send waits for.
A timeout shorter than Redis takes on a bad day sends twice: a reply that is late counts as lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import FOR_ALL, Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK606", "no-socket-timeout", "warning", "app", frozenset())

_REDIS: Final = frozenset({"redis", "rediss", "sentinel"})


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the broker and for the result backend."""
    if config.facts.transport == "redis" and not config.options.get("socket_timeout"):
        name = "broker_transport_options"
        message = (
            "a Redis that no longer answers blocks every delay() for ever: "
            "there is no socket_timeout"
        )
        remedy = config.adding(name, "'socket_timeout': 30, 'socket_connect_timeout': 5")
        yield config.found(RULE, name, message, remedy + FOR_ALL)
    timeout = config.value("redis_socket_timeout")
    # Who wrote a number has thought about it, and who wants no results asks no backend.
    decided = timeout and config.is_written("redis_socket_timeout")
    if config.backend in _REDIS and not decided and not config.value("task_ignore_result"):
        how_long = f"for {timeout:g} s at a time" if timeout else "for ever"
        message = f"a result backend that no longer answers blocks every delay(), {how_long}"
        remedy = f"Write {config.line('redis_socket_timeout', '30')}"
        yield config.found(RULE, "redis_socket_timeout", message, remedy + FOR_ALL)
