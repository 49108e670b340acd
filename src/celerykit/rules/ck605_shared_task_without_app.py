"""
## What it does
Warns of a ``@shared_task`` while no app is the default one.

## Why is this bad?
``Celery(...)`` is the current app of the thread that made it, and of no other. In any other thread,
such as those of a web server, a shared task belongs to an app that Celery makes up: it is sent to
``amqp://guest@localhost``, without a result backend. Where a RabbitMQ runs there, nobody notices.

## Example
```python
shop = Celery("shop", broker="memory://")

@shared_task(name="shop.tidy")
def tidy() -> None: ...

assert diagnose(shop)[0].message == (
    "in another thread than the one that made the app 'shop', "
    "a @shared_task goes to Celery's fallback app at amqp://guest@localhost"
)
```

## Use instead
```python
shop.set_default()   # right after Celery(...)
```
With ``DJANGO_SETTINGS_MODULE`` set, Celery does so itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK605", "shared-task-without-app", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if shared tasks may end up in an app that nobody made."""
    if config.shared_tasks and not config.default_app:
        message = (
            f"in another thread than the one that made {config.app}, a @shared_task goes to "
            "Celery's fallback app at amqp://guest@localhost"
        )
        remedy = "Write app.set_default() after the line that makes the app"
        yield RULE.found("", "set_default()", None, message, remedy)
