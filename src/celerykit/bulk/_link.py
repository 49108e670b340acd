"""A channel of one's own to RabbitMQ, and what the broker answered on it."""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from amqp.exceptions import MessageNacked

from celerykit.bulk._general import opened
from celerykit.bulk._ledger import Outcome
from celerykit.bulk._wire import ANSWER_S, shortest

__all__ = ["Link"]


class Link:
    """
    A channel of one's own: what closes it, such as an unknown exchange, harms nobody's next call.

    Attributes:
        connection: kombu's connection.
        channel: py-amqp's channel; None while there is none.
        channel_id: The number of the last channel.
        frame_max: How long a frame may be, on the last connection.
        answers: What the broker said of the messages of the last batch.
    """

    connection: Any
    channel: Any
    channel_id: int
    frame_max: int
    answers: Answers

    def __init__(self, connection: Any, *, confirms: bool) -> None:
        """Open channels on *connection*, on which the broker *confirms* each message."""
        self.connection, self.channel = connection, None
        self._confirms = confirms
        self.answers = Answers()

    def connect(self, policy: Mapping[str, Any]) -> bool:
        """Make sure there is a channel that is open, as far as can be seen; tell if it is new."""
        if self.channel is not None and not self._is_alive():
            self.drop()
        if self.channel is not None:
            return False
        opened(self.connection, policy, self._open)
        return True

    def bounded(self, patience: float = ANSWER_S) -> AbstractContextManager[object]:
        """Return what ends each wait for the broker after so many seconds, or what settings say."""
        connection = self.connection.connection
        wait = min(patience, shortest(connection.read_timeout, connection.write_timeout))
        bounded: AbstractContextManager[object] = connection.transport.having_timeout(wait)
        return bounded

    def _is_alive(self) -> bool:
        try:
            while self._poll is None or self._poll.poll(0):
                self.connection.drain_events(timeout=0)  # reads that it was closed, if it was
        except TimeoutError:
            pass
        except (*self.connection.connection_errors, *self.connection.channel_errors):
            return False
        return self.channel.connection is not None

    def _open(self) -> None:
        with self.bounded():
            self._open_channel()

    def _open_channel(self) -> None:
        channel = self.connection.channel()
        self._poll = _poll_of(channel.connection.transport.sock)
        # Messages are also made between two connections.
        self.channel_id, self.frame_max = channel.channel_id, channel.connection.frame_max
        self.answers = answers = Answers()
        if self._confirms:
            channel.confirm_select()
            channel.events["basic_ack"].add(answers.ack)
            channel.events["basic_nack"].add(answers.nack)
        channel.events["basic_return"].add(answers.returned)
        self.channel = channel

    def wait(self) -> None:
        """Wait until the broker has confirmed all messages of the batch, or has not."""
        while self.answers.missing:
            self.connection.drain_events()

    def drop(self) -> None:
        """Close the socket."""
        self.channel = None
        self.connection.collect()

    def close(self, patience: float = ANSWER_S) -> None:
        """Close the channel, once the broker has read all that was written."""
        channel, self.channel = self.channel, None
        if channel is None:
            return
        try:
            with self.bounded(patience):
                channel.close()
        except Exception:  # noqa: BLE001 - all that was to be said was said
            self.connection.collect()

    def abandon(self) -> None:
        """Let go of the socket, which py-amqp would shut down for the other process as well."""
        self._poll = None  # its number soon is that of something else
        if self.connection.connected:
            os.close(self.connection.connection.transport.sock.detach())


def _poll_of(sock: Any) -> Any:
    """Return what tells whether anything came from *sock*, faster than py-amqp; None if nothing."""
    make: Any = getattr(select, "poll", None)  # Windows has none
    if make is None or type(sock) is not socket.socket:  # TLS may have read it already
        return None
    poll = make()
    poll.register(sock.fileno(), select.POLLIN)
    return poll


class Answers:
    """What the broker said of each message of a batch."""

    def __init__(self) -> None:
        self._base = 0  # confirms count all messages of a channel, from 1
        self._low = 0  # all messages of the batch before this one are confirmed
        self._ids: list[str] = []
        self._known: dict[int, Outcome] = {}
        self._returned: set[int] = set()
        self.error: BaseException | None = None

    @property
    def missing(self) -> int:
        """How many confirms have not come."""
        return len(self._ids) - len(self._known)

    def expect(self, ids: list[str]) -> None:
        """Start a batch."""
        self._base += len(self._ids)
        self._low, self._ids, self._known, self._returned = 0, ids, {}, set()
        self.error = None

    def ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - py-amqp's own
        """Take a confirm."""
        self._settle(tag, "sent", multiple=multiple)

    def nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - as above
        """Take what is no confirm: the broker could not do what a confirm stands for."""
        self.error = self.error or MessageNacked("the broker did not confirm a message")
        self._settle(tag, "unknown", multiple=multiple)

    def _settle(self, tag: int, outcome: Outcome, *, multiple: bool) -> None:
        last = tag - self._base - 1
        for at in range(self._low if multiple else last, last + 1):
            self._known.setdefault(at, outcome)
        if multiple:
            self._low = last + 1

    def returned(self, error: BaseException, _exchange: str, _key: str, message: Any) -> None:
        """Take back a message with ``mandatory`` that no queue takes."""
        task_id = message.properties["correlation_id"]
        if task_id in self._ids:  # it may be of a batch for whose answer nobody has waited
            self.error = error
            self._returned.add(self._ids.index(task_id))

    def outcomes(self, others: Outcome) -> Sequence[Outcome] | Outcome:
        """Return the outcome of each, which for those without an answer is *others*."""
        if not self._returned and {others}.issuperset(self._known.values()):
            return others
        known: dict[int, Outcome] = {**self._known, **dict.fromkeys(self._returned, "not_sent")}
        return [known.get(at, others) for at in range(len(self._ids))]
