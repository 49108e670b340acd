"""Write through kombu's public Producer, which every broker has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final, TypeVar

from kombu import serialization

from celerykit.bulk._ledger import Outcome
from celerykit.bulk._wire import (
    ANSWER_S,
    Filler,
    Flushed,
    Maker,
    Publication,
    Slots,
    Wire,
    repeated,
)

__all__ = ["Declared", "GeneralWriter", "opened", "serialized"]

T = TypeVar("T")

_POLICY: Final = ("max_retries", "interval_start", "interval_step", "interval_max")

_MOST: Final = 500  # so many are remembered as declared

# kombu carries no types.
_dumps: Any = serialization.dumps


def serialized(body: Any, options: dict[str, Any], serializer: str | None = None) -> Any:
    """Return *body* as a serializer writes it, and say in *options* which; it may be so already."""
    serializer = options.pop("serializer", None) or serializer
    if options.get("content_type"):
        return body
    kind, encoding, body = _dumps(body, serializer=serializer)
    options["content_type"], options["content_encoding"] = kind, encoding
    return body


def _reach(connection: Any, policy: Mapping[str, Any]) -> None:
    """Make sure that *connection* is there, trying again as *policy* says."""
    given = {name: policy[name] for name in _POLICY if name in policy}
    connection.ensure_connection(**given)


def opened(connection: Any, policy: Mapping[str, Any], what: Callable[[], T]) -> T:
    """
    Return *what* is opened over *connection*, once that is there.

    One that breaks meanwhile is closed, and is made anew once if *policy* allows to try again.
    """
    tries = 1 if policy.get("max_retries") == 0 else 2
    while True:
        _reach(connection, policy)
        tries -= 1
        try:
            return what()
        except BaseException as error:
            connection.collect()  # kombu would forget the socket without closing it
            if not tries or not isinstance(error, connection.recoverable_connection_errors):
                raise


class Declared:
    """The queues and exchanges that a run has declared, or is about to."""

    __slots__ = ("_declare", "_known", "_waiting")

    def __init__(self, declare: Callable[[Any], object]) -> None:
        """Use *declare* for each."""
        self._declare = declare
        self._known: dict[int, Any] = {}
        self._waiting: list[Any] = []

    def want(self, entities: Sequence[Any] | None) -> None:
        """Have *entities* declared before the next batch, if they were not yet."""
        for entity in entities or ():
            if id(entity) not in self._known:
                if len(self._known) >= _MOST:  # such as each thread's own queue for replies
                    self._known.clear()
                self._known[id(entity)] = entity  # and keep it, or its id may be another's
                self._waiting.append(entity)

    @property
    def is_done(self) -> bool:
        """Whether nothing waits to be declared."""
        return not self._waiting

    def declare(self) -> None:
        """Declare what waits."""
        while self._waiting:
            self._declare(self._waiting[0])
            del self._waiting[0]

    def forget(self) -> None:
        """Have everything declared again: the connection is a new one."""
        self._waiting = [*self._known.values()]

    def declare_with(self, declare: Callable[[Any], object]) -> None:
        """Use *declare* from now on, and for everything again."""
        self._declare = declare
        self.forget()


class GeneralWriter:
    """Writes one message after the other; in one go where kombu can (5.7, on Redis)."""

    def __init__(self, producer: Any) -> None:
        """Write with *producer*, one of the app's own pool."""
        self._producer = producer
        self.patience = ANSWER_S
        self._declared = Declared(producer.maybe_declare)

    def connect(self, policy: Mapping[str, Any]) -> None:
        """Make sure there is a connection."""
        _reach(self._producer.connection, policy)

    def wire(self, publication: Publication) -> Wire:
        """Return a message with its body serialized: nothing of that can fail in mid-batch."""
        body, given = publication
        options = dict(given)
        self._declared.want(options.pop("declare", None))
        body = serialized(body, options, self._producer.serializer)
        # To try again after a lost answer would send twice and not say so.
        options["retry"] = False
        return Publication(body, options)

    def filler(self, model: Maker, slots: Slots) -> Filler | None:
        """Return None: what is public takes a whole message."""
        del model, slots
        return None

    def alike(self, ours: Wire, theirs: Wire) -> bool:
        """Return whether two messages are the same."""
        return bool(ours == theirs)

    def weight(self, wire: Wire) -> int:
        """Return how many bytes the body takes."""
        return len(wire.body)

    def declare(self) -> None:
        """Declare what waits."""
        self._declared.declare()

    def flush(self, wires: Sequence[Wire]) -> Flushed:
        """Publish *wires*."""
        done = 0
        pipelined = False
        try:
            self.declare()
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            return Flushed("not_sent", error, retry=True)
        try:
            with self._batch(len(wires)) as batch:
                pipelined = batch is not None
                for body, options in wires:
                    self._producer.publish(body, **options)
                    done += 1
        except Exception as error:  # noqa: BLE001 - as above
            return Flushed(_outcomes(len(wires), done, pipelined=pipelined), error)
        return Flushed("sent")

    def _batch(self, size: int) -> AbstractContextManager[Any]:
        if size > 1 and getattr(self._producer, "supports_batch_publish", False):
            batch: AbstractContextManager[Any] = self._producer.batch(size * 100)
            return batch
        return nullcontext()

    def drop(self) -> None:
        """Forget the connection."""
        connection = self._producer.connection
        connection.collect()
        self._producer.revive(connection)
        self._declared.forget()

    def close(self) -> None:
        """Do nothing: the producer belongs to whoever took it from the pool."""

    def abandon(self) -> None:
        """Do nothing: what this writes over is never kept."""


def _outcomes(size: int, done: int, *, pipelined: bool) -> list[Outcome] | Outcome:
    """Return what is known of a batch that failed after *done* messages."""
    if pipelined:  # kombu drops what it holds when a message fails, and cannot tell when writing
        return "not_sent" if done < size else "unknown"
    known: list[Outcome] = ["sent"] * done
    return [*known, "unknown", *repeated("not_sent", size - done - 1)]
