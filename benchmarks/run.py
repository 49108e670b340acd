"""
Compare celerykit with plain Celery, in one run: `make bench`.

Prints each promise with what was measured, and writes RESULTS.md. A missed promise says FAIL; only
a wrong message makes the run fail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import TypeAlias

from cases import building, guard, importing, one_send, rules
from messages import WrongMessageError
from promises import Line
from report import headings, say, write

Case: TypeAlias = Callable[[], Iterator[Line]]

# A case is a file in cases/ with a function that yields lines. To add one, name it here.
CASES: tuple[Case, ...] = (
    one_send.lines,
    building.lines,
    rules.lines,
    guard.lines,
    importing.lines,
)


def main() -> int:
    """Run all cases, and return 1 if one of them sent a wrong message."""
    for name in [name for name in os.environ if name.startswith("CELERY_")]:
        del os.environ[name]  # they would win over the brokers named here
    headings()
    measured: list[Line] = []
    wrong = [case for case in CASES if not _right(case, measured)]
    print(f"\nwritten to {write(measured).name}")
    return 1 if wrong else 0


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
    sys.exit(main())
