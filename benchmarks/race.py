"""Send through celerykit and plain Celery in turns; a time counts if all messages are right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from time import perf_counter
from typing import Any, NamedTuple, Protocol

from brokers import Stage
from messages import WrongMessageError, check, received
from timing import Spread, side_by_side

__all__ = ["Sent", "Sides", "race", "race_many"]

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


class Sides(NamedTuple):
    """Two ways to send many: each returns the ids, and how many messages that makes."""

    ours: Callable[[], list[str]]
    our_count: int
    theirs: Callable[[], list[str]]
    their_count: int


def race_many(stage: Stage, sides: Sides, rounds: int) -> Spread:
    """
    Return the time of one message of ours as a multiple of the time of one of theirs.

    Raises:
        WrongMessageError: As above; every message of every round is looked at.
    """
    timed = (sides.theirs, sides.their_count), (sides.ours, sides.our_count)
    (model, *_), *_ = [_round(stage, send, count, None)[1] for send, count in timed]
    ratios: list[float] = []
    for _ in range(rounds):
        theirs, ours = (_round(stage, send, count, model)[0] for send, count in timed)
        ratios.append(ours / theirs)
    return Spread.of(ratios)


def _round(
    stage: Stage, send: Callable[[], list[str]], count: int, model: Any
) -> tuple[float, list[Any]]:
    start = perf_counter()
    ids = send()
    each = (perf_counter() - start) / count
    messages = received(stage, count)
    now = datetime.now(timezone.utc)
    check(messages, ids, messages[0] if model is None else model, (now, now))
    return each, messages


def _one_message(stage: Stage, send: Callable[[], Sent]) -> Any:
    send()
    found = received(stage, 1)
    if len(found) != 1:
        raise WrongMessageError(f"plain Celery sent one message, {len(found)} arrived")
    return found[0]
