"""What a helper works with: a connection of its own whose every wait ends."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from celerykit.bulk._line import connected_writer
from celerykit.bulk._wire import Writer

__all__ = ["Desk", "SocketLine"]

_ONCE: Final = {"max_retries": 0}


class SocketLine:
    """
    A connection to the broker of an app, and what writes over it.

    Attributes:
        connection: kombu's connection.
        producer: kombu's producer, which connects when it is used.
        confirms: Whether the broker confirms each message.
        wait: How many seconds its sockets wait at most, where the writer does not say itself.
        source: The class that the app made the connection with: in tests it may be another later.
        writer: What writes; there is one once the broker was reached.
    """

    connection: Any
    producer: Any
    confirms: bool
    wait: float
    source: Any
    writer: Writer | None

    def __init__(self, app: Any, wait: float, *, confirms: bool) -> None:
        """Be about to connect for *app*; no wait of the sockets is longer than *wait*."""
        self.source, self.confirms, self.wait = app.amqp.Connection, confirms, wait
        self.connection = connection = app.connection_for_write()
        brokers = max(1, len(connection.alt or ()))  # to try one after the other
        each = wait / brokers
        self._policy = {"max_retries": brokers - 1, "interval_start": 0, "interval_step": 0}
        connection.connect_timeout = each
        options: Mapping[str, Any] = connection.transport_options
        connection.transport_options = {**options, **_bounds(connection, each)}
        # As kombu's pool makes them.
        self.producer = app.amqp.Producer(connection, auto_declare=False)
        self.writer = None

    def reach(self) -> Writer:
        """Return what writes, over a connection that is alive as far as can be seen."""
        if self.writer is None:
            asks: Any = "confirms" if self.confirms else "batch"
            self.writer = connected_writer(self.producer, asks, self._policy)
        else:
            self.writer.connect(self._policy)
        return self.writer

    def close(self) -> None:
        """Close the connection without waiting for the broker."""
        with suppress(Exception):  # it failed before, or nobody is interested any more
            if self.writer is not None:
                self.writer.drop()
            self.connection.collect()


def _bounds(connection: Any, wait: float) -> dict[str, Any]:
    """Return the transport's own options that end each wait of a socket."""
    kind = connection.transport.driver_type
    if kind == "redis":
        # One attempt: the line is made anew for another.
        return {"socket_timeout": wait, "socket_connect_timeout": wait, **_ONCE}
    return {"read_timeout": wait, "write_timeout": wait, **_ONCE} if kind == "amqp" else {}


class Desk:
    """
    The place of one helper.

    Attributes:
        line: Its connection, while that is in order.
    """

    line: SocketLine | None

    def __init__(self) -> None:
        """Start without a connection."""
        self.line = None

    def line_for(self, app: Any, wait: float, *, confirms: bool) -> SocketLine:
        """Return the line, or a new one where it is not what is wanted."""
        line = self.line
        if line is not None:
            is_patient = wait <= 1.1 * line.wait
            if is_patient and line.source is app.amqp.Connection and line.confirms >= confirms:
                return line
            self.clear()
        line = self.line = SocketLine(app, wait, confirms=confirms)
        return line

    def clear(self) -> None:
        """Close the connection, if there is one."""
        line, self.line = self.line, None
        if line is not None:
            line.close()

    def abandon(self) -> None:
        """Let go of the socket without a word: it belongs to another process."""
        line, self.line = self.line, None
        if line is not None and line.writer is not None:
            line.writer.abandon()
