"""What was sent: every message that left, and whether it says what plain Celery's says."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from brokers import Stage
from kombu import Queue

__all__ = ["WrongMessageError", "check", "received"]

# What no two messages share.
_OWN_HEADERS = {"id", "root_id", "eta"}
_OWN_PROPERTIES = {"correlation_id", "delivery_tag"}
_AMQP_COPY = {"application_headers"}  # the headers again, as py-amqp hands them on

_PATIENCE = 5.0
_WIDTH = 300


class WrongMessageError(Exception):
    """What was sent is not what plain Celery sends: its speed is worth nothing."""


def received(stage: Stage, wanted: int) -> list[Any]:
    """Take all messages off the queue of *stage*; wait a while until *wanted* are there."""
    found: list[Any] = []
    deadline = monotonic() + _PATIENCE
    with stage.app.connection_for_write() as connection, connection.channel() as channel:
        queue = Queue(stage.queue, channel=channel)
        while True:
            message = queue.get(no_ack=True)
            if message is not None:
                found.append(message)
            elif len(found) >= wanted or monotonic() > deadline:
                return found
            else:
                sleep(0.01)  # RabbitMQ is still taking in what was sent


def check(
    messages: Collection[Any], ids: Collection[str], model: Any, start: tuple[datetime, datetime]
) -> None:
    """
    Raise WrongMessageError unless each of *ids* has its message, and all mean what *model* does.

    Args:
        messages: All that was in the queue.
        ids: The ids that the senders returned.
        model: A message that plain Celery sent.
        start: The earliest and the latest that an eta may be.
    """
    _same("the ids", sorted(message.headers["id"] for message in messages), sorted(ids))
    expected = _meaning(model)
    for message in messages:
        for part, value in _meaning(message).items():
            _same(part, value, expected[part])
        eta = message.headers["eta"]
        if eta is not None and not start[0] <= datetime.fromisoformat(eta) <= start[1]:
            raise WrongMessageError(f"the eta {eta} is not between {start[0]} and {start[1]}")


def _meaning(message: Any) -> dict[str, Any]:
    headers, properties = message.headers, message.properties
    address = message.delivery_info
    own_id = headers["id"]
    return {
        "the body": message.body,
        "its encoding": (message.content_type, message.content_encoding),
        "the headers": {key: headers[key] for key in headers.keys() - _OWN_HEADERS},
        "the properties": {
            key: properties[key] for key in properties.keys() - _OWN_PROPERTIES - _AMQP_COPY
        },
        "the address": (address.get("exchange"), address.get("routing_key")),
        "an eta": headers["eta"] is not None,
        "one id throughout": own_id == headers["root_id"] == properties["correlation_id"],
    }


def _same(part: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongMessageError(f"{part}: {_short(found)} instead of {_short(wanted)}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}... ({len(text)} characters)"
