"""
## What it does
Warns when a keyword argument, caught by the task's ``**kwargs``, is called like an option.

## Why is this bad?
An option beside the arguments is an argument. ``delay(1, countdown=10)`` runs at once, and the
task gets a ``countdown`` that it knows nothing of; with ``**kwargs`` nothing says so.

## Example
```python
@app.task(name="proj.log")
def log(text: str, **fields: object) -> None: ...
```
```python
>>> call(log, "hello", countdown=10).check()[0].message
"the argument 'countdown' is called like an option, but goes to the task"

```

## Use instead
```python
call(log, "hello").countdown(10)
```
A parameter that the task names itself (``def log(text, queue)``) is an argument like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._vocabulary import CALL_OPTIONS, OPTION_WORDS

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK105", "option-as-argument", "warning", "send", frozenset({"**"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each argument that is called like an option and has no parameter."""
    parameters = request.parameters
    if parameters is None:
        return
    for name, value in request.kwargs.items():
        if name in OPTION_WORDS and name not in parameters:
            message = f"the argument {name!r} is called like an option, but goes to the task"
            remedy = f"Write {CALL_OPTIONS[name]} after call(...), or give it another name"
            yield RULE.found(request.task, name, value, message, remedy)
