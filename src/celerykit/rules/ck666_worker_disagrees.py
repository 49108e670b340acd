"""
## What it does
With ``--live``: finds a worker of this app's queues whose settings do not go with the app's.

Compared are the result backend, the serializers that are written and accepted, and on Redis the
visibility timeout and the priority steps. Of the result backend only its kind and its database are:
one server has many names.

## Why is this bad?
Each side goes by its own settings, and neither is told. A worker that does not accept the
serializer used here throws the calls away; one that stores results elsewhere leaves this process
waiting for ever; one with a shorter visibility timeout delivers tasks again that still run.

## Example
```python
app.conf.task_serializer = "yaml"   # the worker was started with accept_content = ["json"]
```

## Use instead
Write the settings once, in a module that both sides read, and start the workers again:
```python
app.conf.task_serializer = "json"
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from celerykit._config import Config
from celerykit._findings import Finding, Rule, shown
from celerykit._live import Live, Worker
from celerykit._secrets import masked
from celerykit._values import is_dict, is_list, is_number

__all__ = ["RULE", "check"]

RULE: Final = Rule("CK666", "worker-disagrees", "warning", "live", frozenset())

_TRANSPORT: Final = "broker_transport_options"
# What kombu's transport for Redis takes where nothing is written.
_VISIBILITY_S: Final = 3600
_STEPS: Final = (0, 3, 6, 9)


def check(config: Config, live: Live) -> Iterator[Finding]:
    """Yield a finding for each setting of each worker that does not go with this app's."""
    for worker in live.readers:
        for name, value, danger in _differences(config, live, worker):
            message = f"{worker.name} has {name} = {value}: {danger}"
            remedy = f"Give both sides the same {name}, and start the worker again"
            yield config.found(RULE, name, message, remedy)


def _differences(config: Config, live: Live, worker: Worker) -> Iterator[tuple[str, str, str]]:
    """Yield each setting that differs, the worker's value, and what comes of it."""
    yield from _backend(live, worker)
    written = config.facts.serializer
    if worker.accepts is not None and written not in worker.accepts:
        danger = f"it throws away what is sent from here as {written!r}"
        yield "accept_content", shown(sorted(worker.accepts)), danger
    if worker.settings is None:
        return
    results = worker.settings.get("result_serializer")
    if config.backend and live.accepts is not None and results not in live.accepts:
        danger = f"its results are refused here, where {shown(sorted(live.accepts))} is accepted"
        yield "result_serializer", repr(results), danger
    if config.facts.transport == "redis":
        yield from _transport(live.settings.get(_TRANSPORT), worker.settings.get(_TRANSPORT))


def _backend(live: Live, worker: Worker) -> Iterator[tuple[str, str, str]]:
    """Yield the result backend if both are known, one is used here, and they differ for certain."""
    if not (live.results and worker.results) or _stored(live.results)[0] == "disabled":
        return
    if _stored(live.results) != _stored(worker.results):
        danger = f"its results never arrive here, where it is {masked(live.results)}"
        yield "result_backend", masked(worker.results), danger


def _stored(url: str) -> tuple[str, str]:
    """
    Return the kind of a result backend, and which of its databases it is.

    One server has many names, "localhost" here and "redis" in a container: they tell nothing.
    """
    scheme, _, rest = url.partition(":")
    path = urlsplit(rest).path.strip("/")
    kind = "redis" if scheme == "rediss" else scheme
    return kind, path or ("0" if kind == "redis" else "")


def _transport(mine: Any, theirs: Any) -> Iterator[tuple[str, str, str]]:
    """Yield the options of the Redis transport by which messages are lost, or run again."""
    here, there = (each if is_dict(each) else {} for each in (mine, theirs))
    longer, shorter = (each.get("visibility_timeout", _VISIBILITY_S) for each in (here, there))
    if is_number(longer) and is_number(shorter) and shorter < longer:
        danger = (
            f"after {shorter:g} s it takes a task that waits or runs for lost and starts it again, "
            f"while this app counts on {longer:g} s"
        )
        yield _TRANSPORT, masked(there), danger
    sent, read = (each.get("priority_steps", _STEPS) for each in (here, there))
    if is_list(sent) and is_list(read) and not {*sent} <= {*read}:
        danger = f"it does not read all of the priority steps {shown([*sent])} used here"
        yield _TRANSPORT, masked(there), danger
