"""
## What it does
Warns when a task is sent by a name that the app does not know, but knows a very similar one.

## Why is this bad?
Sent by name, nothing checks it. The worker logs "unregistered task", discards the message and
fails the result; no errback is called.

## Example
```python
@remote("proj.ad", app=app)
def ad(x: int, y: int) -> int:
    raise NotImplementedError

app.finalize()   # as a worker does, and a project whose tasks are all imported may
```
```python
>>> call(ad, 2, 3).check()[0].message
"no task is called 'proj.ad' in this app"

```

## Use instead
```python
call(add, 2, 3).send()
```
A name that resembles none of the app's own is another service's, and passes. An app that is not
finalised yet may not know all its tasks, and nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule
from celerykit._request import Request

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK106", "unknown-task-name", "warning", "send", frozenset())

_SHORT_WORD: Final = 4


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding if the task's name is a misspelling of one that the app knows."""
    known = request.known_tasks
    if request.local or known is None or request.task in known:
        return
    similar = get_close_matches(request.task, known, n=1, cutoff=0.85)
    if similar and _is_slip(request.task, similar[0]):
        message = f"no task is called {request.task!r} in this app"
        yield RULE.found(request.task, "task", None, message, f"Did you mean {similar[0]!r}?")


def _is_slip(name: str, known: str) -> bool:
    """
    Return whether a slip of the fingers tells them apart: not a digit, not an ending.

    That is two letters swapped, one missing, one too many, or one wrong in a longer word: "get"
    and "set", or "send_sms" and "send_mms", are different tasks.
    """
    if len(name) == len(known):
        wrong = [index for index, letter in enumerate(name) if letter != known[index]]
        first, last = wrong[0], wrong[-1]
        if not (name[first : last + 1] + known[first : last + 1]).isalpha():
            return False
        if first == last:
            is_last = not known[first + 1 : first + 2].isalpha()
            return not is_last and _length_of_word(known, first) > _SHORT_WORD
        return last == first + 1 and name[first : last + 1] == known[last] + known[first]
    short, long = sorted((name, known), key=len)
    return any(
        short == long[:index] + long[index + 1 :]
        and not long[index].isdigit()
        and (
            long[index - 1] + long[index + 1]
        ).isalpha()  # "orders" and "order", "async" and "sync"
        for index in range(1, len(long) - 1)
    )


def _length_of_word(name: str, index: int) -> int:
    """Return how long the word is that has the letter at *index*."""
    words = re.finditer(r"[^\W_]+", name)
    return next(len(word[0]) for word in words if word.start() <= index < word.end())
