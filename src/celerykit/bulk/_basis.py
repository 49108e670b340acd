"""All that Celery reads to make a message, besides the call itself, to see whether it changed."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any, TypeAlias

from celerykit._facts import AppFacts
from celerykit._targets import Local, Remote, itself
from celerykit.bulk._jsontext import json_parts
from celerykit.bulk._own import amqp_of, cached, signs_of

__all__ = ["Basis", "basis_of", "place_of"]

# To be compared with another one, and no more.
Basis: TypeAlias = tuple[Any, ...]


def basis_of(target: Local | Remote, facts: AppFacts) -> Basis:
    """Return what the messages of *target* are made from now; *facts* stand for all settings."""
    app = target.app
    amqp = amqp_of(app)
    sizes = amqp.argsrepr_maxsize, amqp.kwargsrepr_maxsize
    # A queue that is added may be a quorum queue, which changes what a countdown means.
    queues: Sized = cached(amqp, "queues")
    signs, routing = signs_of(target), (queues, len(queues))
    return (facts, *signs, *sizes, *routing, *json_parts(), *_task_parts(target, app))


def _task_parts(target: Local | Remote, app: Any) -> Basis:
    # Celery looks for a task of that name of its own. It has no public way that changes nothing.
    known = getattr(app, "_tasks", {}).get(target.name)
    if isinstance(target, Remote):
        return (known, *_options(known))
    task = itself(target.task)
    limits = task.soft_time_limit, task.time_limit
    return (task, task.ignore_result, task.typing, *limits, *_options(task))


def _options(task: Any) -> Basis:
    # As Celery reads them: once, unless somebody makes it forget.
    read: Any = getattr(task, "_get_exec_options", dict)
    return tuple(read().values())


def place_of(queues: Any, declared: Sequence[Any] | None) -> Basis:
    """Return where a message goes that has *declared* its queue: all that Celery reads of that."""
    return tuple(
        (
            *(queues.get(each.name) is each, each.routing_key, each.queue_arguments),
            *(each.exchange.name, each.exchange.type, each.exchange.delivery_mode),
        )
        for each in declared or ()
    )
