"""
## What it does
Refuses a countdown or an eta that is later than the broker's visibility timeout.

## Why is this bad?
On Redis and SQS a worker holds a delayed message without acknowledging it. When the visibility
timeout passes (an hour on Redis, half an hour on SQS, unless configured), the broker hands it to
the next worker, and again: the task runs several times.

## Example
```python
redis_app = Celery("shop", broker="redis://localhost")

@redis_app.task(name="shop.remind")
def remind(user: int) -> None: ...
```
```python
>>> call(remind, 7).countdown(timedelta(hours=2)).check()[0].message
'it starts after 7200 s, but redis delivers it again after each 3600 s'

```

## Use instead
```python
redis_app.conf.broker_transport_options = {"visibility_timeout": 3 * 3600}
```
The workers need the same setting. Or have a periodic task send what is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request
from celerykit._values import delay_of

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK230", "beyond-visibility", "error", "send", frozenset({"countdown", "eta"}))

_ENDLESS: Final = 1e12  # no time at all: CK204 says so


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the broker would deliver the call again before it starts."""
    limit = facts.visibility_timeout
    if limit is None:
        return
    name = "countdown" if request.options.get("countdown") else "eta"
    value = request.options.get(name)
    delay = delay_of(value, request.now)
    if delay is not None and limit < delay < _ENDLESS:
        message = (
            f"it starts after {delay:.0f} s, but {facts.transport} delivers it again "
            f"after each {limit:g} s"
        )
        remedy = "Raise broker_transport_options['visibility_timeout'], for workers too"
        yield RULE.found(request.task, name, value, message, remedy)
