"""Send through celerykit and plain Celery in turns; a time counts if all messages are right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol

from brokers import Stage
from messages import WrongMessageError, check, received
from timing import Spread, side_by_side

__all__ = ["Sent", "race"]

_ROUNDS = 1500  # of one message each: a round that something interrupts spoils no other


class Sent(Protocol):
    """What a sender returns: celerykit's Handle, or Celery's AsyncResult."""

    @property
    def id(self) -> str:
        """The id of the message that was sent."""
        ...


def race(
    stage: Stage,
    ours: Callable[[], Sent],
    theirs: Callable[[], Sent],
    *,
    delay: timedelta = timedelta(0),
) -> Spread:
    """
    Return the time of *ours* as a multiple of the time of *theirs*.

    Args:
        stage: Where both send to.
        ours: Sends one message through celerykit.
        theirs: Sends one that means the same through plain Celery.
        delay: The countdown that both carry.

    Raises:
        WrongMessageError: A message is missing, or doubled, or says something else.
    """
    model = _one_message(stage, theirs)
    sent: list[Sent] = []
    before = datetime.now(timezone.utc)
    spread = side_by_side(
        lambda: sent.append(ours()),
        lambda: sent.append(theirs()),
        rounds=_ROUNDS,
        repeats=1,
    )
    after = datetime.now(timezone.utc)
    messages = received(stage, len(sent))
    check(messages, [each.id for each in sent], model, (before + delay, after + delay))
    return spread


def _one_message(stage: Stage, send: Callable[[], Sent]) -> Any:
    send()
    found = received(stage, 1)
    if len(found) != 1:
        raise WrongMessageError(f"plain Celery sent one message, {len(found)} arrived")
    return found[0]
