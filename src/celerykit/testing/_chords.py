"""Chords as Redis keeps them: each member leaves its part, and the last one starts the body."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from threading import Lock
from typing import Any

from celerykit.testing._untyped import (
    PROPAGATE_STATES,
    ChordError,
    GroupResult,
    Regen,
    allow_join_result,
    maybe_signature,
)

__all__ = ["Chords"]


class Parts:
    """What the members of one header have left so far, and how many there are."""

    def __init__(self) -> None:
        self.size: int | None = None
        self.more = 0
        self.left: dict[str, tuple[float, Any]] = {}

    def are_all(self) -> bool:
        """Return whether nobody is missing."""
        return self.size is not None and len(self.left) == self.size + self.more

    def in_order(self) -> list[Any]:
        """Return them in the order of the header, and the same place by what they are."""
        return [part for _place, part in sorted(self.left.values())]


class Chords:
    """
    What a result backend does for chords, where Celery's own for key-value stores falls short.

    That cannot add a member to a header, nor take one whose result is ignored, nor a chain that
    ends in a group.
    """

    app: Any
    encode: Any
    decode: Any
    ensure_chords_allowed: Any

    def __init__(self) -> None:
        """Start with none."""
        self._chords: dict[str, Parts] = {}
        self._counting = Lock()

    def _parts(self, group_id: str) -> Parts:
        return self._chords.setdefault(group_id, Parts())

    def set_chord_size(self, group_id: str, chord_size: int) -> None:
        """Learn how many members a header has."""
        with self._counting:
            self._parts(group_id).size = chord_size

    def add_to_chord(self, chord_id: str, result: Any) -> None:  # noqa: ARG002 - Celery's own
        """Wait for one member more."""
        with self._counting:
            self._parts(chord_id).more += 1

    def apply_chord(self, header_result_args: Sequence[Any], body: Any, **_options: Any) -> None:  # noqa: ARG002 - as above
        """Remember the shape of a header with groups in it."""
        self.ensure_chords_allowed()
        if not isinstance(header_result_args[1], Regen):  # to look into one would send it
            header = self.app.GroupResult(*header_result_args)
            if any(isinstance(each, GroupResult) for each in header.results):
                header.save(backend=self)

    def on_chord_part_return(self, request: Any, state: str, result: Any, **_options: Any) -> None:
        """Take the part of a member that has ended; the last one starts the body."""
        own: Any = self
        encoded = self.encode([1, request.id, state, own.encode_result(result, state)])
        place = inf if request.group_index is None else request.group_index
        with self._counting:
            parts = self._parts(request.group)
            parts.left[request.id] = place, encoded
            if is_last := parts.are_all():
                del self._chords[request.group]
        if is_last:
            self._end(request.group, maybe_signature(request.chord, app=self.app), parts)

    def _end(self, group_id: str, body: Any, parts: Parts) -> None:
        """Start the body, or let it fail as a member did."""
        own: Any = self
        try:
            values = self._values(group_id, parts)
        except ChordError as error:
            own.chord_error_from_stack(body, error)
            return
        try:
            body.delay(values)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the result of the body
            failure = ChordError(f"Callback error: {error!r}")
            failure.__cause__ = error
            own.chord_error_from_stack(body, failure)

    def _values(self, group_id: str, parts: Parts) -> list[Any]:
        """Return what the members returned, or raise ChordError if one has failed."""
        header = GroupResult.restore(group_id, backend=self)
        if header is None:
            return [self._value(*self.decode(part)) for part in parts.in_order()]
        try:
            with allow_join_result():
                values: list[Any] = header.join()
        except Exception as error:  # a member may raise anything: as Celery's own chord does
            failure = ChordError(f"Join error: {error!r}")
            raise failure from error
        return values

    def _value(self, _protocol: int, task_id: str, state: str, value: Any) -> Any:
        own: Any = self
        if state in PROPAGATE_STATES:
            error = own.exception_to_python(value)
            failure = ChordError(f"Dependency {task_id} raised {error!r}")
            raise failure from error
        return value
