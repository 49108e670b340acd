"""
## What it does
Warns of RabbitMQ without publisher confirms.

## Why is this bad?
Without them a call returns as soon as the bytes are on their way. A connection that is already dead,
a queue that is full, an exchange that is not there: the message is lost without a word, and where
RabbitMQ does object, it is the next call that raises, and is lost as well.

## Example
```python
shop = Celery("shop", broker="amqp://localhost")
```
```python
>>> str(diagnose(shop)[0])
"CK609 a message that RabbitMQ does not take is lost without a word: publisher confirms are off. Write app.conf.broker_transport_options = {'confirm_publish': True, 'read_timeout': 30}, or app.conf.update(celerykit.recommended_settings(app)) for all of it."

```

## Use instead
```python
shop.conf.broker_transport_options = {"confirm_publish": True, "read_timeout": 30}
```
A call then waits for RabbitMQ's answer, which takes about a millisecond.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import FOR_ALL, Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK609", "no-confirms", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if RabbitMQ need not confirm what it got."""
    if config.facts.transport == "amqp" and config.facts.confirms is False:
        name = "broker_transport_options"
        message = (
            "a message that RabbitMQ does not take is lost without a word: "
            "publisher confirms are off"
        )
        remedy = config.adding(name, "'confirm_publish': True, 'read_timeout': 30")
        yield config.found(RULE, name, message, remedy + FOR_ALL)
