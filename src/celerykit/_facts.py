"""What the app is configured to do, as the rules need to know it: frozen, read once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

__all__ = ["UNKNOWN", "AppFacts", "Names"]


class Names(Protocol):
    """Some names: a set, or what answers like one without having them all at hand."""

    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


@dataclass(frozen=True)
class AppFacts:
    """
    What an app is configured to do. Every field is None while it is not known.

    Attributes:
        transport: kombu's driver type: ``"amqp"``, ``"redis"``, ``"memory"``, ``"sqs"`` ...
        priority_levels: The priorities that the transport itself tells apart, the least urgent
            first; empty when it knows none. None for AMQP, where each queue has its own.
        confirms: Whether publisher confirms are on.
        login: The user name of the broker connection.
        serializers: The names of the registered serializers.
        compressions: The names of the registered compressions.
        accepts: The names of the serializers that the app's own workers accept.
        queues: The names of the queues that the app declares; None when it declares none, and
            then any name is as good as another.
    """

    transport: str | None = None
    priority_levels: tuple[int, ...] | None = None
    confirms: bool | None = None
    login: str | None = None
    serializers: Names | None = None
    compressions: Names | None = None
    accepts: frozenset[str] | None = None
    queues: frozenset[str] | None = None


UNKNOWN: Final = AppFacts()
