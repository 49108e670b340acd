"""
## What it does
Warns of settings about results in an app that has no result backend.

## Why is this bad?
Who says how long results are to be kept wants results. Without ``result_backend``, or with one that
was written under another name, none is kept: ``delay()`` says nothing, and ``get()`` raises
``NotImplementedError`` or ``AttributeError``, later and elsewhere.

## Example
```python
shop = Celery("shop", broker="memory://")
shop.conf.result_expires = 3600
```
```python
>>> diagnose(shop)[0].message
'result_expires is set, but there is no result backend, so no result is kept'

```

## Use instead
```python
shop.conf.result_backend = "redis://localhost:6379/1"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from celerykit._config import Config
from celerykit._findings import Finding, Rule

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK618", "no-result-backend", "warning", "app", frozenset())

# What nobody sets who wants no results. The serializer and its list are in every template.
_ABOUT_RESULTS: Final = (
    *("result_expires", "result_extended", "result_backend_transport_options"),
    *("result_backend_always_retry", "result_backend_max_retries", "result_cache_max"),
    *("result_chord_join_timeout", "result_chord_retry_interval", "result_persistent"),
    *("task_store_errors_even_if_ignored", "database_url", "database_table_names"),
)


def check(config: Config) -> Iterator[Finding]:
    """Yield a finding for the first setting that speaks of results which nobody keeps."""
    problem = config.backend_problem
    told = problem is not None and problem.kind != "none"  # what is wrong with the one there is
    if told or config.facts.keeps_results is not False or config.value("task_ignore_result"):
        return
    name = next(
        (each for each in _ABOUT_RESULTS if config.is_written(each) and config.value(each)), None
    )
    if name is not None:
        message = f"{name} is set, but there is no result backend, so no result is kept"
        remedy = f"Write {config.line('result_backend', repr('redis://localhost:6379/1'))}"
        yield config.found(RULE, name, message, remedy)
