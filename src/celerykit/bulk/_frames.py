"""AMQP frames: as py-amqp writes them, and a frame with places to fill in."""

from __future__ import annotations

import re
from struct import pack, unpack_from
from typing import Any, Final, NamedTuple

from amqp import spec
from amqp.method_framing import frame_writer
from amqp.serialization import dumps

from celerykit.bulk._marks import MARKS
from celerykit.bulk._wire import Slots

__all__ = ["Encoder", "FrameForm", "frame_form", "on_channel"]

_HEAD: Final = 7  # type, channel and size of a frame
_END: Final = b"\xce"
_CLASS: Final = 12  # class, weight and the body's size in a header frame
_ROOM: Final = 512  # frames of a message this close to the limit are left to py-amqp
_ID: Final = len(MARKS.task_id)
_REPLY: Final = 6
_SHOWN: Final = 8  # of the slots, those before it stand in the table of headers


class Encoder:
    """py-amqp's own frame writer, which writes into memory instead of a socket."""

    def __init__(self, connection: Any) -> None:
        """Encode for *connection*, py-amqp's own."""
        self._parts: list[bytes] = []
        self._write = frame_writer(connection, self)

    def write(self, data: memoryview | bytes) -> None:
        """Take what would go to the socket."""
        self._parts.append(bytes(data))

    def __call__(self, channel_id: int, message: Any, how: dict[str, Any]) -> bytes:
        """Return the frames of ``basic_publish``."""
        flags = bool(how.get("mandatory")), bool(how.get("immediate"))
        args = dumps("Bssbb", (0, how["exchange"], how["routing_key"], *flags))
        self._parts.clear()
        self._write(1, channel_id, spec.Basic.Publish, args, message)
        return b"".join(self._parts)


def on_channel(data: bytes, channel_id: int) -> bytes:
    """Return the same frames for another channel."""
    parts = bytearray(data)
    at = 0
    while at < len(parts):
        (size,) = unpack_from(">I", parts, at + 3)
        parts[at + 1 : at + 3] = pack(">H", channel_id)
        at += _HEAD + size + 1
    return bytes(parts)


class _Split(NamedTuple):
    """The frames of a message, split where something differs."""

    before: bytes  # the method frame, and the header frame up to its size
    fixed: bytes  # class and weight
    front: bytes  # the properties up to the size of the table of headers
    table: bytes
    rest: bytes  # the properties after it
    body: bytes  # the head of the body frame, up to its size


class FrameForm:
    """The frames of a message, with places for what differs in each of its kind."""

    def __init__(self, split: _Split, frame_max: int) -> None:
        """Make the places where marks are; *frame_max* is how long a frame may be."""
        found = re.compile(b"|".join(map(re.escape, _PLACES)))
        # The table of headers first, then what follows it.
        self._order = [_PLACES[each] for each in found.findall(split.table)]
        self._behind = [_PLACES[each] for each in found.findall(split.rest)]
        self._varies = [number for number in self._order if number]
        marks = {number: len(mark) for mark, number in _PLACES.items()}
        self._fixed = len(split.table) - sum(marks[number] for number in self._varies)
        self._around = _CLASS + len(split.front) + 4 + len(split.rest)
        self._room = frame_max - self._around - _ROOM
        parts = [split.before, None, split.fixed, None, split.front, None]
        parts += [*_around(found, split.table), *_around(found, split.rest), _END, split.body]
        self._template = b"".join(
            b"%b" if part is None else part.replace(b"%", b"%%")
            for part in [*parts, None, None, _END]
        )

    @property
    def is_sound(self) -> bool:
        """Whether the marks are where they are expected."""
        behind = self._behind in ([0], [0, _REPLY])
        return self._order.count(0) > 0 and behind and {1, 2} <= {*self._varies}

    def __call__(self, slots: Slots, body: str) -> bytes | None:
        """Return the frames of a message; None for one that is left to py-amqp."""
        task_id, data = slots.task_id.encode(), body.encode()
        reply_to = (slots.reply_to or "").encode()
        filled = [task_id, *map(_item, slots[3:_SHOWN]), reply_to]
        size = self._fixed + sum([len(filled[number]) for number in self._varies])
        misfit = len(task_id) != _ID or (len(self._behind) > 1 and len(reply_to) != _ID)
        if misfit or size + len(data) > self._room:
            return None
        return self._template % (
            *(pack(">I", self._around + size), pack(">Q", len(data)), pack(">I", size)),
            *([filled[number] for number in self._order]),
            *([filled[number] for number in self._behind]),
            *(pack(">I", len(data)), data),
        )


def frame_form(data: bytes, message: Any, frame_max: int) -> FrameForm | None:
    """
    Return the form of *data*, the frames that py-amqp made of *message*, which has marks in it.

    None if the marks are not where they are expected.
    """
    made = FrameForm(_split(data, message), frame_max)
    return made if made.is_sound else None


def _around(found: re.Pattern[bytes], data: bytes) -> list[bytes | None]:
    """Return *data* with None where a mark was."""
    first, *rest = found.split(data)
    return [first, *(part for each in rest for part in (None, each))]


def _split(data: bytes, message: Any) -> _Split:
    (method,) = unpack_from(">I", data, 3)
    head = _HEAD + method + 1
    (size,) = unpack_from(">I", data, head + 3)
    start = head + _HEAD
    properties = data[start + _CLASS : start + size]
    kind, encoding = message.properties["content_type"], message.properties["content_encoding"]
    front = properties[: 2 + 1 + len(kind.encode()) + 1 + len(encoding.encode())]
    (table,) = unpack_from(">I", properties, len(front))
    begin = len(front) + 4
    return _Split(
        before=data[: head + 3],
        fixed=data[start : start + 4],
        front=front,
        table=properties[begin : begin + table],
        rest=properties[begin + table :],
        body=data[start + size + 1 : start + size + 1 + 3],
    )


def _long(text: str) -> bytes:
    """Return a text as AMQP's tables hold it."""
    data = text.encode()
    return b"S%b%b" % (pack(">I", len(data)), data)


def _item(value: str | int | None) -> bytes:
    """Return a value as AMQP's tables hold it; nothing where there is none to fill in."""
    if isinstance(value, int):
        return b"I" + pack(">i", value)
    return b"" if value is None else _long(value)


# An id stands in many places; the others are values in the table of headers, but for the address
# of replies, which is a property.
_PLACES: Final = {
    MARKS.task_id.encode(): 0,
    **{_long(mark): number for number, mark in enumerate(MARKS[1:_REPLY], 1)},
    MARKS.reply_to.encode(): _REPLY,
}
