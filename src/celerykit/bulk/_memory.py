"""Write to the memory transport: no wire, so a message is a dict that is put in a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from celerykit.bulk._capture import Tap
from celerykit.bulk._general import Declared
from celerykit.bulk._ledger import Outcome
from celerykit.bulk._marks import marked
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

__all__ = ["MemoryWriter"]

_EMPTY = "[[], {}, "


class MemoryWriter:
    """Puts messages where the same process takes them from; nothing is ever unknown."""

    def __init__(self, producer: Any) -> None:
        """Write where *producer*, one of the app's own pool, does."""
        self._channel: Any = producer.channel
        self.patience = ANSWER_S
        self._declared = Declared(producer.maybe_declare)
        self._tap = Tap(self._channel)

    def connect(self, policy: Mapping[str, Any]) -> None:
        """Do nothing: memory is there."""

    def wire(self, publication: Publication) -> Wire:
        """Return a message as kombu prepares it."""
        self._declared.want(publication.options.get("declare"))
        return self._tap.prepared(publication)

    def filler(self, model: Maker, slots: Slots) -> Filler | None:
        """Return what copies one message; None for a message that is not plain JSON."""
        message, how = self._tap.prepared(model.made(marked(slots)))
        start, headers, properties = message["body"], message["headers"], message["properties"]
        is_json = message["content-type"] == "application/json"
        if not is_json or "compression" in headers or not start.startswith(_EMPTY):
            return None
        tail = start.removeprefix(_EMPTY)
        is_root = headers["root_id"] == headers["id"]
        nested: list[tuple[str, Any]] = [
            (name, value) for name, value in headers.items() if isinstance(value, list | dict)
        ]

        def copied(slots: Slots, body: str) -> Wire:
            task_id = slots.task_id
            own = {**headers, "id": task_id, "eta": slots.eta, "expires": slots.expires}
            for name, value in nested:
                own[name] = value.copy()
            own["argsrepr"], own["kwargsrepr"] = slots.argsrepr, slots.kwargsrepr
            own["group_index"] = slots.group_index
            if is_root:
                own["root_id"] = task_id
            more: dict[str, Any] = {**properties, "correlation_id": task_id, "delivery_info": {}}
            more["reply_to"] = slots.reply_to
            return {**message, "body": body + tail, "headers": own, "properties": more}, how

        return copied

    def alike(self, ours: Wire, theirs: Wire) -> bool:
        """Return whether two messages are the same."""
        return bool(ours == theirs)

    def weight(self, wire: Wire) -> int:
        """Return how many bytes the body takes."""
        return len(wire[0]["body"])

    def declare(self) -> None:
        """Make the queues that are missing."""
        self._declared.declare()

    def flush(self, wires: Sequence[Wire]) -> Flushed:
        """Put *wires* in their queues."""
        done = 0
        try:
            self.declare()
            for message, how in wires:
                self._channel.basic_publish(message, **how)
                done += 1
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            left: list[Outcome] = repeated("not_sent", len(wires) - done)
            return Flushed([*repeated("sent", done), *left], error)
        return Flushed("sent")

    def drop(self) -> None:
        """Do nothing: memory does not fail."""

    def close(self) -> None:
        """Do nothing: the channel belongs to the producer."""

    def abandon(self) -> None:
        """Do nothing: each process has its own memory."""
