"""
## What it does
Refuses an option that is a misspelling of a real one or an argument of ``send()``, and in
``.options()`` any that is not one.

## Why is this bad?
Celery accepts any keyword. ``count_down=10`` runs at once, ``que="high"`` goes to the default
queue, and nothing says so.

## Example
```python
>>> call(add, 2, 3).extra(count_down=10)
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK201 'count_down' is not an option. Did you mean .countdown()?
  Read more: python -m pydoc celerykit.rules.ck201_unknown_option

```

## Use instead
```python
call(add, 2, 3).countdown(10)
call(add, 2, 3).extra(MessageGroupId="g")   # what a transport takes beyond Celery's own options
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    SEND_ARGUMENTS,
    TASK_ATTRIBUTES,
    meant,
)

__all__ = ["RULE", "check", "refuse", "refuse_method", "refuse_ours"]

RULE: Final = Rule("CK201", "unknown-option", "error", "build", frozenset({"*"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each option that looks like a misspelt one."""
    known = {*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS, *TASK_ATTRIBUTES}
    for name in request.options:
        if name not in known and (name in SEND_ARGUMENTS or _guess(name) is not None):
            yield refuse(request.task, name)


def refuse(task: str, name: str) -> Finding:
    """Return the finding for the option *name* of *task*, which is not one there."""
    if name in CALL_OPTIONS:
        message = f"{name!r} is not for .options(): it has a method"
        return RULE.found(task, name, None, message, f"Write {CALL_OPTIONS[name]}")
    if name in SEND_ARGUMENTS:
        message = f"{name!r} is an argument of celerykit's send(), and not an option"
        return RULE.found(task, name, None, message, f"Write call(...).send({name}=...)")
    word = _guess(name)
    if word is None:
        remedy = "Leave it out, or pass it through .extra() if the broker's transport takes it"
    else:
        remedy = f"Did you mean {CALL_OPTIONS.get(word, f'.extra({word}=...)')}?"
    return RULE.found(task, name, None, f"{name!r} is not an option", remedy)


def refuse_method(task: str, name: str) -> Finding:
    """Return the finding for the option *name*, which has a method of its own."""
    message = f"{name!r} is not an extra option: it has a method"
    return RULE.found(task, name, None, message, f"Write {CALL_OPTIONS[name]}")


def refuse_ours(task: str, name: str) -> Finding:
    """Return the finding for *name*, an option of the builder's, in a plain Celery call."""
    remedies = {
        "redact": "Pass argsrepr= and kwargsrepr= without the secret",
        "stamp": "Write task.s(...).stamp(name=value).apply_async()",
    }
    message = f"{name!r} is an option of celerykit's builder, not of Celery"
    return RULE.found(task, name, None, message, remedies[name])


def _guess(name: str) -> str | None:
    return meant(name, CALL_OPTIONS) or meant(name, EXTRA_OPTIONS)
