"""Which message a worker would take next."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from celerykit._gather import facts_of
from celerykit.testing._broker import Broker, Published, next_turn

__all__ = ["Waiting", "next_due", "turn_of_a_return"]


class Waiting(NamedTuple):
    """A message that waits, and where."""

    app: Any
    broker: Broker
    published: Published


def next_due(waiting: Iterable[Waiting], now: Callable[[Any], datetime]) -> Waiting | None:
    """
    Return which message a worker would take next, or None if none is due.

    First those whose turn it is: from the queue whose oldest message is the oldest, the most
    urgent, then the oldest. Then those that have waited for their eta, by it.
    """
    timed: list[tuple[datetime, int, Waiting]] = []
    queues: dict[tuple[int, str], list[Waiting]] = {}
    for each in waiting:
        published = each.published
        if published.eta is None:
            queue = (id(each.broker), "".join(published.queues[:1]))
            queues.setdefault(queue, []).append(each)
        elif published.eta <= now(each.app):
            timed.append((published.eta, published.turn, each))
    if queues:
        oldest = min(queues.values(), key=lambda queue: min(each.published.turn for each in queue))
        return min(oldest, key=_urgency)
    return min(timed)[2] if timed else None


def turn_of_a_return(app: Any, published: Published) -> int:
    """Return where a message waits that a worker gives back: RabbitMQ alone keeps its place."""
    return published.turn if facts_of(app).transport == "amqp" else next_turn()


def _urgency(waiting: Waiting) -> tuple[int, int]:
    """Return what orders the messages of one queue: the smallest comes first."""
    app, published = waiting.app, waiting.published
    priority: int = published.message["properties"].get("priority") or 0
    facts = facts_of(app)
    if facts.transport == "redis":
        steps = sorted(facts.priority_levels or (0,))
        return bisect(steps, max(priority, 0)), published.turn
    if facts.transport == "amqp":
        return -min(priority, _most_of(app, published)), published.turn
    return -priority, published.turn


def _most_of(app: Any, published: Published) -> int:
    """Return the highest priority that the queue of a message tells apart; 0: it tells none."""
    queue = app.amqp.queues.get("".join(published.queues[:1]))
    if queue is None:
        return 0
    arguments: Mapping[str, Any] = queue.queue_arguments or {}
    most: int = queue.max_priority or arguments.get("x-max-priority") or 0
    return most
