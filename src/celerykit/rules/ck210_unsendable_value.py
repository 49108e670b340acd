"""
## What it does
Refuses values in headers, stamps and extra options that not every broker can carry.

## Why is this bad?
A message that works on one broker fails on the next: Redis wants JSON, AMQP its own types, and
the in-memory broker of a test takes anything at all.

## Example
```python
>>> call(add, 2, 3).headers(tags={"a", "b"})
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK210 headers['tags'] cannot be sent: a set is not a JSON value. Pass a string, number, bool, None, list or dict of those.
  Read more: python -m pydoc celerykit.rules.ck210_unsendable_value

```

## Use instead
```python
call(add, 2, 3).headers(tags=["a", "b"])
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import is_list, is_mapping, unsendable
from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS, INTERNAL_OPTIONS

__all__ = ["RULE", "check"]

RULE: Final = Rule(
    "CK210", "unsendable-value", "error", "build", frozenset({"headers", "stamp", "*"})
)

_KNOWN: Final = frozenset({*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS})
_COPIES: Final = frozenset({"CC", "BCC"})  # RabbitMQ routes a copy to each key in them
_REMEDY: Final = "Pass a string, number, bool, None, list or dict of those"


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each value that some broker cannot carry."""
    for option in ("headers", "stamp"):
        mapping = request.options.get(option)
        if is_mapping(mapping):
            for name, value in mapping.items():
                yield from _refused(request, option, f"{option}[{shown(name)}]", {name: value})
                yield from _misread(request, option, name, value)
    for name, value in request.options.items():
        if name not in _KNOWN:
            yield from _refused(request, name, name, value)


def refuse(task: str, broker: str, error: Exception) -> Finding:
    """Return the finding for a message that *broker* cannot carry because of *error*."""
    message = f"the message's headers or properties cannot be sent: {broker} says {error}"
    return RULE.found(task, "headers", None, message, _REMEDY)


def _misread(request: Request, option: str, name: Any, value: Any) -> Iterator[Finding]:
    """Yield a finding for a value that is read in a way of its own where it stands."""
    if option == "headers" and name in _COPIES and not is_list(value):
        message = f"headers[{name!r}] cannot be sent: RabbitMQ reads routing keys there"
        remedy = "Pass a list of strings, or choose another name"
        yield RULE.found(request.task, option, value, message, remedy)
    if option == "stamp" and value is None:
        message = f"stamp[{name!r}] cannot be sent: Celery drops None, then misses it"
        remedy = "Pass a value, or leave the stamp out"
        yield RULE.found(request.task, option, value, message, remedy)


def _refused(request: Request, option: str, where: str, value: Any) -> Iterator[Finding]:
    why = unsendable(value)
    if why is not None:
        yield RULE.found(request.task, option, value, f"{where} cannot be sent: {why}", _REMEDY)
