"""
The arithmetic of the benchmarks, on a clock that the test turns: nothing here measures time.
"""

import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def timing(monkeypatch):
    """
    The timing core of the benchmarks, which are programs and not installed.
    """
    monkeypatch.syspath_prepend(BENCHMARKS)
    import timing  # noqa: PLC0415 - found only now

    yield timing
    del sys.modules["timing"]


class Clock:
    """
    A clock that stands still until an act takes its time.
    """

    def __init__(self):
        self.now = 0.0
        self.acts = []

    def __call__(self):
        """
        The time that the acts have taken.
        """
        return self.now

    def act(self, name, *seconds):
        """
        Make an act that takes these seconds, one after the other, and the last for ever.
        """
        left = list(seconds)

        def take():
            self.acts.append(name)
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return take


def test_a_ratio_compares_the_two_sides_of_each_round(timing):
    """
    A slow spell that covers a whole round changes no ratio, since both sides are slow in it.
    """
    clock = Clock()
    ours = clock.act("ours", 1, 3, 300, 3)
    theirs = clock.act("theirs", 1, 2, 200, 2)

    ratio = timing.side_by_side(ours, theirs, rounds=3, repeats=1, clock=clock)

    assert (ratio.low, ratio.middle, ratio.high) == (1.5, 1.5, 1.5)


def test_each_side_is_first_in_every_second_round(timing):
    """
    Neither side always finds what the other one left behind.
    """
    clock = Clock()
    ours, theirs = clock.act("ours", 1), clock.act("theirs", 1)

    timing.side_by_side(ours, theirs, rounds=2, repeats=2, clock=clock)

    warming, first, second = clock.acts[:4], clock.acts[4:8], clock.acts[8:]
    assert sorted(warming) == ["ours", "ours", "theirs", "theirs"]
    assert first == ["theirs", "theirs", "ours", "ours"]
    assert second == ["ours", "ours", "theirs", "theirs"]


def test_a_spoilt_round_moves_the_extremes_alone(timing):
    """
    The median stays where most rounds are, and the spoilt one is still shown.
    """
    spread = timing.Spread.of([1.0, 1.0, 1.0, 1.0, 50.0])

    assert (spread.quarter, spread.middle, spread.three_quarters) == (1.0, 1.0, 1.0)
    assert (spread.low, spread.high) == (1.0, 50.0)


def test_microseconds_are_those_of_one_act(timing):
    """
    A round of many acts is divided by their number.
    """
    clock = Clock()

    spread = timing.microseconds(clock.act("a", 0.5), rounds=3, repeats=4, clock=clock)

    assert spread.middle == pytest.approx(500_000)


def test_what_is_beyond_is_the_difference_of_both_sides(timing):
    """
    A slow spell that covers a whole round changes no difference much, and its sign is kept.
    """
    clock = Clock()
    ours, theirs = clock.act("ours", 1, 3, 203, 2), clock.act("theirs", 1, 2, 202, 3)

    spread = timing.beyond(ours, theirs, rounds=3, repeats=1, clock=clock)

    assert (spread.low, spread.middle, spread.high) == (-1_000_000, 1_000_000, 1_000_000)


def test_the_figures_in_readme_are_those_of_the_whole_report():
    """
    README shows some lines of RESULTS.md as they are: nobody wrote a figure by hand.
    """
    readme = (BENCHMARKS.parent / "README.md").read_text(encoding="utf-8")
    figures = readme.partition("<!--- figures -->")[2].partition("<!--- end of figures -->")[0]
    shown = {tuple(cells(line)) for line in figures.strip().splitlines()[2:]}

    whole = (BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8").splitlines()
    measured = {tuple(cells(line)[:4]) for line in whole if line.startswith("| ")}

    assert shown
    assert shown <= measured


def cells(line):
    """
    The cells of a line of a table.
    """
    return [cell.strip() for cell in line.strip("|").split("|")]
