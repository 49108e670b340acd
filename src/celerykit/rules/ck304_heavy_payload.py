"""
## What it does
Warns of arguments that take more than 256 KiB of JSON.

## Why is this bad?
A broker keeps each message in memory, and a worker each one that it prefetches. SQS refuses larger
ones, Redis cuts the connection above ``proto-max-bulk-len``, RabbitMQ above 128 MiB, and then loses
the next message too.

## Example
```python
>>> call(greet, "x" * 300_000).check()[0].message
'the arguments take more than 262144 bytes'

```

## Use instead
Store the data, and pass its key. Another budget, in bytes:
```python
app.conf.celerykit = {"payload_budget": 1_000_000}
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK304", "heavy-payload", "warning", "send", frozenset({"arguments"}))


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the arguments are larger than the app's budget."""
    budget = facts.payload_budget
    if request.weight(facts) > budget:
        message = f"the arguments take more than {budget} bytes"
        yield RULE.found(
            request.task, "arguments", None, message, "Store the data, and pass its key"
        )
