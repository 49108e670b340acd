"""
## What it does
Refuses to run a remote task here: by calling it, or by ``.apply()``.

## Why is this bad?
A remote task is a contract, sent by name. Its body lives in another service; here is nothing to run.

## Example
```python
@remote("other.mul", app=app)
def mul(x: int, y: int = 1) -> float:
    raise NotImplementedError
```
```python
>>> mul(2, 3)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: other.mul was not sent:
  CK104 it runs in another service, and cannot run here. Send it: call(mul, ...).send().
  Read more: python -m pydoc celerykit.rules.ck104_runs_elsewhere

```

## Use instead
```python
call(mul, 2, 3).send()
```
"""

from __future__ import annotations

from typing import Final

from celerykit._findings import Finding, Rule

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK104", "runs-elsewhere", "error", "build", frozenset(), fixed=True)


def refuse(task: str, function: str) -> Finding:
    """Return the finding for the remote *task*, declared by *function*, that was to run here."""
    message = "it runs in another service, and cannot run here"
    return RULE.found(task, "", None, message, f"Send it: call({function}, ...).send()")
