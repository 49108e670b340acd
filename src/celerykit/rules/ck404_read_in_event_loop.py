"""
## What it does
Warns when code in a running asyncio event loop waits for a result.

## Why is this bad?
Celery's ``get()`` is not asynchronous: it blocks the thread, and with it the loop. Until the result
is there, nothing else in the program runs: no other request, no timeout, no heartbeat.

## Example
```python
import asyncio
import warnings

app.conf.result_backend = "cache+memory://"
handle = call(add, 2, 3).send()
handle.async_result.backend.mark_as_done(handle.id, 5)      # as a worker would

async def page() -> int:
    return handle.get(timeout=5)
```
```python
>>> with warnings.catch_warnings(record=True) as said:
...     warnings.simplefilter("always")
...     print(asyncio.run(page()))
5
>>> print(said[0].message)
a result: CK404 Handle.get() stops the event loop of this thread until the result is there. Await asyncio.to_thread(handle.get, 5) instead.

```

## Use instead
```python
async def page() -> int:
    return await asyncio.to_thread(handle.get, 5)

assert asyncio.run(page()) == 5
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._findings import Finding, Rule
from celerykit._read import Read

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK404", "read-in-event-loop", "warning", "read", frozenset())


def check(read: Read) -> Iterator[Finding]:
    """Yield a finding if the read would stop an event loop."""
    if not read.in_loop or read.polls:
        return
    task = ", ".join(read.awaited) or "a result"
    message = f"{read.call} stops the event loop of this thread until the result is there"
    kind = read.call.partition(".")[0]
    way = {
        "Handle": "handle.get, 5",
        # join_native() would wait for ever in another thread: its backend is another one there.
        "ResultSet": "results.join, timeout=5",
        "GroupResult": "results.join, timeout=5",
    }.get(kind, "result.get, timeout=5")
    yield RULE.found(task, "", None, message, f"Await asyncio.to_thread({way}) instead")
