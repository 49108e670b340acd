"""Knock at a Redis or a RabbitMQ, with a connection of our own that ends in time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, cast

__all__ = ["TooLate", "meet_rabbitmq", "meet_redis", "redis_params"]

# What belongs to a pool of connections, and not to one.
_OF_A_POOL: Final = ("max_connections", "connection_class", "retry_on_timeout", "retry_on_error")


class TooLate(Exception):  # noqa: N818 - says what happened
    """The time was over before the server had said enough."""

    def __str__(self) -> str:
        """Return what was waited for, if it was anything else."""
        return super().__str__() or "no answer in time"


def redis_params(connection: Any) -> dict[str, Any] | None:
    """Return what kombu would open a connection to Redis with; None if that is not known."""
    from kombu.transport import redis  # noqa: PLC0415 - needs redis

    channel: Any = cast("Any", redis).Channel

    class Unconnected(channel):  # type: ignore[misc]
        """A channel that does not connect when it is made, as kombu's own does."""

        def __init__(self, transport: Any) -> None:
            super(channel, self).__init__(transport)

    transport = connection.transport
    known = getattr(Unconnected(transport), "_connparams", None)  # private
    params: dict[str, Any] | None = None if known is None else known()
    return params


def meet_redis(params: Mapping[str, Any], until: float) -> None:
    """Connect to Redis with *params*, log in and ping; raise what keeps it from that."""
    import redis  # noqa: PLC0415 - needed for this alone
    from redis.backoff import NoBackoff  # noqa: PLC0415 - as above
    from redis.retry import Retry  # noqa: PLC0415 - as above

    kind = params.get("connection_class") or redis.Connection
    own = {name: value for name, value in params.items() if name not in _OF_A_POOL}
    own["health_check_interval"] = 0
    own["retry"] = Retry(NoBackoff(), 0)
    if "host" in own:
        count = _addresses(own["host"], own.get("port"), until)
        own["socket_connect_timeout"] = _left(until) / count
    own["socket_timeout"] = _left(until)
    connection: Any = kind(**own)
    try:
        with _cut_at(until, lambda: _shut(getattr(connection, "_sock", None))):
            connection.connect()
            connection.send_command("PING")
            connection.read_response()
    finally:
        connection.disconnect()


def meet_rabbitmq(connection: Any, until: float) -> None:
    """Open kombu's *connection*, one with py-amqp, and close it; raise what keeps it from that."""
    transport = connection.transport
    held: list[Any] = []

    kind: Any = transport.Connection

    def held_on_to(**options: Any) -> Any:
        # So that it can be reached from another thread while it opens.
        held.append(kind(**options))
        return held[-1]

    transport.Connection = held_on_to
    port = connection.port or transport.default_port
    host = connection.hostname or "localhost"
    count = _addresses("127.0.0.1" if host == "localhost" else host, port, until)  # as kombu does
    left = _left(until)
    connection.connect_timeout = left / count
    connection.transport_options.update(read_timeout=left, write_timeout=left)
    try:
        with _cut_at(until, lambda: _shut(*map(_socket_of, held))):
            transport.establish_connection().close()
    finally:
        for each in held:
            each.collect()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TooLate
    return left


def _addresses(host: str, port: Any, until: float) -> int:
    """
    Return how many addresses *host* has: each is tried in turn, and may be silent.

    A name server that is silent cannot be cut off: its thread ends when Python gives up on it.
    """
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.append(error)

    thread = threading.Thread(target=look_up, daemon=True, name="celerykit-look-up")
    thread.start()
    thread.join(_left(until))
    if not found:
        message = f"the name {host!r} was not found in time"
        raise TooLate(message)
    if isinstance(found[0], OSError):
        raise found[0]
    return len(found[0])


@contextmanager
def _cut_at(until: float, cut: Callable[[], object]) -> Generator[None, None, None]:
    """Call *cut* from another thread when the time is over, and raise TooLate then."""
    fired = threading.Event()

    def fire() -> None:
        fired.set()
        cut()

    timer = threading.Timer(_left(until), fire)
    timer.start()
    try:
        yield
    except Exception as error:  # whatever the driver makes of a socket that was cut
        if fired.is_set():
            raise TooLate from error
        raise
    finally:
        timer.cancel()
        timer.join()


def _socket_of(connection: Any) -> Any:
    return getattr(getattr(connection, "_transport", None), "sock", None)


def _shut(*sockets: Any) -> None:
    """End what waits on these *sockets* of another thread; None stands for one not made yet."""
    for each in sockets:
        if each is not None:
            with suppress(OSError):  # it may be closed already
                each.shutdown(socket.SHUT_RDWR)
