"""
## What it does
Refuses options that Celery accepts from anyone but sets itself, and properties that break the
message or the connection.

## Why is this bad?
``chain="x"`` stops a worker, ``retries="x"`` reaches ``request.retries``, ``content_type=`` skips
the serializer, and ``immediate=True`` makes RabbitMQ close the channel, which loses the next
innocent message too.

## Example
```python
>>> call(add, 2, 3).extra(expiration=5)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK202 'expiration' is not for callers. Write .expires().
  Read more: python -m pydoc celerykit.rules.ck202_internal_option

```

## Use instead
```python
call(add, 2, 3).expires(5)
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._vocabulary import INTERNAL_OPTIONS

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK202", "internal-option", "error", "build", frozenset({"*"}), fixed=True)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each option that is Celery's own."""
    for name, value in request.options.items():
        remedy = INTERNAL_OPTIONS.get(name)
        if remedy is not None:
            yield RULE.found(request.task, name, value, f"{name!r} is not for callers", remedy)
