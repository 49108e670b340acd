"""BulkReport: what became of each of many calls, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar, cast, overload

from celerykit._findings import Finding
from celerykit._handle import Handle
from celerykit.bulk._ledger import Ledger, Outcome, Positions
from celerykit.errors import CallRejected, GroupPublishError, PublishError, Side

__all__ = ["BulkReport", "Handles"]

R_co = TypeVar("R_co", covariant=True)

_ATTRIBUTE: Final = "celerykit_report"


class BulkReport(Generic[R_co]):
    """
    What became of each call that was given to ``send_many``, told by its position: the first is 0.

    The one that a progress callback gets is the same object, as far as it has come. Do not build
    one yourself.
    """

    __slots__ = ("_ledger",)
    _ledger: Ledger

    def __init__(self, ledger: Ledger) -> None:
        """Show what *ledger* says."""
        self._ledger = ledger

    @staticmethod
    def of(error: BaseException) -> BulkReport[Any] | None:
        """
        Return the report of the ``send_many`` that *error* ended; None if it ended none.

        A KeyboardInterrupt, and whatever the given iterable or the progress callback raises, come
        out of ``send_many`` as they are; the report, which is exact then too, is told by this.
        """
        return cast("BulkReport[Any] | None", getattr(error, _ATTRIBUTE, None))

    def attach(self, error: BaseException) -> None:
        """
        Let ``of(error)`` find this report.

        :meta private:
        """
        setattr(error, _ATTRIBUTE, self)

    @property
    def total(self) -> int:
        """How many calls were taken from the iterable; those after them were never looked at."""
        return self._ledger.total

    @property
    def sent(self) -> Positions:
        """
        The calls that the broker has.

        On Redis and in memory it answered so; on RabbitMQ it confirmed, or without
        ``confirm_publish`` it took them in without closing the channel.
        """
        return self._ledger.outcomes["sent"]

    @property
    def rejected(self) -> Positions:
        """The calls that a rule refused; nothing of them left the process."""
        return self._ledger.outcomes["rejected"]

    @property
    def not_sent(self) -> Positions:
        """The calls that were right, and of which the broker got nothing."""
        return self._ledger.outcomes["not_sent"]

    @property
    def unknown(self) -> Positions:
        """The calls that the broker may have or may not: the answer was lost."""
        return self._ledger.outcomes["unknown"]

    @property
    def complete(self) -> bool:
        """Whether all calls were taken, and all were sent."""
        return self._ledger.finished and len(self.sent) == self.total

    @property
    def error(self) -> PublishError | None:
        """The last failure to send, if there was one: what happened, and whether it is known."""
        return self._ledger.error

    @property
    def resume_from(self) -> int:
        """
        How many calls to skip to go on where this run ended, with ``itertools.islice``.

        That is the position after the last call that was sent, rejected or is unknown. What was
        rejected or is unknown before it is not sent again by that.
        """
        ends = [
            positions[-1] + 1
            for outcome, positions in self._ledger.outcomes.items()
            if outcome != "not_sent" and positions
        ]
        return max(ends, default=0)

    @property
    def findings(self) -> Mapping[int, tuple[Finding, ...]]:
        """What the rules found in the rejected calls, by position; in the first 1,000 of them."""
        return MappingProxyType(self._ledger.findings)

    @property
    def ids(self) -> Sequence[str]:
        """
        The task ids by position; "" where a call got none, because it was rejected.

        They take 16 bytes each. Unknown calls keep their ids, so that sending one again with
        ``.task_id(...)`` makes it the same call to whoever waits for its result.

        Raises:
            LookupError: ``send_many`` was told not to keep them.
        """
        if self._ledger.ids is None:
            message = "the ids were not kept: send_many(..., keep_ids=False)"
            raise LookupError(message)
        return self._ledger.ids

    @property
    def handles(self) -> Sequence[Handle[R_co]]:
        """The handles by position, each made when it is asked for. Needs the ids."""
        _ = self.ids
        return Handles[R_co](self._ledger)

    def outcome(self, position: int) -> Outcome | None:
        """Return what became of the call at *position*; None if it was not taken, or waits."""
        return self._ledger.outcome(position)

    def raise_for_unsent(self) -> None:
        """
        Do nothing if every call that was taken was sent.

        Raises:
            GroupPublishError: Some were not sent, or may not have been: how many, and the last
                failure.
            CallRejected: A rule refused some; the findings are those of the first, and the text
                says at which position that was, and how many there were.
        """
        if self.error is not None:
            cause = self.error.__cause__ or self.error
            raise self.failure(cause, self.error.side) from cause
        if self.rejected:
            position, findings = next(iter(self.findings.items()))
            place = f"position {position:,}; {len(self.rejected):,} of {self.total:,} refused"
            raise CallRejected(findings, place)

    def failure(self, cause: BaseException, side: Side) -> GroupPublishError:
        """
        Return what is raised for these calls: *cause* is the *side*'s.

        :meta private:
        """
        counts = len(self.sent), len(self.unknown), len(self.not_sent)
        failure = GroupPublishError(cause, *counts, side)
        self.attach(failure)
        return failure

    def __repr__(self) -> str:
        """Return the counts."""
        counts = ", ".join(
            f"{len(positions)} {outcome.replace('_', ' ')}"
            for outcome, positions in self._ledger.outcomes.items()
            if positions or outcome == "sent"
        )
        return f"<BulkReport of {self.total}: {counts}>"


class Handles(Sequence[Handle[R_co]]):
    """The handles of many calls by position, each made when it is asked for."""

    __slots__ = ("_ledger",)
    _ledger: Ledger

    def __init__(self, ledger: Ledger) -> None:
        """Make handles for what *ledger* names."""
        self._ledger = ledger

    def __len__(self) -> int:
        return self._ledger.total

    @overload
    def __getitem__(self, index: int) -> Handle[R_co]: ...
    @overload
    def __getitem__(self, index: slice) -> list[Handle[R_co]]: ...
    def __getitem__(self, index: int | slice) -> Handle[R_co] | list[Handle[R_co]]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        position = range(len(self))[index]
        handle = self._ledger.handle_of(position)
        if handle is None:
            message = f"the call at position {position} was not sent and has no handle"
            raise LookupError(message)
        return cast("Handle[R_co]", handle)

    def __iter__(self) -> Iterator[Handle[R_co]]:
        return (self[position] for position in range(len(self)))

    def runs(self) -> list[tuple[int, list[str], Handle[R_co]]] | None:
        """
        Return neighbours that are alike: where they start, their ids, and the handle of the first.

        None if that is not simply told.

        :meta private:
        """
        ids, runs = self._ledger.ids, self._ledger.runs()
        if ids is None or runs is None:
            return None
        return [(start, ids[start:stop], self[start]) for start, stop in runs]
