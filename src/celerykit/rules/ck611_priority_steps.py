"""
## What it does
Warns of ``priority_steps`` for Redis that begin above 0, or are not in ascending order.

## Why is this bad?
A message goes to the last step that its priority reaches. One below the first step reaches none, and
goes to the last of all: with ``[3, 6, 9]`` a call without a priority, which is a 0 and should be the
most urgent, waits behind everything. In another order than ascending, steps are not found at all.

## Example
```python
shop = Celery("shop", broker="redis://localhost:6379/0")
shop.conf.broker_transport_options = {"priority_steps": [3, 6, 9], "socket_timeout": 30}
```
```python
>>> diagnose(shop)[0].message
'priority_steps=[3, 6, 9] has no 0, so a call without a priority waits behind all others'

```

## Use instead
```python
shop.conf.broker_transport_options = {"priority_steps": [0, 3, 6, 9], "socket_timeout": 30}
```
Callers and workers need the same steps: a worker does not read those that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown
from celerykit._values import is_list, is_number

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK611", "priority-steps", "warning", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding if calls go to another step than theirs."""
    steps = config.options.get("priority_steps")
    if config.facts.transport != "redis" or not (is_list(steps) and all(map(is_number, steps))):
        return
    right = sorted({0, *steps})
    if not steps or [*steps] == right:
        return
    why = (
        "is not in ascending order, so calls go to other steps than theirs"
        if [*steps] != sorted(steps)
        else "has no 0, so a call without a priority waits behind all others"
    )
    name = "broker_transport_options"
    remedy = f"Put 'priority_steps': {right} into {config.settings.spelled(name)}, for workers too"
    yield config.found(RULE, name, f"priority_steps={shown(steps)} {why}", remedy)
