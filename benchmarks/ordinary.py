"""Redis and RabbitMQ as transports that celerykit does not know: kombu alone writes to them."""

from __future__ import annotations

from kombu.transport import pyamqp, redis

__all__ = ["AmqpTransport", "Transport"]


class Transport(redis.Transport):
    """kombu's own, under another name."""


class _Channel(pyamqp.Channel):
    """The same."""


class _Connection(pyamqp.Connection):
    """The same."""

    Channel = _Channel


class AmqpTransport(pyamqp.Transport):
    """The same."""

    Connection = _Connection
