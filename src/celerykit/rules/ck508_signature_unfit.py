"""
## What it does
Refuses to make a flow of a signature that means nothing, or not what it seems to mean.

## Why is this bad?
Celery sends nothing for a chain of none, and returns None instead of a result. It fails on a chord
without a body. It gives the options of a chain to the first task alone, and lets those of a group
overrule the options that its members have of their own.

## Example
```python
from celery import chain
```
```python
>>> from_signature(chain(), returns=int)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: from_signature() was not sent:
  CK508 <chain@0x...: empty> is a chain of no task. Leave it out: Celery would send nothing.
  Read more: python -m pydoc celerykit.rules.ck508_signature_unfit

```

## Use instead
```python
from_signature(chain(add.s(2, 3), add.s(4)), returns=int).defaults(queue="high")
```
"""

from __future__ import annotations

from typing import Any, Final

from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK508", "signature-unfit", "error", "build", frozenset(), fixed=True)


def refuse(signature: Any, problem: str, remedy: str) -> Finding:
    """Return the finding for *signature*, which has this *problem*."""
    name = "from_signature()"
    return RULE.found(name, "", signature, f"{shown(signature)} {problem}", remedy)
