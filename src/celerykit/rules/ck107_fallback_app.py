"""
## What it does
Refuses a call whose task belongs to Celery's fallback app, because no app of yours was found.

## Why is this bad?
A ``@shared_task`` without an app is sent by an app that Celery makes up: to
``amqp://guest@localhost``, without a result backend. The usual reasons are that the module which
creates the app was never imported, or that the call comes from another thread than the one that
made the app.

## Example
```python
shop = Celery("shop", broker="memory://")   # without this line, nobody's app would send it

@shared_task(name="shop.sweep")
def sweep() -> None: ...

assert call(sweep).check() == []
```

## Use instead
Import the module that makes the app (Django: in the project's ``__init__.py``), and make it the
default for every thread:
```python
app.set_default()
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check", "check_app"]

RULE: Final = Rule("CK107", "fallback-app", "error", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if Celery made up the app of this call."""
    if facts.fallback:
        message = "no app of yours was found, so Celery's fallback app would send it to localhost"
        remedy = "Import the module that makes your app before the call, and app.set_default() it"
        yield RULE.found(request.task, "app", None, message, remedy)


def check_app(config: Config) -> Iterator[Finding]:
    """Yield the same finding for the configuration as a whole."""
    yield from check(Request("", (), {}, {}), config.facts)
