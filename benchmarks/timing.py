"""Time two ways of doing one thing in turns, so that a busy machine slows down both alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from statistics import quantiles
from time import perf_counter

__all__ = ["Spread", "beyond", "microseconds", "side_by_side"]

Act = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Spread:
    """
    Several measurements of one thing, in order.

    Attributes:
        low: The lowest.
        quarter: A quarter of them is lower.
        middle: The median, which a few spoilt rounds do not move.
        three_quarters: A quarter of them is higher.
        high: The highest.
    """

    low: float
    quarter: float
    middle: float
    three_quarters: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Return the spread of *values*, of which there is at least one."""
        quartiles = quantiles(values, method="inclusive") if len(values) > 1 else values * 3
        return cls(min(values), *quartiles, max(values))

    def __mul__(self, factor: float) -> Spread:
        """Return the same measurements in a unit *factor* times smaller."""
        return Spread(*(value * factor for value in astuple(self)))


def side_by_side(
    ours: Act, theirs: Act, *, rounds: int, repeats: int, clock: Clock = perf_counter
) -> Spread:
    """
    Return how long *ours* takes as a multiple of *theirs*: the ratios of all rounds.

    A round times both, one right after the other; each is first in every second round. Rounds
    are short, so that what else the machine does falls on both or spoils a round or two, which
    the median forgets.

    Args:
        ours: What celerykit does.
        theirs: What plain Celery does.
        rounds: How many ratios to take.
        repeats: How often a round does each of them.
        clock: Tells the time.
    """
    return Spread.of([mine / other for mine, other in _turns(ours, theirs, rounds, repeats, clock)])


def beyond(
    ours: Act, theirs: Act, *, rounds: int = 5000, repeats: int = 1, clock: Clock = perf_counter
) -> Spread:
    """Return how much longer one *ours* takes than one *theirs*, in microseconds; as above."""
    return Spread.of(
        [
            (mine - other) / repeats * 1e6
            for mine, other in _turns(ours, theirs, rounds, repeats, clock)
        ]
    )


def _turns(
    ours: Act, theirs: Act, rounds: int, repeats: int, clock: Clock
) -> Iterator[tuple[float, float]]:
    """Yield how long each of both took in each round."""
    with _no_collector():
        _spend(ours, repeats, clock), _spend(theirs, repeats, clock)  # warm both up
        for number in range(rounds):
            if number % 2:
                mine = _spend(ours, repeats, clock)
                other = _spend(theirs, repeats, clock)
            else:
                other = _spend(theirs, repeats, clock)
                mine = _spend(ours, repeats, clock)
            yield mine, other


def microseconds(
    act: Act, *, rounds: int = 200, repeats: int = 100, clock: Clock = perf_counter
) -> Spread:
    """Return how long one *act* takes, in microseconds of this machine, busy as it is."""
    with _no_collector():
        _spend(act, repeats, clock)
        times = [_spend(act, repeats, clock) / repeats * 1e6 for _ in range(rounds)]
    return Spread.of(times)


def _spend(act: Act, repeats: int, clock: Clock) -> float:
    start = clock()
    for _ in range(repeats):
        act()
    return clock() - start


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep the garbage collector away, as ``timeit`` does: its turn would fall on either side."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
