"""What every writer does: make messages ready for one broker, and hand over many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from celerykit.bulk._ledger import Outcome

__all__ = [
    "ANSWER_S",
    "Asks",
    "Filler",
    "Flushed",
    "Maker",
    "Publication",
    "Slots",
    "Wire",
    "Writer",
    "repeated",
    "shortest",
    "spread",
]

# How long a broker may take to answer one batch before its outcome counts as unknown, unless the
# settings of its connection allow for less.
ANSWER_S: Final = 30.0

# What a broker that need not answer is asked for: "confirms" of each message; after a "batch" one
# answer for all, or confirms if the transport's options say so; "nothing" but such confirms.
Asks: TypeAlias = Literal["confirms", "batch", "nothing"]

# One message, ready for the broker; what is in it is the writer's own affair.
Wire: TypeAlias = Any


class Publication(NamedTuple):
    """What Celery hands to ``Producer.publish``: the body, and everything else by name."""

    body: Any
    options: dict[str, Any]


class Slots(NamedTuple):
    """What is different in each message of one task with the same options."""

    task_id: str
    args: Any
    kwargs: Any
    argsrepr: str
    kwargsrepr: str
    eta: str | None
    expires: str | None
    group_index: int | None = None
    reply_to: str | None = None


class Flushed(NamedTuple):
    """
    What became of a batch.

    Attributes:
        outcomes: One for each message in order, or one for all.
        error: What went wrong, if anything did.
        retry: Whether what was not sent is worth another attempt.
        lost: Whether what nobody knows of is so since the connection failed.
    """

    outcomes: Sequence[Outcome] | Outcome
    error: BaseException | None = None
    retry: bool = False
    lost: bool = False


class Maker(Protocol):
    """Makes whole messages that are alike but for their slots."""

    def made(self, slots: Slots, /) -> Publication:
        """Return a message."""
        ...


class Filler(Protocol):
    """Makes a message from what is different in it."""

    def __call__(self, slots: Slots, body: str, /) -> Wire:
        """Return the message; *body* are the arguments as JSON, without what follows them."""
        ...


class Writer(Protocol):
    """
    Writes to one broker. Belongs to one thread at a time.

    Attributes:
        patience: How many seconds the broker may take to answer, where the writer waits itself.
    """

    patience: float

    def connect(self, policy: Mapping[str, Any], /) -> None:
        """Make sure there is a connection, or raise once *policy* allows no more attempts."""
        ...

    def wire(self, publication: Publication, /) -> Wire:
        """Return a message ready to be written. Raise what kombu raises for one that cannot be."""
        ...

    def filler(self, model: Maker, slots: Slots, /) -> Filler | None:
        """
        Return what makes messages like *model* much faster than ``wire``; None if nothing does.

        *slots* are those of one such message: they tell whether it has an eta, an expiry.
        """
        ...

    def alike(self, ours: Wire, theirs: Wire, /) -> bool:
        """Return whether two messages are the same, but for what is random in each."""
        ...

    def weight(self, wire: Wire, /) -> int:
        """Return about how many bytes a message takes."""
        ...

    def declare(self) -> None:
        """Declare the queues that the next batch needs, as ``flush`` would; raise what fails."""
        ...

    def flush(self, wires: Sequence[Wire], /) -> Flushed:
        """Hand over *wires*, in order; never raise an Exception, and never write one twice."""
        ...

    def drop(self) -> None:
        """Forget the connection, which failed, without waiting for the broker."""
        ...

    def close(self) -> None:
        """Give back what the writer holds."""
        ...

    def abandon(self) -> None:
        """Let go of the socket without a word, in a forked child: it belongs to the parent."""
        ...


def shortest(*timeouts: float | None) -> float:
    """Return how many seconds to wait for a broker whose settings allow for these *timeouts*."""
    return min(ANSWER_S, *(each or ANSWER_S for each in timeouts))


def spread(flushed: Flushed, size: int) -> Sequence[Outcome]:
    """Return the outcome of each of *size* messages."""
    outcomes = flushed.outcomes
    return repeated(outcomes, size) if isinstance(outcomes, str) else outcomes


def repeated(outcome: Outcome, size: int) -> list[Outcome]:
    """Return the same outcome so many times."""
    return [outcome] * size
