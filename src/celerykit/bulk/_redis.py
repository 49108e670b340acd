"""Write to Redis: one command for a whole batch."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

from redis.exceptions import RedisError, ResponseError

from celerykit.bulk._capture import Tap
from celerykit.bulk._fence import augmented, redis_key
from celerykit.bulk._fresh import numbered_ids
from celerykit.bulk._general import Declared, GeneralWriter
from celerykit.bulk._jsontext import escaped, form, kombu_json
from celerykit.bulk._ledger import Outcome
from celerykit.bulk._marks import MARKS, marked
from celerykit.bulk._patience import persist
from celerykit.bulk._wire import (
    ANSWER_S,
    Filler,
    Flushed,
    Maker,
    Publication,
    Slots,
    Wire,
    repeated,
    shortest,
    spread,
)

__all__ = ["RedisWriter"]

_EMPTY: Final = "[[], {}, "


class Push(NamedTuple):
    """A message for a Redis list."""

    key: str
    value: bytes


class RedisWriter:
    """Writes with LPUSH, as kombu does, but many messages in one command and one answer."""

    def __init__(self, producer: Any) -> None:
        """Write where *producer*, one of the app's own pool, does."""
        self._general = GeneralWriter(producer)
        self.patience = ANSWER_S
        self._declared = Declared(producer.maybe_declare)
        self._channel: Any = producer.channel
        self._tap = Tap(self._channel)
        self._connection: Any = None
        self._tags = numbered_ids()

    def connect(self, policy: Mapping[str, Any]) -> None:
        """Make sure there is a connection that is alive."""
        persist(self._reach, (RedisError, OSError), policy)

    def _reach(self) -> None:
        connection = self._connection
        if connection is None:
            connection = self._connection = _taken(self._channel.pool)
        try:
            stale = connection.can_read(0)  # nothing was asked: it was closed at the other end
        except (RedisError, OSError):
            stale = True
        if stale:
            connection.disconnect()
        connection.connect()

    def wire(self, publication: Publication) -> Wire:
        """Return a message as kombu would write it."""
        options = publication.options
        if not _is_for_a_list(options):
            return self._general.wire(publication)
        message, how = self._tap.prepared(publication)
        message = augmented(self._channel, message, how)
        key = redis_key(self._channel, message, how["routing_key"])
        self._declared.want(options.get("declare"))
        return Push(key, kombu_json.dumps(message).encode())

    def filler(self, model: Maker, slots: Slots) -> Filler | None:
        """Return what fills in one JSON text; None for a message that is not plain JSON."""
        found = self._marked(model.made(marked(slots)))
        if found is None:
            return None
        key, text, tail = found
        quoted = {f'"{mark}"': number for number, mark in enumerate(MARKS)}
        fill, tags = form(text, quoted), self._tags

        def push(slots: Slots, body: str) -> Push:
            task_id, _, _, args, kwargs, eta, expires, index, reply_to = slots
            packed = b64encode(f"{body}{tail}".encode()).decode()
            values = (
                *(escaped(task_id), escaped(args), escaped(kwargs), f'"{eta}"', f'"{expires}"'),
                *(str(index), f'"{reply_to}"', f'"{packed}"', f'"{next(tags)}"'),
            )
            return Push(key, fill(values).encode())

        return push

    def _marked(self, publication: Publication) -> tuple[str, str, str] | None:
        """Return key and text of a message with marks in it, and what follows its arguments."""
        if not _is_for_a_list(publication.options):
            return None
        message, how = self._tap.prepared(publication)
        body = message["body"]
        is_json = message["content-type"] == "application/json"
        if not is_json or "compression" in message["headers"] or not body.startswith(_EMPTY):
            return None
        message = augmented(self._channel, message, how)
        key = redis_key(self._channel, message, how["routing_key"])
        if message["properties"]["body_encoding"] != "base64":
            return None
        message["body"], message["properties"]["delivery_tag"] = MARKS.body, MARKS.tag
        return key, kombu_json.dumps(message), body.removeprefix(_EMPTY)

    def alike(self, ours: Wire, theirs: Wire) -> bool:
        """Return whether two messages are the same, but for their delivery tags."""
        return bool(_untagged(ours) == _untagged(theirs))

    def weight(self, wire: Wire) -> int:
        """Return how many bytes a message takes."""
        return len(wire.value) if type(wire) is Push else self._general.weight(wire)

    def declare(self) -> None:
        """Declare what waits."""
        self._declared.declare()

    def flush(self, wires: Sequence[Wire]) -> Flushed:
        """Push *wires*, each run of one key at once."""
        try:
            self.declare()
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            return Flushed("not_sent", error, retry=True)
        outcomes: list[Outcome] = []
        for key, several in groupby(wires, lambda wire: getattr(wire, "key", None)):
            part = [*several]
            flushed = self._general.flush(part) if key is None else self._push(key, part)
            outcomes += spread(flushed, len(part))
            if flushed.error is not None:
                outcomes += repeated("not_sent", len(wires) - len(outcomes))
                return Flushed(outcomes, *flushed[1:])
        return Flushed("sent")

    def _push(self, key: str, pushes: Sequence[Push]) -> Flushed:
        connection = self._connection
        try:
            # One command either arrives whole or is never carried out.
            connection.send_packed_command([_command(key, pushes)], check_health=False)
        except (RedisError, OSError) as error:
            return Flushed("not_sent", error, retry=True)
        try:
            patience = min(self.patience, shortest(connection.socket_timeout))
            if not connection.can_read(patience):
                connection.disconnect()
                late = TimeoutError(f"no answer within {patience:g} s")
                return Flushed("unknown", late, lost=True)
            connection.read_response()
        except ResponseError as error:
            return Flushed("not_sent", error)
        except Exception as error:  # noqa: BLE001 - it was written, whatever the answer is
            connection.disconnect()
            return Flushed("unknown", error, lost=True)
        return Flushed("sent")

    def drop(self) -> None:
        """Close the connection; the next one declares the queues again."""
        self._connection.disconnect()
        self._declared.forget()

    def close(self) -> None:
        """Give the connection back to the pool of kombu's channel."""
        self._channel.pool.release(self._connection)

    def abandon(self) -> None:
        """Let go of the socket; redis-py shuts down none that another process has opened."""
        self._connection.disconnect()


def _is_for_a_list(options: Mapping[str, Any]) -> bool:
    """Return whether a message goes to one queue, and does no more than lie there."""
    if options.get("exchange"):
        return False  # many queues may get it, or those who listen
    # Each message to a queue that expires renews its expiry.
    return not any(
        getattr(entity, "expires", None)
        or "x-expires" in (getattr(entity, "queue_arguments", None) or {})
        for entity in options.get("declare") or ()
    )


def _untagged(wire: Wire) -> Any:
    message = kombu_json.loads(wire.value)
    tag = message["properties"].pop("delivery_tag")
    return wire.key, wire.value.replace(tag.encode(), b"")


def _taken(pool: Any) -> Any:
    try:
        return pool.get_connection()
    except TypeError:  # redis-py before 5.3 wants to know for which command
        return pool.get_connection("LPUSH")


def _command(key: str, pushes: Sequence[Push]) -> bytes:
    """Return ``LPUSH key value...`` in Redis's own protocol."""
    name = key.encode()
    parts = [b"*%d\r\n$5\r\nLPUSH\r\n$%d\r\n%b\r\n" % (2 + len(pushes), len(name), name)]
    parts += [b"$%d\r\n%b\r\n" % (len(value), value) for _, value in pushes]
    return b"".join(parts)
