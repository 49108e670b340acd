"""
## What it does
Warns of ``accept_content`` or ``result_accept_content`` with pickle in it.

## Why is this bad?
To read a pickle is to run what it says. Whoever can write to the broker, or to the result backend,
runs any code in the workers, or in the programs that read results.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.accept_content = ["json", "pickle"]
```
```python
>>> diagnose(shop)[0].message
'whoever can write to the broker can run any code in the workers: accept_content has pickle'

```

## Use instead
```python
shop.conf.accept_content = ["json"]
```
If it must be pickle, let only signed messages in: ``app.setup_security(serializer="pickle")``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK625", "pickle-accepted", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for calls, and one for results that have a list of their own."""
    if "pickle" in (config.facts.accepts or ()):
        message = (
            "whoever can write to the broker can run any code in the workers: "
            "accept_content has pickle"
        )
        yield config.found(RULE, "accept_content", message, _remedy(config, "accept_content"))
    own = config.value("result_accept_content") is not None
    if own and config.backend and "pickle" in (config.result_accepts or ()):
        name = "result_accept_content"
        message = (
            "whoever can write to the result backend can run any code where results are read: "
            f"{name} has pickle"
        )
        yield config.found(RULE, name, message, _remedy(config, name))


def _remedy(config: Config, name: str) -> str:
    return f"Write {config.line(name, repr(['json']))}"
