"""What is written down while many calls are sent: one byte or so for each, whatever comes."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, TypeAlias, overload

from celerykit._findings import Finding
from celerykit._handle import Handle
from celerykit.errors import PublishError

__all__ = ["Ids", "Ledger", "Outcome", "Positions"]

Outcome: TypeAlias = Literal["sent", "rejected", "not_sent", "unknown"]

# Returns the handle on the call with an id.
HandleMaker: TypeAlias = Callable[[str], Handle[Any]]

# The findings of so many rejected calls are kept: a million bad rows are mostly alike.
MOST_FINDINGS: Final = 1_000

_BYTES: Final = 16
_NONE: Final = bytes(_BYTES)
_WRITTEN: Final = 36


class Positions(Sequence[int]):
    """
    Positions in what was given to ``send_many``, in order; the first is 0.

    Kept as ranges, so that a million neighbours weigh as much as two.
    """

    __slots__ = ("_before", "_starts", "_stops")
    _before: array[int]
    _starts: array[int]
    _stops: array[int]

    def __init__(self) -> None:
        """Start with none."""
        self._before, self._starts, self._stops = array("q"), array("q"), array("q")

    def add(self, start: int, stop: int) -> None:
        """Add the positions from *start* up to *stop*, which lie behind all others."""
        count = len(self._stops)
        if count and self._stops[-1] == start:
            self._stops[-1] = stop
            return
        # An interrupt may come between two steps: only the last one counts.
        del self._before[count:], self._starts[count:]
        self._before.append(len(self))
        self._starts.append(start)
        self._stops.append(stop)

    @property
    def ranges(self) -> tuple[range, ...]:
        """The same positions as ranges, each as long as can be."""
        return tuple(map(range, self._starts, self._stops))

    def __len__(self) -> int:
        last = len(self._stops) - 1
        return self._before[last] + self._stops[last] - self._starts[last] if last >= 0 else 0

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            message = f"there are {len(self)} positions, no [{index}]"
            raise IndexError(message)
        part = bisect_right(self._before, at, 0, len(self._stops)) - 1
        return self._starts[part] + at - self._before[part]

    def __iter__(self) -> Iterator[int]:
        for each in self.ranges:
            yield from each

    def __contains__(self, position: object) -> bool:
        if not isinstance(position, int):
            return False
        part = bisect_right(self._starts, position, 0, len(self._stops)) - 1
        return part >= 0 and position < self._stops[part]

    def __repr__(self) -> str:
        shown = [f"{each.start}-{each.stop - 1}" for each in self.ranges[:3]]
        return f"<{len(self)} positions{': ' if shown else ''}{', '.join(shown)}>"


class Ids(Sequence[str]):
    """The ids of many calls, 16 bytes each: the text of one is made when it is asked for."""

    __slots__ = ("_other", "_raw")
    _other: dict[int, str]
    _raw: bytearray

    def __init__(self) -> None:
        """Start with none."""
        self._raw = bytearray()
        self._other = {}

    def add(self, task_id: str) -> None:
        """Add the id of the next call, or "" if it has none."""
        raw = _packed(task_id)
        if raw is None:
            self._other[len(self)] = task_id
            raw = _NONE
        self._raw += raw

    def __len__(self) -> int:
        return len(self._raw) // _BYTES

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        other = self._other.get(at)
        if other is not None:
            return other
        text = self._raw[at * _BYTES : (at + 1) * _BYTES].hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _packed(task_id: str) -> bytes | None:
    """Return a UUID, as Celery writes one, in 16 bytes; None for any other text."""
    if (
        len(task_id) != _WRITTEN
        or not task_id[8] == task_id[13] == task_id[18] == task_id[23] == "-"
    ):
        return None
    try:
        raw = bytes.fromhex(task_id.replace("-", ""))
    except ValueError:
        return None
    return raw if len(raw) == _BYTES and task_id == task_id.lower() else None


class Ledger:
    """
    What became of each call, as far as the run has come.

    Attributes:
        total: How many calls were taken from what was given.
        finished: Whether all of them were taken.
        outcomes: The positions by what became of them.
        findings: What the rules found in the first rejected calls, by position.
        ids: The ids by position; None if they are not kept.
        kept: Handles that only this process can have: those on calls that ran eagerly.
        error: Why the last call that did not leave did not, or may not have.
    """

    total: int
    finished: bool
    outcomes: dict[Outcome, Positions]
    findings: dict[int, tuple[Finding, ...]]
    ids: Ids | None
    kept: dict[int, Handle[Any]]
    error: PublishError | None
    _makers: list[HandleMaker]
    _since: list[int]

    def __init__(self, *, keep_ids: bool) -> None:
        """Start with nothing."""
        self.total = 0
        self.finished = False
        self.outcomes = {
            "sent": Positions(),
            "rejected": Positions(),
            "not_sent": Positions(),
            "unknown": Positions(),
        }
        self.findings = {}
        self.ids = Ids() if keep_ids else None
        self.kept = {}
        self.error = None
        self._makers, self._since = [], []

    def take(self) -> int:
        """Return the position of the call that was just taken."""
        position = self.total
        self.total = position + 1
        return position

    def name(self, position: int, task_id: str, maker: HandleMaker) -> None:
        """Write down the id of the call at *position*, and who makes its handle."""
        ids = self.ids
        if ids is None:
            return
        while len(ids) < position:
            ids.add("")
        ids.add(task_id)
        if not self._makers or self._makers[-1] != maker:
            self._makers.append(maker)
            self._since.append(position)

    def reject(self, position: int, findings: tuple[Finding, ...]) -> None:
        """Write down that rules refused the call at *position*."""
        self.outcomes["rejected"].add(position, position + 1)
        if len(self.findings) < MOST_FINDINGS:
            self.findings[position] = findings

    def mark(self, positions: Sequence[int], outcomes: Sequence[Outcome] | Outcome) -> None:
        """Write down the outcome of each of *positions*, which are in order; or one for all."""
        if isinstance(outcomes, str):
            self._mark_alike(positions, outcomes)
            return
        for position, outcome in zip(positions, outcomes, strict=True):
            self.outcomes[outcome].add(position, position + 1)

    def _mark_alike(self, positions: Sequence[int], outcome: Outcome) -> None:
        if positions and positions[-1] - positions[0] + 1 == len(positions):
            self.outcomes[outcome].add(positions[0], positions[-1] + 1)
            return
        for position in positions:
            self.outcomes[outcome].add(position, position + 1)

    def outcome(self, position: int) -> Outcome | None:
        """Return what became of the call at *position*; None if nothing is written down yet."""
        for outcome, positions in self.outcomes.items():
            if position in positions:
                return outcome
        return None

    def id_of(self, position: int) -> str:
        """Return the id of the call at *position*, or "" if it has none or none are kept."""
        ids = self.ids
        return ids[position] if ids is not None and position < len(ids) else ""

    def handle_of(self, position: int) -> Handle[Any] | None:
        """Return the handle on the call at *position*; None if it was not sent."""
        if position in self.kept:
            return self.kept[position]
        task_id = self.id_of(position)
        if not task_id or position in self.outcomes["not_sent"]:
            return None
        return self._makers[bisect_right(self._since, position) - 1](task_id)

    def runs(self) -> list[tuple[int, int]] | None:
        """
        Return where neighbours whose results are made alike start and stop.

        None if some call has no result to wait for, or one that is here already.
        """
        outcomes = self.outcomes
        if self.ids is None or self.kept or outcomes["rejected"] or outcomes["not_sent"]:
            return None
        return [*zip(self._since, [*self._since[1:], self.total], strict=True)]
