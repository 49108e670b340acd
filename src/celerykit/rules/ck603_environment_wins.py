"""
## What it does
Warns of a broker or a result backend in the code that a variable of the environment replaces.

## Why is this bad?
``CELERY_BROKER_URL``, ``CELERY_BROKER_READ_URL``, ``CELERY_BROKER_WRITE_URL`` and
``CELERY_RESULT_BACKEND`` win over everything, ``Celery(broker=...)`` included. A test that sets up
a broker in memory sends to the real one, and who reads the code believes what does not count.

## Example
```python
import os
from unittest.mock import patch

shop = Celery("shop", broker="memory://")
```
```python
>>> with patch.dict(os.environ, CELERY_BROKER_URL="memory://production"):
...     print(diagnose(shop)[0].message)
CELERY_BROKER_URL is 'memory://production' in the environment, and wins over 'memory://'

```

## Use instead
One place:
```python
shop = Celery("shop", broker=os.environ.get("CELERY_BROKER_URL", "memory://"))
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK603", "environment-wins", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for each setting that was written twice, and differently."""
    for name, setting in config.settings.known.items():
        hidden = setting.shadowed
        if hidden is None or not hidden.value or hidden.value == setting.value:
            continue
        variable = setting.key
        message = f"{variable} is {setting.text} in the environment, and wins over {hidden.text}"
        remedy = f"Unset {variable}, or leave {hidden.where} to it"
        yield config.found(RULE, name, message, remedy)
