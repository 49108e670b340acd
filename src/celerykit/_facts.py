"""What the app is configured to do, as the rules need to know it: frozen, read once."""

# No `from __future__ import annotations` here: NamedTuple compiles each annotation that is text,
# which made a tenth of the import of celerykit.

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, Protocol, TypeAlias

from celerykit._json import RoundTrip

__all__ = ["PAYLOAD_BUDGET", "STAND_INS", "UNKNOWN", "AppFacts", "Names", "Severity"]

Severity: TypeAlias = Literal["error", "warning", "off"]

# Above this many bytes of arguments a call is worth a warning: what SQS takes at most.
PAYLOAD_BUDGET: Final = 262_144

# Brokers of tests and demonstrations, which live in this process and stand in for another one.
STAND_INS: Final = frozenset({"memory", "filesystem"})


class Names(Protocol):
    """Some names: a set, or what answers like one without having them all at hand."""

    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...


class AppFacts(NamedTuple):
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
        fallback: Whether it is the app that Celery makes up when it finds none.
        counts_given: Whether Celery, when it looks at how many arguments an errback takes, also
            counts those that it was given; before 5.7 it did.
        keeps_results: Whether results can be read: from a result backend, or since calls run
            eagerly.
        makes_backend: Whether Celery can make the result backend; without one it makes one too.
        creates_queues: Whether Celery makes a queue that is missing, or refuses it.
        has_routes: Whether ``task_routes`` is set.
        has_quorum_queues: Whether any queue of the app is a quorum queue.
        visibility_timeout: After how many seconds the broker delivers an unfinished message again.
        serializer: The name of the default serializer.
        round_trip: Writes a value as JSON the way the app would, and reads it back.
        severities: The project's own level for each code, from ``app.conf.celerykit``.
        payload_budget: Above how many bytes of arguments a call is worth a warning.
        within: After how many seconds a send has to have ended, unless the call says otherwise.
        confirm: Whether a send waits until the broker has the message; likewise.
        on_unsent: What is called where a send failed; likewise.
        wrong_setting: What is wrong with ``app.conf.celerykit``, if anything is.
        accepts: The names of the serializers that the app's own workers accept.
        queues: The names of the queues that the app declares, or names in its routes; None when
            there are none, and then any name is as good as another.
        declares_queues: Whether ``task_queues`` declares any.
    """

    transport: str | None = None
    priority_levels: tuple[int, ...] | None = None
    confirms: bool | None = None
    login: str | None = None
    serializers: Names | None = None
    compressions: Names | None = None
    # -- the app itself
    fallback: bool | None = None
    keeps_results: bool | None = None
    makes_backend: bool = True
    counts_given: bool = False
    # -- where calls may go
    queues: frozenset[str] | None = None
    declares_queues: bool = False
    creates_queues: bool = True
    has_routes: bool = False
    has_quorum_queues: bool = False
    visibility_timeout: float | None = None
    # -- how arguments travel
    serializer: str | None = None
    accepts: frozenset[str] | None = None
    round_trip: RoundTrip | None = None
    # -- what the project asks of celerykit
    severities: Mapping[str, Severity] = MappingProxyType({})
    payload_budget: int = PAYLOAD_BUDGET
    within: float | None = None
    confirm: bool = False
    on_unsent: Callable[..., Any] | None = None
    wrong_setting: str | None = None


UNKNOWN: Final = AppFacts()
