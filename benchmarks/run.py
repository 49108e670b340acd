"""
Compare celerykit with plain Celery, in one run: `make bench`.

Prints each promise with what was measured, and writes RESULTS.md and README's figures. A missed
promise says FAIL; only a wrong message makes the run fail. `make bench CASES="one_send bulk"` runs
these files of cases/ alone, and writes nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from cases import (
    building,
    bulk,
    flows,
    gathering,
    groups,
    guard,
    importing,
    one_send,
    reading,
    rules,
    testing,
)
from messages import WrongMessageError
from promises import Line
from report import headings, say, write

Case: TypeAlias = Callable[[], Iterator[Line]]

# A case is a file in cases/ with a function that yields lines. To add one, name it here.
CASES: tuple[Case, ...] = (
    one_send.lines,
    bulk.lines,
    gathering.lines,
    groups.lines,
    building.lines,
    flows.lines,
    rules.lines,
    guard.lines,
    reading.lines,
    importing.lines,
    testing.lines,
)


def main(names: list[str]) -> int:
    """Run all cases or those with these *names*; return 1 if one of them sent a wrong message."""
    for name in [each for each in os.environ if each.startswith("CELERY_")]:
        del os.environ[name]  # they would win over the brokers named here
    headings()
    measured: list[Line] = []
    cases = [case for case in CASES if not names or case.__module__.split(".")[-1] in names]
    wrong = [case for case in cases if not _right(case, measured)]
    if not names and not wrong:
        write(measured)
        print("\nwritten to RESULTS.md and README.md")
    return 1 if wrong or not cases else 0


def _right(case: Case, measured: list[Line]) -> bool:
    """Add the lines of *case* to *measured*; return False if it sent a wrong message."""
    try:
        for line in case():
            say(*line.cells)
            measured.append(line)
    except WrongMessageError as error:
        print(f"{case.__module__}: WRONG MESSAGE: {error}")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
