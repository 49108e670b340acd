"""
## What it does
Refuses to redact a parameter that the task does not have.

## Why is this bad?
The secret would stay in logs and events, and nothing would say so.

## Example
```python
>>> call(add, 2, 3).redact("z")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK103 there is no parameter 'z' to redact. Name one of x, y.
  Read more: python -m pydoc celerykit.rules.ck103_unknown_parameter

```

## Use instead
```python
call(add, 2, 3).redact("y")
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import is_list

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK103", "unknown-parameter", "error", "build", frozenset({"redact"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each name in redact that is no parameter of the task."""
    names = request.options["redact"]
    if request.parameters is None or not is_list(names):
        return
    known = ", ".join(request.parameters)
    remedy = f"Name one of {known}" if known else "The task takes no arguments"
    for name in names:
        if isinstance(name, str) and name not in {*request.parameters, *request.kwargs}:
            message = f"there is no parameter {shown(name)} to redact"
            yield RULE.found(request.task, "redact", name, message, remedy)
