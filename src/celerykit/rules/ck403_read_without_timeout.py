"""
## What it does
Warns when plain Celery code, in an app under ``guard(app)``, waits for a result without a timeout.
``timeout=None`` says that it is meant, and passes.

## Why is this bad?
Celery cannot tell a result that is late from one that never comes: a worker that is down, an id
that nobody knows, a result that has expired. All of them are ``PENDING``, and ``get()`` waits for
ever.

## Example
```python
app.conf.result_backend = "cache+memory://"
watching = guard(app)
result = add.delay(2, 3)
result.backend.mark_as_done(result.id, 5)       # as a worker would

import warnings
```
```python
>>> with warnings.catch_warnings(record=True) as said:
...     warnings.simplefilter("always")
...     print(result.get())
5
>>> print(said[0].message)
a result: CK403 AsyncResult.get() without a timeout waits for ever if nothing comes. Pass timeout=, in seconds; timeout=None says that you mean it.

```

## Use instead
```python
app.AsyncResult(result.id).get(timeout=5)
watching.remove()
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._findings import Finding, Rule
from celerykit._read import Read

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK403", "read-without-timeout", "warning", "read", frozenset())


def check(read: Read) -> Iterator[Finding]:
    """Yield a finding if the read may wait for ever, and nobody wrote that it should."""
    if read.bounded or read.polls:
        return
    task = ", ".join(read.awaited) or "a result"
    message = f"{read.call} without a timeout waits for ever if nothing comes"
    remedy = "Pass timeout=, in seconds; timeout=None says that you mean it"
    if read.call.endswith("get_leaf()"):  # it takes none
        remedy = "Use get(timeout=...) on the results that you want"
    yield RULE.found(task, "timeout", None, message, remedy)
