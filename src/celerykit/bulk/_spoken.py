"""Celery's publish signals, for messages that its own code did not publish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from celery import VERSION, signals

from celerykit.bulk._wire import Publication

__all__ = ["HOW", "tell_after", "tell_before"]

# What Celery gives to ``Producer.publish`` besides message properties.
HOW: Final = frozenset(
    {
        *("exchange", "routing_key", "serializer", "compression", "retry", "retry_policy"),
        *("delivery_mode", "declare", "headers"),
        *(("timeout", "confirm_timeout") if VERSION >= (5, 5) else ()),
    }
)

# Before 5.7 receivers are shown the policy of the call alone, and a change of it is lost.
_WHOLE_POLICY: Final = VERSION >= (5, 7)


def tell_before(
    task: str, publication: Publication, policy_given: Mapping[str, Any] | None
) -> Publication:
    """
    Send ``before_task_publish``, and return the message as the receivers leave it.

    *policy_given* is the retry policy of the call itself.
    """
    body, options = publication
    how = {name: value for name, value in options.items() if name in HOW}
    properties = {name: value for name, value in options.items() if name not in HOW}
    declare, policy = options.get("declare"), options.get("retry_policy")
    how["declare"] = None if declare is None else [*declare]
    how["retry_policy"] = {**(policy or {})}
    signals.before_task_publish.send(
        sender=task,
        body=body,
        exchange=how["exchange"],
        routing_key=how["routing_key"],
        declare=how["declare"],
        headers=how["headers"],
        properties=properties,
        retry_policy=how["retry_policy"] if _WHOLE_POLICY else policy_given,
    )
    return Publication(body, {**how, **properties})


def tell_after(task: str, publication: Publication) -> None:
    """Send ``after_task_publish``."""
    body, options = publication
    signals.after_task_publish.send(
        sender=task,
        body=body,
        headers=options["headers"],
        exchange=options["exchange"],
        routing_key=options["routing_key"],
    )
