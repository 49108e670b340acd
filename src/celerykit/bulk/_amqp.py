"""Write to RabbitMQ: many messages in one write, on a channel of one's own, and one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from amqp import spec
from amqp.exceptions import NotFound
from kombu import common

from celerykit.bulk._capture import Tap
from celerykit.bulk._frames import Encoder, frame_form, on_channel
from celerykit.bulk._general import Declared
from celerykit.bulk._link import Link
from celerykit.bulk._marks import marked
from celerykit.bulk._wire import (
    ANSWER_S,
    Asks,
    Filler,
    Flushed,
    Maker,
    Publication,
    Slots,
    Wire,
)

__all__ = ["AmqpWriter"]

# kombu carries no types.
maybe_declare: Any = vars(common)["maybe_declare"]

_EMPTY: Final = "[[], {}, "


class Frames(NamedTuple):
    """A message for RabbitMQ."""

    data: bytes
    channel_id: int
    task_id: str
    exchange: str


class AmqpWriter:
    """Writes the frames that py-amqp would, many at a time, on a channel of its own."""

    def __init__(self, producer: Any, asks: Asks) -> None:
        """Write over the connection of *producer*."""
        connection: Any = producer.connection
        options: Mapping[str, Any] = connection.transport_options
        self._confirms = asks == "confirms" or bool(options.get("confirm_publish"))
        self._waits = asks == "batch"
        self.patience = ANSWER_S
        self._proved: set[str] = set()
        self._link = Link(connection, confirms=self._confirms)
        self._declared = Declared(lambda entity: maybe_declare(entity, self._link.channel))

    def connect(self, policy: Mapping[str, Any]) -> None:
        """Make sure there is a channel that is open, as far as can be seen from here."""
        if self._link.connect(policy):
            channel = self._link.channel
            self._tap, self._encode = Tap(channel), Encoder(channel.connection)
            self._declared.forget()  # the connection may be a new one
            self._proved = {""}  # the default exchange is always there

    def wire(self, publication: Publication) -> Wire:
        """Return the frames of a message."""
        self._declared.want(publication.options.get("declare"))
        message, how = self._tap.prepared(publication)
        channel_id = self._link.channel_id
        task_id = str(publication.options.get("correlation_id"))
        data = self._encode(channel_id, message, how)
        return Frames(data, channel_id, task_id, how["exchange"])

    def filler(self, model: Maker, slots: Slots) -> Filler | None:
        """Return what fills in the frames of one; None for a message that is not plain JSON."""
        message, how = self._tap.prepared(model.made(marked(slots)))
        start = message.body
        is_json = message.properties["content_type"] == "application/json"
        if not is_json or "compression" in message.headers or not start.startswith(_EMPTY):
            return None
        link = self._link
        channel_id, frame_max = link.channel_id, link.frame_max
        data = self._encode(channel_id, message, how)
        tail = start.removeprefix(_EMPTY)
        fill = frame_form(data, message, frame_max)
        if fill is None:
            return None

        def frames(slots: Slots, body: str) -> Wire:
            # After a reconnection to another node a frame may have to be shorter.
            filled = fill(slots, body + tail) if frame_max == link.frame_max else None
            if filled is None:
                return self.wire(model.made(slots))
            return Frames(filled, channel_id, slots.task_id, how["exchange"])

        return frames

    def alike(self, ours: Wire, theirs: Wire) -> bool:
        """Return whether two messages are the same."""
        return bool(ours == theirs)

    def weight(self, wire: Wire) -> int:
        """Return how many bytes the frames take."""
        return len(wire.data)

    def declare(self) -> None:
        """Declare what waits."""
        if not self._declared.is_done:
            with self._link.bounded(self.patience):
                self._declared.declare()

    def flush(self, wires: Sequence[Wire]) -> Flushed:
        """Write *wires* at once, and wait until the broker has answered for all."""
        try:
            self.declare()
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            return Flushed("not_sent", error, retry=True)
        link = self._link
        answers, own = link.answers, link.channel.channel_id
        answers.expect([wire.task_id for wire in wires])
        frames = [each if at == own else on_channel(each, own) for each, at, *_ in wires]
        new = {wire.exchange for wire in wires} - self._proved
        try:
            with link.bounded(self.patience):
                link.connection.connection.transport.write(b"".join(frames))
                if self._confirms:
                    link.wait()
                elif self._waits or new:
                    self._barrier()  # an exchange that is missing closes the channel for all
        except NotFound as error:
            # Whatever comes after what closed the channel is dropped; so is that itself.
            alone = len(wires) == 1
            return Flushed("not_sent" if alone else answers.outcomes("unknown"), error)
        except Exception as error:  # noqa: BLE001 - as above
            return Flushed(answers.outcomes("unknown"), error, lost=True)
        self._proved |= new
        return Flushed(answers.outcomes("sent"), answers.error)

    def _barrier(self) -> None:
        """Wait for an answer to what changes nothing: the broker took in all before it."""
        self._link.channel.send_method(spec.Basic.Qos, "lBb", (0, 0, False))
        self._link.channel.wait(spec.Basic.QosOk)

    def drop(self) -> None:
        """Close the socket; another connection declares the queues again."""
        self._link.drop()

    def close(self) -> None:
        """Close the channel."""
        self._link.close(self.patience)

    def abandon(self) -> None:
        """Let go of the socket without a word."""
        self._link.abandon()
