"""
## What it does
Refuses a serializer that the same configuration does not accept: for calls or for results.

## Why is this bad?
A worker with this configuration refuses each message that is written in another format, and drops
it: the task never runs, and its result stays pending for ever. A result in another format cannot be
read: ``get()`` raises ``ContentDisallowed``.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.task_serializer = "yaml"
```
```python
>>> diagnose(shop)[0].message
"task_serializer is 'yaml', and workers accept only json: they drop every call"

```

## Use instead
```python
shop.conf.accept_content = ["json", "yaml"]
```
Of ``pickle`` the doctor says to use what is accepted instead: whoever can write a message in it can run
any code in the workers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK616", "serializer-refused", "error", "app", frozenset())


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for calls, for the calls of a task, and for results."""
    if config.facts.accepts is not None:
        yield from _of_calls(config, config.facts.accepts)
    if config.backend and config.result_accepts is not None:
        yield from _of_results(config, config.result_accepts)


def _of_calls(config: Config, calls: frozenset[str]) -> Iterator[Finding]:
    usual = config.value("task_serializer")
    if usual not in calls:
        message = f"task_serializer is {usual!r}, and workers accept {_words(calls)}: they drop "
        remedy = _instead(config.line("task_serializer", "{}"), usual, calls) or _widen(
            config, usual
        )
        yield config.found(RULE, "task_serializer", f"{message}every call", remedy)
    for task in config.tasks:
        own = task.ready.get("serializer")
        if own is not None and own != usual and own not in calls:
            message = f"{task.name} is called in {own!r}, and workers accept {_words(calls)}"
            where = f"the task in {task.where}"
            remedy = _instead("serializer={}", own, calls) or _widen(config, own)
            entry = (RULE.code, RULE.name, RULE.level)
            yield Finding(*entry, task.name, "serializer", shown(own), message, remedy, where)


def _of_results(config: Config, results: frozenset[str]) -> Iterator[Finding]:
    result = config.value("result_serializer")
    if result not in results:
        own = config.value("result_accept_content") is not None
        name = "result_accept_content" if own else "accept_content"
        message = f"result_serializer is {result!r}, and {_words(results)} is read: get() "
        line = config.line("result_serializer", "{}")
        remedy = _instead(line, result, results) or _widen(config, result, name)
        yield config.found(RULE, "result_serializer", f"{message}raises ContentDisallowed", remedy)


def _words(names: frozenset[str]) -> str:
    return f"only {' and '.join(sorted(names))}" if names else "nothing"


def _instead(line: str, serializer: str, accepted: frozenset[str]) -> str | None:
    """Return the advice to write *line* with what is accepted: who takes pickle runs any code."""
    if serializer != "pickle" or not accepted:
        return None
    safe = "json" if "json" in accepted else min(accepted)
    return f"Write {line.format(repr(safe))}"


def _widen(config: Config, serializer: str, name: str = "accept_content") -> str:
    written = [*(config.value(name) or ()), serializer]
    return f"Write {config.line(name, repr(written))}"
