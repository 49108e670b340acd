"""
## What it does
Refuses to join what does not fit: something that takes no value after one that gives it, something
that waits for a value where none comes, and what is neither a call nor a step.

## Why is this bad?
Celery joins anything. Where a task does not expect the result before it, the worker finds out when
the tasks before it have run: it marks the last of them, which succeeded, as failed, and sends
nothing. One that waits for a value and is given none fails there too.

## Example
```python
>>> call(add, 2, 3) | call(greet, "Ann")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: call(proj.add, 2, 3) was not sent:
  CK502 call(proj.greet, 'Ann') takes no value, and would be given one. Write .then(...) to run it after, without the value before it, or step(...) to pass that on.
  Read more: python -m pydoc celerykit.rules.ck502_joint_unfit

```

## Use instead
```python
call(add, 2, 3) | step(add, 4)                  # step(add, 4) takes the sum first
call(add, 2, 3).then(call(greet, "Ann"))        # runs after it, without the sum
```
"""

from __future__ import annotations

from typing import Any, Final

from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "refuse"]

RULE: Final = Rule("CK502", "joint-unfit", "error", "build", frozenset(), fixed=True)

_TAKES_NONE: Final = (
    "takes no value, and would be given one",
    "Write .then(...) to run it after, without the value before it, or step(...) to pass that on",
)
_GIVEN_NONE: Final = (
    "waits for a value, and would be given none",
    "Write call(...), or put it after what gives the value: ... | step(...)",
)
_FOREIGN: Final = "is not a call, a step or a flow"


def refuse(flow: str, part: Any, takes: bool) -> Finding:  # noqa: FBT001 - a fact, not a switch
    """
    Return the finding for *part*, which cannot follow or join *flow*.

    *takes* says whether a part in this place is given a value.
    """
    known = hasattr(part, "nodes")
    problem, remedy = (_TAKES_NONE if takes else _GIVEN_NONE) if known else (_FOREIGN, _way(part))
    return RULE.found(flow, "", part, f"{shown(part)} {problem}", remedy)


def _way(part: Any) -> str:
    kinds = {f"{kind.__module__}.{kind.__name__}" for kind in type(part).__mro__}
    if "celery.canvas.Signature" in kinds:
        return "Write from_signature(...), which takes a signature of Celery's"
    if "celerykit._handle.Handle" in kinds:
        return "It was sent already; join the call before it is sent"
    if callable(part):
        return "Write step(task, ...), or call(task, ...) if it takes no value"
    return "Pass call(task, ...), step(task, ...), or what they make together"
