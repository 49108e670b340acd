"""Priority in words that mean the same on every broker."""

from __future__ import annotations

import enum
from bisect import bisect
from collections.abc import Sequence

__all__ = ["Priority", "redis_levels"]


class Priority(enum.Enum):
    """
    How urgent a call is, in words that mean the same on every broker.

    The number that a word becomes depends on the broker and its configuration: RabbitMQ serves
    larger numbers first, up to the queue's ``x-max-priority``; Redis serves smaller ones first,
    in as many steps as ``priority_steps`` has. Where there are fewer steps than words,
    neighbours share one; HIGHEST, NORMAL and LOWEST differ wherever there are three.

    A call without any priority is not NORMAL: Celery sends none, which RabbitMQ treats as the
    lowest and Redis as the most urgent.
    """

    LOWEST = "lowest"
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    HIGHEST = "highest"

    def __repr__(self) -> str:
        """Return the word as code, for messages."""
        return f"Priority.{self.name}"

    def pick(self, levels: Sequence[int]) -> int:
        """
        Return the broker's number for this word.

        Args:
            levels: The broker's distinct numbers, the least urgent first; at least one.
        """
        top = len(levels) - 1
        normal = top // 2
        if self is Priority.LOWEST:
            return levels[0]
        if self is Priority.LOW:
            return levels[normal // 2]
        if self is Priority.NORMAL:
            return levels[normal]
        if self is Priority.HIGH:
            return levels[normal + (top - normal + 1) // 2]
        return levels[top]


def redis_levels(steps: Sequence[int]) -> tuple[int, ...]:
    """
    Return a number for each distinct step that kombu's Redis transport serves, least urgent first.

    kombu sends a message to ``steps[bisect(steps, priority) - 1]`` and serves the steps in the
    order they are written, so an unsorted list has fewer steps than it shows: this asks the same
    formula for 0 to 9, all that kombu lets through.
    """
    chosen: dict[int, int] = {}
    for number in range(10):
        step = steps[bisect(steps, number) - 1]
        if number == step or steps.index(step) not in chosen:
            chosen[steps.index(step)] = number
    return tuple(number for _, number in sorted(chosen.items(), reverse=True))
