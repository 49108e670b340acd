"""
## What it does
Warns when a parameter is named like a secret and the call does not redact it.

## Why is this bad?
Celery writes the arguments of each call in clear text into the message's headers, from where they
go to logs, events and Flower.

## Example
```python
@app.task(name="proj.login")
def login(user: str, password: str) -> None: ...
```
```python
>>> call(login, "ann", "s3cret").check()[0].message
"the argument 'password' will be shown in logs and events"

```

## Use instead
```python
call(login, "ann", "s3cret").redact("password").send()
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK110", "secret-shown", "warning", "send", frozenset())


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each argument that is named like a secret and will be shown."""
    for name in request.secrets:
        message = f"the argument {name!r} will be shown in logs and events"
        yield RULE.found(request.task, name, None, message, f"Write .redact({name!r})")
