"""
## What it does
Warns when a task waits for the result of another one, and refuses it in an app that is guarded with
``guard(app, action="raise")``. To look for a result again and again at one line is to wait, too.

## Why is this bad?
While a task waits, its worker runs nothing else. The task that it waits for needs a worker as well:
as soon as all of them wait, none is left, and everything stands still for ever. That happens under
load, and not in tests. Celery refuses it in some pools, and not in gevent, eventlet and the worker
of its own tests.

## Example
```python
app.conf.result_backend = "cache+memory://"
said = []

@app.task(shared=False)
def report(x: int) -> None:
    try:
        call(add, x, 1).send().get(timeout=1)
    except (BlockingGetWarning, RuntimeError) as problem:
        said.append(problem)

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("error")
    call(report, 2).apply()
```
```python
>>> print(said[0])
proj.report: CK402 Handle.get() waits inside a task for proj.add (queue 'celery'), and a worker that waits runs nothing else. Make it the next step: a chain, a chord, link= or raise self.replace(...); where you mean it, write `with allow_blocking_get():`.

```

## Use instead
```python
from celery import chain

@app.task(shared=False)
def show(total: int) -> None: ...

chain(add.s(2, 1), show.s()).apply_async()      # nobody waits
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._findings import Finding, Rule
from celerykit._read import Read

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK402", "blocking-read", "error", "read", frozenset())

_REMEDY: Final = (
    "Make it the next step: a chain, a chord, link= or raise self.replace(...); "
    "where you mean it, write `with allow_blocking_get():`"
)


def check(read: Read) -> Iterator[Finding]:
    """Yield a finding if a task waits for a result."""
    if read.running is None:
        return
    wanted = read.wanted
    if not read.certain:
        message = f"{read.call} waits for {wanted}, in a thread that may belong to this task"
    elif read.polls:
        message = (
            f"{read.call} has looked {read.polls} times inside a task for {wanted}, "
            "and a worker that waits runs nothing else"
        )
    else:
        message = (
            f"{read.call} waits inside a task for {wanted}, "
            "and a worker that waits runs nothing else"
        )
    yield RULE.found(read.running, "", ", ".join(read.ids), message, _REMEDY)
