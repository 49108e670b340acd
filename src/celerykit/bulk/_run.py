"""Take calls one after the other, check them, make them, and hand them over in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from time import monotonic
from typing import Any, Final, TypeAlias, cast

from celerykit._blame import blamed
from celerykit._call import Order
from celerykit._examine import target_in
from celerykit._gather import facts_of
from celerykit.bulk._fresh import fresh_ids
from celerykit.bulk._judge import RefusedError
from celerykit.bulk._lane import Lane, Made
from celerykit.bulk._lanes import Lanes
from celerykit.bulk._ledger import Ledger, Outcome
from celerykit.bulk._line import Line, failure
from celerykit.bulk._wire import Asks, Publication, Wire, spread
from celerykit.errors import PublishError

__all__ = ["Make", "Run"]

# A batch leaves when it is this heavy, or when its first call has waited this long.
_HEAVY_BYTES: Final = 1_000_000
_PATIENCE_S: Final = 0.5


# Makes a call of a thing that was given, with the lane of its order and what publishes at once.
Make: TypeAlias = Callable[
    [Any, Callable[[Order], Lane], Callable[[Publication], None]],
    Made,
]


class _Enough(BaseException):
    """The broker takes no more."""


class _Batch:
    """Calls that are ready to leave together."""

    def __init__(self) -> None:
        self.positions: list[int] = []
        self.wires: list[Wire] = []
        self.events: list[Wire] = []  # what else Celery publishes with them
        self.told: list[tuple[int, Callable[[], object]]] = []
        self.weight = 0
        self.until = 0.0

    def add(self, position: int, made: Made, weight: int) -> None:
        if not self.positions:
            self.until = monotonic() + _PATIENCE_S
        if made.tell is not None:
            self.told.append((len(self.positions), made.tell))
        self.positions.append(position)
        self.wires.append(made.wires[0])
        self.events.extend(made.wires[1:])
        self.weight += weight


class Run:
    """
    One ``send_many``.

    It stops at the first batch of which something certainly did not leave, after as many attempts
    as the app's retry policy allows, and at the second in a row whose outcome is unknown.
    """

    def __init__(
        self, ledger: Ledger, size: int, progress: Callable[[], object], held: ExitStack
    ) -> None:
        """Write to *ledger*; call *progress* after each batch of *size*; *held* ends with it."""
        self._ledger, self._size, self._progress, self._held = ledger, size, progress, held
        self._lanes = Lanes()
        self._lines: dict[int, Line] = {}
        self._line: Line | None = None
        self._batch = _Batch()
        self._number = 0  # of the batch
        self._flying: Sequence[int] = ()  # what is on its way at this moment
        self._left = False  # whether the call that is being made has left already
        self._shaky = False  # whether the last batch may have been lost
        self._ids = fresh_ids()

    def over(self, given: Iterable[Any], make: Make) -> None:
        """
        Send what *make* makes of each thing that is *given*.

        Whatever ends this from outside is raised as it is; the ledger is exact then as well.
        """
        try:
            for thing in given:
                self._take(thing, make)
            self._flush()
            self._ledger.finished = True
        except _Enough:
            self._conclude(flushes=False)
        except BaseException as error:
            # Before an error of the caller's a loop would have sent all that was taken.
            self._conclude(flushes=isinstance(error, Exception))
            raise

    def _conclude(self, *, flushes: bool) -> None:
        """Write down what became of the calls that were under way."""
        flying, self._flying = self._flying, ()
        self._mark_new(flying, "unknown")
        with suppress(_Enough):
            if flushes:
                self._flush()
        batch, self._batch = self._batch, _Batch()
        self._mark_new(batch.positions, "not_sent")
        # An interrupt may have come between any two steps: the last call that was taken is either
        # written down by now, or was never finished.
        if self._ledger.total:
            last = self._ledger.total - 1
            self._mark_new([last], "sent" if self._left else "not_sent")

    def _mark_new(self, positions: Sequence[int], outcome: Outcome) -> None:
        new = [each for each in positions if self._ledger.outcome(each) is None]
        self._ledger.mark(new, outcome)

    def _take(self, thing: Any, make: Make) -> None:
        batch = self._batch
        if batch.positions and monotonic() > batch.until:
            self._flush()
        self._left = False
        position = self._ledger.take()
        try:
            made = make(thing, self._lane, self._publish)
        except RefusedError as refusal:
            self._ledger.reject(position, refusal.findings)
        except PublishError as error:
            self._fail(position, error)
        else:
            self._add(position, made)

    def _add(self, position: int, made: Made) -> None:
        ledger, batch = self._ledger, self._batch
        ledger.name(position, made.task_id, made.maker)
        if made.handle is not None:
            ledger.kept[position] = made.handle
        if not made.wires or self._line is None:
            self._settle(position, "sent")
            return
        batch.add(position, made, self._line.writer.weight(made.wires[0]))
        if len(batch.positions) >= self._size or batch.weight >= _HEAVY_BYTES:
            self._flush()

    def _lane(self, order: Order) -> Lane:
        app = target_in(order).app
        line = self._line
        if line is None or line.app is not app:
            line = self._line = self._line_to(app)
        lane = self._lanes.of(order, lambda: Lane(order, line, self._ids))
        if lane.number != self._number:
            lane.number = self._number
            lane.refresh(facts_of(app), app.current_worker_task)
        return lane

    def _line_to(self, app: Any) -> Line:
        """Return the line to the broker of *app*, after all that waits for another one has left."""
        self._flush()
        known = self._lines.get(id(app))
        if known is None:
            try:
                producer = self._held.enter_context(app.producer_or_acquire())
                asks: Asks = "confirms" if facts_of(app).confirm else "batch"
                known = self._lines[id(app)] = Line(app, producer, asks)
                self._held.callback(known.close)
            except Exception as error:  # each transport has its own; what is none is raised again
                told = blamed(error)
                if told is None:
                    raise
                raise told from error
        return known

    def _publish(self, publication: Publication) -> None:
        """Let a message of the call that is being made leave now, behind all before it."""
        self._flush()
        line = cast("Line", self._line)
        wire = line.writer.wire(publication)
        self._flying = (self._ledger.total - 1,)
        flushed = line.flush([wire])
        self._left = flushed.error is None
        self._flying = ()
        if flushed.error is not None:
            raise failure(flushed.outcomes, flushed.error)

    def _settle(self, position: int, outcome: Outcome) -> None:
        """Write down the outcome of one call, behind that of all before it."""
        try:
            self._flush()
        finally:
            self._ledger.mark([position], outcome)

    def _fail(self, position: int, error: PublishError) -> None:
        self._settle(position, error.outcome)
        self._ledger.error = error
        if error.outcome == "not_sent" or self._shaky:
            raise _Enough
        self._shaky = True

    def _flush(self) -> None:
        """Hand over the batch, write down what became of it, and tell who wants to know."""
        batch, line = self._batch, self._line
        if not batch.positions or line is None:
            return
        self._flying = batch.positions
        self._batch = _Batch()
        self._number += 1
        flushed = line.flush([*batch.wires, *batch.events])
        outcomes = flushed.outcomes
        if not isinstance(outcomes, str):
            outcomes = outcomes[: len(batch.positions)]
        self._ledger.mark(batch.positions, outcomes)
        self._flying = ()
        each = spread(flushed, len(batch.wires)) if batch.told else ()
        for index, tell in batch.told:
            if each[index] == "sent":
                tell()
        lost = {outcomes} if isinstance(outcomes, str) else {*outcomes}
        if flushed.error is not None and lost != {"sent"}:
            self._ledger.error = failure(outcomes, flushed.error)
            if "not_sent" in lost or self._shaky:
                self._progress()
                raise _Enough
        self._shaky = flushed.error is not None
        self._progress()
