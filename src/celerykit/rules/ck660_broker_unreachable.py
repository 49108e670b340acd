"""
## What it does
With ``--live``: tells that the broker did not answer in time, and why.

## Why is this bad?
Nothing can be sent. A call waits for the broker, for seconds or, where no time limits are set, for
ever; then it raises, and what it was to do is not done.

## Example
```python
app.conf.broker_url = "redis://127.0.0.1:1/0"   # nobody listens there
```
```python
>>> [found.code for found in diagnose(app, live=True) if found.option == "broker_url"]
['CK660']

```

## Use instead
```python
app.conf.broker_url = "redis://127.0.0.1:6379/0"
```
Start the broker, or correct the address, the login or the firewall.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK660", "broker-unreachable", "error", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding if the broker did not answer."""
    if live.broker is not None:
        yield config.unanswered(RULE, "broker_url", "the broker", live.broker)
