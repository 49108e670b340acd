"""What the broker, the result backend and the workers said when they were asked: plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

__all__ = ["Live", "Unanswered", "Worker", "in_words", "short_version"]

_MOST = 3


class Unanswered(NamedTuple):
    """
    Why a server did not answer.

    Attributes:
        outcome: ``"refused"``, ``"silent"``, ``"unauthorised"`` or ``"unknown"``: in the last case
            it may be well, and could not be asked.
        seconds: How long it took to find out.
        detail: Where, and what was said, without secrets.
    """

    outcome: Literal["refused", "silent", "unauthorised", "unknown"]
    seconds: float
    detail: str

    def told(self, what: str) -> str:
        """Return in words that *what*, such as "the broker", did not answer."""
        words = {
            "refused": f"{what} is not there",
            "silent": f"{what} did not answer within {self.seconds:.1f} s",
            "unauthorised": f"{what} does not let this app in",
            "unknown": f"whether {what} answers could not be told",
        }
        return f"{words[self.outcome]}: {self.detail}"


class Worker(NamedTuple):
    """
    A worker that answered. What it did not say in time is None, and nothing is concluded from it.

    Attributes:
        name: The worker's name, such as ``"celery@host"``.
        queues: The names of the queues that it reads.
        tasks: The names of the tasks that it has.
        settings: Its settings by Celery's names, without secrets, as JSON carries them.
        celery: The version of its Celery.
        results: Its result backend, without secrets; "disabled" when it has none.
        accepts: The names of the serializers that it accepts.
    """

    name: str
    queues: frozenset[str] | None = None
    tasks: frozenset[str] | None = None
    settings: Mapping[str, Any] | None = None
    celery: str | None = None
    results: str | None = None
    accepts: frozenset[str] | None = None


@dataclass(frozen=True)
class Live:
    """
    What is known from asking.

    Attributes:
        within: How many seconds there were for it.
        broker: Why the broker did not answer; None when it did.
        backend: Why the result backend did not answer; None when it did, or when there is none.
        control: Why workers could not be asked; "" when they could.
        workers: The workers that answered.
        senders: What this app sends to each queue: the names of tasks by the name of the queue.
        consumers: How many consumers the broker knows of a queue. RabbitMQ does; Redis does not.
        settings: The app's own settings, in the form of ``Worker.settings``.
        celery: The version of Celery here.
        results: The app's own result backend, in the form of ``Worker.results``.
        accepts: The names of the serializers whose results the app accepts.
    """

    within: float = 5.0
    broker: Unanswered | None = None
    backend: Unanswered | None = None
    control: str = ""
    workers: tuple[Worker, ...] = ()
    senders: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    consumers: Mapping[str, int] = field(default_factory=dict[str, int])
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    celery: str = ""
    results: str = ""
    accepts: frozenset[str] | None = None

    @property
    def readers(self) -> tuple[Worker, ...]:
        """The workers that read a queue of this app's: others may belong to another project."""
        own = self.senders.keys()
        return tuple(each for each in self.workers if not own.isdisjoint(each.queues or ()))

    def all_said(self, what: Callable[[Worker], Any]) -> bool:
        """Return whether there are workers, and each of them said this."""
        return bool(self.workers) and all(what(each) is not None for each in self.workers)


def in_words(names: tuple[str, ...]) -> str:
    """Return *names* as a sentence has them, not too many."""
    more = len(names) - _MOST
    return ", ".join(names[:_MOST]) + (f" and {more} more" if more > 0 else "")


def short_version(version: str) -> str:
    """Return the two numbers of *version* that tell what it can do: "5.7" of "5.7.0"."""
    return ".".join(version.split(".")[:2])
