"""What a caller wrote, of all that Celery's ``send_task`` is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from celerykit._plain import COPIED, is_under_way
from celerykit._values import is_list
from celerykit._vocabulary import INTERNAL_OPTIONS

__all__ = ["written"]

# What Celery and its canvas give to send_task, or what says by whom it is published.
_NOT_WRITTEN: Final = frozenset(
    {
        *(*INTERNAL_OPTIONS, "name", "stamped_headers", "immutable", "add_to_parent"),
        *("producer", "publisher", "connection", "route_name"),
    }
)

# The options that every task has a value of its own for, which Celery adds to each call.
_OF_THE_TASK: Final = (
    *("queue", "routing_key", "exchange", "priority", "expires", "serializer", "delivery_mode"),
    *("compression", "time_limit", "soft_time_limit", "ignore_result", "immediate", "mandatory"),
)

_REDACTED: Final = ("argsrepr", "kwargsrepr")


def written(given: Mapping[str, Any], task: Any) -> dict[str, Any]:
    """Return what a caller wrote, of all that ``send_task`` was *given* for *task*."""
    stamps = given.get("stamped_headers")
    stamped = {*stamps} if is_list(stamps) else set[str]()
    copied = COPIED if is_under_way(given) and given.get("retries") else frozenset[str]()
    options = {
        name: value
        for name, value in given.items()
        if value is not None and name not in _NOT_WRITTEN | copied and name not in stamped
    }
    for name in _OF_THE_TASK:
        if name in options and options[name] == getattr(task, name, None):
            del options[name]
    if options.get("ignore_result") is False and task is None:
        del options["ignore_result"]
    for name in ("queue", "exchange"):
        if name in options:
            options[name] = getattr(options[name], "name", options[name])
    for name in ("link", "link_error"):
        if name in options:
            links = options[name]
            options[name] = [*links] if is_list(links) else [links]
    if stamped:
        options["stamp"] = {name: given[name] for name in stamped if name in given}
    options.update({name: given[name] for name in _REDACTED if given.get(name) is not None})
    return {name: value for name, value in options.items() if value not in ([], {})}
