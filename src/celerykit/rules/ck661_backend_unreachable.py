"""
## What it does
With ``--live``: tells that the result backend did not answer in time, and why.

## Why is this bad?
No result can be read, and no worker can store one. With some backends, Redis among them, even
sending a call waits for the result backend, and then fails: the call is not sent at all.

## Example
```python
app.conf.result_backend = "redis://127.0.0.1:1/1"   # nobody listens there
```
```python
>>> [found.code for found in diagnose(app, live=True, within=0.3) if found.level == "error"]
['CK661']

```

## Use instead
```python
app.conf.result_backend = "redis://127.0.0.1:6379/1"
```
Start the server, or correct the address, the login or the firewall.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK661", "backend-unreachable", "error", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding if the result backend did not answer."""
    if live.backend is not None:
        yield config.unanswered(RULE, "result_backend", "the result backend", live.backend)
