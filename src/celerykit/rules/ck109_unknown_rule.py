"""
## What it does
Refuses ``.allow()`` of a code that names no rule, or one that nobody may switch off: those on what
has no meaning, or stops a worker (CK101, CK102, CK104, CK109, CK202, CK203, CK209, CK502, CK503,
CK508, CK601).

## Why is this bad?
A mistyped code would allow nothing, or, once it is given to another rule, something else.

## Example
```python
>>> call(add, 2, 3).allow("CK32")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK109 there is no rule 'CK32'. Did you mean 'CK302'?
  Read more: python -m pydoc celerykit.rules.ck109_unknown_rule

```

## Use instead
```python
call(add, 2, 3).allow("CK302")
```
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK109", "unknown-rule", "error", "build", frozenset(), fixed=True)


def refuse(task: str, code: object, known: Collection[str]) -> Finding:
    """Return the finding for *code*, which is not in *known*, or whose level is fixed."""
    if code in [*known]:  # a list, given by mistake, has no hash
        message = f"{code} cannot be allowed: what it refuses has no meaning, or stops workers"
        return RULE.found(task, "allow", code, message, "Mend the call")
    # Numbers are soon alike: what has another digit in two places is no slip.
    similar = get_close_matches(code.upper() if isinstance(code, str) else "", known, 1, 0.8)
    remedy = f"Did you mean {similar[0]!r}?" if similar else "Give a code such as 'CK302'"
    return RULE.found(task, "allow", code, f"there is no rule {shown(code)}", remedy)
