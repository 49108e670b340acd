"""
## What it does
Refuses to send while ``app.conf.celerykit`` says something that celerykit does not understand.

## Why is this bad?
A misspelt code or level would leave a rule on, or off, against the project's intention.

## Example
```python
app.conf.celerykit = {"severity": {"CK302": "ignore"}}
```
```python
>>> call(add, 2, 3).check()[0].message
"app.conf.celerykit: severity 'ignore' of CK302 is not 'error', 'warning' or 'off'"

```

## Use instead
```python
app.conf.celerykit = {"severity": {"CK302": "off"}, "payload_budget": 1_000_000, "within": 2.0}
```
In Django's settings this is ``CELERY_CELERYKIT``, with the namespace ``CELERY``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check", "check_app"]

RULE: Final = Rule("CK601", "wrong-setting", "error", "send", frozenset(), fixed=True)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the app's setting for celerykit cannot be understood."""
    if facts.wrong_setting is not None:
        message = f"app.conf.celerykit: {facts.wrong_setting}"
        remedy = "Write for example {'severity': {'CK302': 'off'}, 'payload_budget': 1_000_000, "
        remedy += "'within': 2.0, 'confirm': True, 'on_unsent': function}"
        yield RULE.found(request.task, "app.conf.celerykit", None, message, remedy)


def check_app(config: Config) -> Iterator[Finding]:
    """Yield the same finding for the configuration as a whole."""
    yield from check(Request("", (), {}, {}), config.facts)
