"""
## What it does
Tells that the URL of the broker leads nowhere: it names a transport that there is not, or one whose
package is not installed, or it is not written as a URL is.

## Why is this bad?
Celery reads the URL when it first sends, not when it starts. The web process comes up, and every
call fails: with a ``KeyError``, a ``ModuleNotFoundError`` or a ``ValueError``, not with one of
Celery's own errors.

## Example
```python
app.conf.broker_url = "reddis://localhost:6379/0"
```
```python
>>> diagnose(app)[0].message
'no call can be sent: No such transport: reddis'

```

## Use instead
```python
app.conf.broker_url = "redis://localhost:6379/0"
```
The package of a transport comes with Celery's extra of that name: ``pip install "celery[sqs]"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK667", "broker-unusable", "error", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if the transport that the broker's URL names cannot be used."""
    if config.unusable:
        message = f"no call can be sent: {config.unusable}"
        address = config.line("broker_url", "'redis://localhost:6379/0'")
        remedy = f"Write {address}, or install what the transport needs"
        yield config.found(RULE, "broker_url", message, remedy)
