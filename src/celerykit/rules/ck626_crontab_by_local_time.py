"""
## What it does
Warns of a crontab for certain hours while the app has no time zone and ``enable_utc`` is off.

## Why is this bad?
Such an app goes by the clock of whatever machine it runs on: nine o'clock in the schedule is another
moment in a container in UTC than on a laptop, and it moves when the machine's zone does.

## Example
```python
from celery.schedules import crontab

shop = Celery("shop", broker="memory://")
shop.conf.enable_utc = False
shop.conf.beat_schedule = {"report": {"task": "shop.report", "schedule": crontab(hour=9, minute=0)}}
```
```python
>>> diagnose(shop)[0].message
"the beat entry 'report' goes by the clock of the machine that beat runs on: enable_utc is off, and timezone is not set"

```

## Use instead
```python
shop.conf.timezone = "Europe/Paris"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK626", "crontab-by-local-time", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if an entry of the schedule means another hour on each machine."""
    entry = next((each for each in config.beat if each.on_the_hour), None)
    if config.local_time and entry is not None:
        message = (
            f"the beat entry {entry.name!r} goes by the clock of the machine that beat runs on: "
            "enable_utc is off, and timezone is not set"
        )
        remedy = f"Write {config.line('timezone', repr('Europe/Paris'))}, or leave enable_utc on"
        yield config.found(RULE, "enable_utc", message, remedy)
