"""
Where the outcome is another than in a worker on Redis: the table in docs/testing.md.
"""

import re
from pathlib import Path
from typing import NamedTuple

from .scenario import Outcome, Scenario

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
MARK = "<!-- tests/fidelity/differences.py -->\n\n"

DRAINED, IN_PROCESS, SOLO, PREFORK = "drained", "worker()", "solo", "prefork"
WAYS = {DRAINED, IN_PROCESS, SOLO, PREFORK}


# Where chance has a say.
ANY_ORDER = "in any order"


class Difference(NamedTuple):
    """
    One row of the table.
    """

    scenario: str
    way: str
    usual: str
    here: str
    reason: str


def listed() -> list[Difference]:
    """
    Every row.
    """
    text = PAGE.read_text(encoding="utf-8")
    held = re.search(re.escape(MARK) + r"\|.*\n\|.*\n((?:\|.*\n)*)", text)
    assert held is not None, f"no table in {PAGE.name}"
    rows = [row.strip("| ").split(" | ") for row in held[1].splitlines()]
    return [Difference(*row) for row in rows]


def check(scenario: Scenario, way: str, outcome: Outcome) -> None:
    """
    Fail unless an outcome is what docs/testing.md says of a scenario that is played in this way.
    """
    rows = [each for each in listed() if each.scenario == scenario.name]
    told = next((each.here for each in rows if way in each.way.split(", ")), scenario.outcome)
    if told == ANY_ORDER:
        outcome = Outcome(sorted(outcome.trail), outcome.results)
        told = Outcome(sorted(scenario.outcome.trail), scenario.outcome.results)

    assert str(outcome) == str(told)
