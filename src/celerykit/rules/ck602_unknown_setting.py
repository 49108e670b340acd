"""
## What it does
Warns of a setting that Celery does not know, and that was probably meant to be one that it does.

## Why is this bad?
Celery takes any name and ignores what it does not know: a misspelt ``result_backend`` means no
results, a misspelt ``task_routes`` means that everything goes to the default queue. With a
namespace, a name without it is ignored too; without a namespace, a name that has one.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.results_backend = "redis://localhost:6379/1"
```
```python
>>> str(diagnose(shop)[0])
"CK602 'results_backend' is no setting of Celery's, so it is ignored. Did you mean app.conf.result_backend?"

```

## Use instead
```python
shop.conf.result_backend = "redis://localhost:6379/1"
```
A setting of your own, or of another package, is none of these unless it is nearly called like one
of Celery's that is not set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown
from celerykit._secrets import masked
from celerykit._settings import Setting, Settings
from celerykit._slips import slip_of

__all__ = ["RULE", "check", "misspelt"]

RULE: Final = Rule("CK602", "unknown-setting", "warning", "app", frozenset())

# With what Celery's own settings begin. Those of one result backend are left out: "redis_url" and
# "s3_buckets" are names that a project may well use for itself.
_FIRST: Final = ("task_", "worker_", "beat_", "broker_", "result_", "event_", "accept_", "enable_")

# What Celery(...) takes, what Celery 3 said, and what people expect.
_MEANT: Final = {
    "broker": "broker_url",
    "backend": "result_backend",
    "result_backend_url": "result_backend",
    "results_backend_url": "result_backend",
    "task_result_backend": "result_backend",
    "task_result_expires": "result_expires",
    "beat": "beat_schedule",
    "schedule": "beat_schedule",
    "time_zone": "timezone",
}


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for each name that is nearly one of Celery's."""
    for setting in config.settings.unknown:
        meant = _meant(setting, config.settings)
        # Who also wrote the right name has a reason for the other one.
        if meant is not None and not config.is_written(meant):
            message = f"{shown(setting.name)} is no setting of Celery's, so it is ignored"
            remedy = f"Did you mean {config.settings.spelled(meant)}?"
            entry = (RULE.code, RULE.name, RULE.level)
            text = masked(setting.value, meant)  # the right name tells whether it is a secret
            yield Finding(*entry, "", setting.name, text, message, remedy, setting.where)


def _meant(setting: Setting, settings: Settings) -> str | None:
    """Return the name that was meant, or None if it is none of Celery's."""
    name = setting.name.lower()
    prefixes = {"celery_", (settings.namespace or "").lower()} - {""}
    prefix = next((each for each in prefixes if name.startswith(each)), "")
    bare = name.removeprefix(prefix)
    # A module may hold any name for itself, but not with Celery's prefix.
    free = setting.source == "file" and not prefix
    if bare in (_ours(settings.known) if free else settings.known):
        return bare
    found = None if free else _MEANT.get(bare) or _without_first(bare, settings.known)
    return found or misspelt(bare, settings.known)


def _without_first(name: str, known: Iterable[str]) -> str | None:
    """Return the setting that *name* is without its first word, or with another one."""
    rest = next((name.removeprefix(first) for first in _FIRST if name.startswith(first)), name)
    found = [first + rest for first in _FIRST if first + rest in known]
    return found[0] if len(found) == 1 else None


def misspelt(name: str, known: Iterable[str]) -> str | None:
    """Return the setting from which *name* is a slip away, or an "s" or an underscore."""
    ours = _ours(known)
    alike = (each for each in ours if _letters(each) == _letters(name))
    return slip_of(name, ours) or next(alike, None)


def _ours(known: Iterable[str]) -> list[str]:
    """Return the settings whose names mean nothing but Celery."""
    return [each for each in known if each.startswith(_FIRST) or each in {"timezone", "imports"}]


def _letters(name: str) -> str:
    return "".join(word.removesuffix("s") for word in name.split("_"))
