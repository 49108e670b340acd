"""
## What it does
Warns of settings that are written under the names of Celery 3.

## Why is this bad?
Celery 6 is to know them no more, and a setting that Celery does not know is ignored without a word.
Until then they cannot be mixed with new names: the first new setting beside them may raise
``ImproperlyConfigured``.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.config_from_object({"CELERYD_CONCURRENCY": 4, "CELERY_TIMEZONE": "Asia/Tokyo"})
```
```python
>>> str(diagnose(shop)[0])
'CK624 2 settings have names that Celery 6 is not to know. Rename CELERY_TIMEZONE to timezone, CELERYD_CONCURRENCY to worker_concurrency.'

```

## Use instead
``celery upgrade settings FILE`` renames them all (``--django`` with a namespace):
```python
shop.config_from_object({"worker_concurrency": 4, "timezone": "Asia/Tokyo"})
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._settings import Setting, Settings

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK624", "old-setting-name", "warning", "app", frozenset())

_FEW: Final = 5

# What Celery(...) takes by names of its own.
_ARGUMENTS: Final = frozenset(
    {"broker_url", "result_backend", "include", "broker_use_ssl", "redis_backend_use_ssl"}
)


def check(config: Config) -> Iterator[Finding]:
    """Yield one finding for all settings with old names."""
    settings = config.settings
    old = [each for each in settings.known.values() if _is_old(each, settings)]
    if not old:
        return
    renames = [f"{each.key} to {_new(each.name, settings)}" for each in old[:_FEW]]
    if len(old) > _FEW:
        renames.append(f"and {len(old) - _FEW} more, or run celery upgrade settings")
    count = "a setting has a name" if len(old) == 1 else f"{len(old)} settings have names"
    message = f"{count} that Celery 6 is not to know"
    yield config.found(RULE, old[0].name, message, f"Rename {', '.join(renames)}")


def _is_old(setting: Setting, settings: Settings) -> bool:
    # Celery itself renames what the code says so that it fits the configuration file.
    if setting.source != "file" and (settings.file or setting.name in _ARGUMENTS):
        return False
    return setting.key.isupper() and setting.key != _new(setting.name, settings)


def _new(name: str, settings: Settings) -> str:
    """Return how today's *name* is written in this project."""
    prefix = settings.namespace or ""
    return (prefix + name).upper() if prefix.isupper() else (prefix + name).lower()
