"""
## What it does
Warns of publisher confirms without a ``read_timeout``.

## Why is this bad?
With ``confirm_publish`` a call waits until RabbitMQ has confirmed the message. When RabbitMQ falls
silent (a frozen machine, a lost network) that is for ever: ``timeout``, ``confirm_timeout`` and
``retry`` do not end it, only a timeout of the socket itself does.

## Example
```python
shop = Celery("shop", broker="amqp://localhost")
shop.conf.broker_transport_options = {"confirm_publish": True}
```
```python
>>> diagnose(shop)[0].message
'a RabbitMQ that no longer answers blocks every delay() for ever: confirm_publish is on, and there is no read_timeout'

```

## Use instead
```python
shop.conf.broker_transport_options = {"confirm_publish": True, "read_timeout": 30}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import FOR_ALL, Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK608", "confirms-without-timeout", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if a call waits for a confirmation without an end."""
    facts = config.facts
    if facts.transport == "amqp" and facts.confirms and not config.options.get("read_timeout"):
        name = "broker_transport_options"
        message = (
            "a RabbitMQ that no longer answers blocks every delay() for ever: "
            "confirm_publish is on, and there is no read_timeout"
        )
        remedy = config.adding(name, "'read_timeout': 30")
        yield config.found(RULE, name, message, remedy + FOR_ALL)
