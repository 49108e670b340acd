"""Write to RabbitMQ through what is public in kombu and py-amqp, with a wait for many confirms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from celerykit.bulk._general import GeneralWriter
from celerykit.bulk._ledger import Outcome
from celerykit.bulk._link import Link
from celerykit.bulk._wire import Asks, Flushed, Wire, repeated

__all__ = ["ConfirmedWriter", "public_writer"]


def public_writer(app: Any, asks: Asks, producer: Any) -> GeneralWriter:
    """
    Return the fastest writer for *producer* of *app* that needs nothing but what is public.

    It *asks* for confirms, or the connection does.
    """
    options: Mapping[str, Any] = producer.connection.transport_options
    confirms = asks == "confirms" or bool(options.get("confirm_publish"))
    if confirms and hasattr(producer.channel, "confirm_select"):
        return ConfirmedWriter(app, producer)
    return GeneralWriter(producer)


class ConfirmedWriter(GeneralWriter):
    """
    Publishes one message after the other, and then waits for the confirms of all.

    With ``confirm_publish`` py-amqp waits for that of each. So this has a connection of its own,
    without that option, and a channel on which the broker confirms all the same.
    """

    def __init__(self, app: Any, producer: Any) -> None:
        """Write where *producer*, one of the pool of *app*, does."""
        super().__init__(producer)
        own = app.connection_for_write(transport_options={"confirm_publish": False})
        self._kind: Any = type(producer)
        self._serializer = producer.serializer
        self._link = Link(own, confirms=True)

    def connect(self, policy: Mapping[str, Any]) -> None:
        """Make sure there is a channel that is open, as far as can be seen from here."""
        if self._link.connect(policy):
            self._producer = self._kind(
                self._link.channel, auto_declare=False, serializer=self._serializer
            )
            self._declared.declare_with(self._producer.maybe_declare)

    def flush(self, wires: Sequence[Wire]) -> Flushed:
        """Publish *wires*, and wait until the broker has answered for all."""
        link = self._link
        answers = link.answers
        answers.expect([options.get("correlation_id", "") for _, options in wires])
        written = 0
        try:
            with link.bounded(self.patience):
                self.declare()
                for body, options in wires:
                    written += 1
                    self._producer.publish(body, **options)
                link.wait()
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            outcomes = _known(answers.outcomes("unknown"), len(wires), written)
            return Flushed(outcomes, error, retry=True)
        return Flushed(answers.outcomes("sent"), answers.error)

    def drop(self) -> None:
        """Close the socket; another connection declares the queues again."""
        self._link.drop()

    def close(self) -> None:
        """Close the connection."""
        self._link.close()
        self._link.connection.release()


def _known(outcomes: Sequence[Outcome] | Outcome, size: int, written: int) -> list[Outcome]:
    """Return *outcomes* of a batch of *size* that failed after so many were *written*."""
    known = repeated(outcomes, size) if isinstance(outcomes, str) else outcomes
    return [*known[:written], *repeated("not_sent", size - written)]
