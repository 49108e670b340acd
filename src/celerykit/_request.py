"""One call as the rules see it: plain values, whoever made the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["Destination", "Request"]


@dataclass(frozen=True)
class Destination:
    """
    Where the app's router sends a call.

    Attributes:
        queue: The queue's name, or None when the call goes to an exchange without a queue.
        exchange_type: ``"direct"``, ``"topic"`` and so on; None when it is not known.
        max_priority: The queue's ``x-max-priority``, or None when it has none.
        quorum: Whether it is a quorum queue.
        exchange: The exchange that the call or its route names, if any.
        routing_key: The routing key that the call or its route names, if any.
        binding: The exchange and the routing key that the queue itself is bound with, if known.
        taken: Whether a queue of the app takes what goes to *exchange* with *routing_key*; None
            when the call does not name both.
    """

    queue: str | None
    exchange_type: str | None
    max_priority: int | None = None
    quorum: bool = False
    exchange: str | None = None
    routing_key: str | None = None
    binding: tuple[str, str] | None = None
    taken: bool | None = None


@dataclass
class Request:
    """
    One call as the rules see it.

    Attributes:
        task: The task's name, or a description of what was given instead of a task.
        args: Positional arguments.
        kwargs: Keyword arguments.
        options: The options by Celery's names, as the caller wrote them.
        parameters: The names of the task's parameters; None when they are not known.
        destination: Where the call goes; None while that is not known.
        now: The moment of the send, an aware datetime; None while the call is built.
    """

    task: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]
    parameters: tuple[str, ...] | None = None
    destination: Destination | None = None
    now: datetime | None = None
