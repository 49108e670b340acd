"""Show the lines: on the terminal as they come, all in RESULTS.md, the main ones in README."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

from promises import Line

__all__ = ["headings", "say", "write"]

Row: TypeAlias = tuple[str, ...]

_HEADINGS = ("what", "broker", "median", "at most", "", "middle half", "extremes")
_WIDTHS = (43, 9, 9, 8, 5, 14, 0)
_RESULTS = Path(__file__).with_name("RESULTS.md")
_README = Path(__file__).parents[1] / "README.md"
_START, _END = "<!--- figures -->\n", "<!--- end of figures -->\n"
_BRIEF_HEADINGS = ("what", "broker", "of plain Celery's time", "promised: at most")
_BRIEF = frozenset(
    {
        "one send with two options",
        "bulk: two ints",
        "bulk: a dict of 10 fields",
        "bulk: results kept",
        "bulk: until all are confirmed",
        "group of 10,000: build and send",
        "group of 10,000: read, all ready",
        "gather: 10,000 ready results",
        "a million rows: memory, ids kept",
    }
)

_PAGE = """\
# What celerykit costs, beside plain Celery

Run `make bench` to measure again and write this page anew. It takes a few minutes, and uses Redis
and RabbitMQ where they answer; `CELERYKIT_LIVE_REDIS` and `CELERYKIT_LIVE_RABBITMQ` name others.

A figure with an `x` is celerykit's time as a multiple of plain Celery's for the same message: both
in one run, in turns, the median of many short rounds. Of many calls it is the time of each. It
counts only if every message arrived and says what Celery's own says. Times in `us` and `ms` are
those of one machine, as busy as it was.

{table}

Python {python}, Celery {celery}, kombu {kombu}, {cpus} CPUs.
"""


def say(*cells: str) -> None:
    """Print one line in columns."""
    padded = (cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
    print("  ".join(padded).rstrip(), flush=True)


def headings() -> None:
    """Print what the columns are."""
    say(*_HEADINGS)


def write(lines: Sequence[Line]) -> None:
    """Write *lines* to RESULTS.md, and the main ones among them to README."""
    _RESULTS.write_text(
        _PAGE.format(
            table=_table(_HEADINGS, [line.cells for line in lines]),
            python=platform.python_version(),
            celery=version("celery"),
            kombu=version("kombu"),
            cpus=os.cpu_count(),
        ),
        encoding="utf-8",
    )
    brief = _table(_BRIEF_HEADINGS, [line.cells[:4] for line in lines if line.name in _BRIEF])
    before, _, rest = _README.read_text(encoding="utf-8").partition(_START)
    _, _, after = rest.partition(_END)
    _README.write_text(f"{before}{_START}\n{brief}\n\n{_END}{after}", encoding="utf-8")


def _table(headings: Row, rows: Iterable[Row]) -> str:
    """Return a table in Markdown."""
    every = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every)
