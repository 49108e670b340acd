"""
## What it does
Refuses a retry policy with a name or a value that kombu does not know.

## Why is this bad?
An unknown name fails at the moment of publishing; a negative or non-numeric interval fails only
once the broker is in trouble, which is when the policy was meant to help.

## Example
```python
>>> call(add, 2, 3).options(retry_policy={"max_retry": 3})
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK215 retry_policy['max_retry']=3 is not a known setting. Use max_retries, interval_start, interval_step, interval_max, retry_errors.
  Read more: python -m pydoc celerykit.rules.ck215_retry_policy

```

## Use instead
```python
call(add, 2, 3).retry(max_retries=3, interval_start=0.2)
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final, cast

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._request import Request
from celerykit._values import is_mapping, is_number

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK215", "retry-policy", "error", "build", frozenset({"retry_policy"}))


def _is_count(value: Any) -> bool:
    return value is None or (isinstance(value, int) and value >= 0 and not isinstance(value, bool))


def _is_interval(value: Any) -> bool:
    return is_number(value) and 0 <= value < inf  # NaN is neither


def _is_errors(value: Any) -> bool:
    return value is None or (
        isinstance(value, tuple)
        and all(
            isinstance(kind, type) and issubclass(kind, BaseException)
            for kind in cast("tuple[object, ...]", value)
        )
    )


_SETTINGS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "max_retries": (_is_count, "Pass 0 or more, or None for no end"),
    "interval_start": (_is_interval, "Pass seconds, 0 or more"),
    "interval_step": (_is_interval, "Pass seconds, 0 or more"),
    "interval_max": (_is_interval, "Pass seconds, 0 or more"),
    "retry_errors": (_is_errors, "Pass a tuple of exception classes"),
}


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each setting of the policy that kombu cannot use."""
    policy = request.options.get("retry_policy")
    if not is_mapping(policy):
        return
    for name, value in policy.items():
        known = _SETTINGS.get(name)
        where = f"retry_policy[{shown(name)}]={shown(value)}"
        if known is None:
            remedy = f"Use {', '.join(_SETTINGS)}"
            message = f"{where} is not a known setting"
            yield RULE.found(request.task, "retry_policy", value, message, remedy)
        elif not known[0](value):
            message = f"{where} is not usable"
            yield RULE.found(request.task, "retry_policy", value, message, known[1])
