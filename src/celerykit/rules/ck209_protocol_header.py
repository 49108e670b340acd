"""
## What it does
Refuses custom headers that Celery's own message, or its ``request``, uses itself.

## Why is this bad?
Celery merges the caller's headers over its own: ``headers={"task": ...}`` runs another task,
``{"timelimit": 5}`` stops every worker that meets it, ``{"id": ...}`` hides the result; other
names, such as ``args`` or ``hostname``, are dropped on the way.

## Example
```python
>>> call(add, 2, 3).headers(id="7")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK209 the header 'id' is Celery's own. Choose another name, for example 'x_id'.
  Read more: python -m pydoc celerykit.rules.ck209_protocol_header

```

## Use instead
```python
call(add, 2, 3).headers(order_id="7")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._values import is_mapping
from celerykit._vocabulary import PROTOCOL_HEADERS

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK209", "protocol-header", "error", "build", frozenset({"headers"}), fixed=True)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each header of the caller's that is Celery's own."""
    headers = request.options.get("headers")
    if not is_mapping(headers):
        return
    for name, value in headers.items():
        if name in PROTOCOL_HEADERS:
            message = f"the header {name!r} is Celery's own"
            remedy = f"Choose another name, for example 'x_{name}'"
            yield RULE.found(request.task, "headers", value, message, remedy)
