"""
## What it does
With ``--live``: tells that a worker of this app's queues runs another minor release of Celery than this process, such
as 5.4 and 5.7.

## Why is this bad?
Each minor release of Celery adds settings, call options and fields of messages. The older side
does not know them, and drops them without a word: a queue type that one of them declares and the
other does not, a limit that is cleared here and kept there. For the time of an upgrade that is
ordinary; where it stays, the two are deployed from different lists of packages.

## Example
```python
requirements = ["celery==5.4.0"]   # of the workers; the web process has "celery==5.7.0"
```

## Use instead
```python
requirements = ["celery~=5.7.0"]   # one list for both
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule
from celerykit._live import Live, in_words, short_version

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK665", "versions-differ", "warning", "live", frozenset())


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding for each other version of Celery that workers run."""
    versions = sorted({worker.celery for worker in live.readers if worker.celery})
    for version in versions:
        if short_version(version) != short_version(live.celery):
            names = tuple(each.name for each in live.readers if each.celery == version)
            verb = "runs" if len(names) == 1 else "run"
            newest = max(version, live.celery, key=_numbers)
            message = (
                f"{in_words(names)} {verb} Celery {version}, and {config.app} {live.celery} here"
            )
            remedy = f"Install the same: pip install celery=={newest}"
            entry = (RULE.code, RULE.name, RULE.level)
            yield Finding(*entry, "", "", version, message, remedy, f"the worker {in_words(names)}")


def _numbers(version: str) -> list[int]:
    """Return *version* as numbers, which compare as versions do."""
    return [int(number) for number in re.findall(r"\d+", version)]
