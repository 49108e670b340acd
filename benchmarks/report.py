"""Show the lines: on the terminal as they come, and in RESULTS.md for later."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from promises import Line

__all__ = ["headings", "say", "write"]

_HEADINGS = ("what", "broker", "median", "at most", "", "middle half", "extremes")
_WIDTHS = (43, 9, 9, 8, 5, 14, 0)
_RESULTS = Path(__file__).with_name("RESULTS.md")

_PAGE = """\
# What celerykit costs, beside plain Celery

Run `make bench` to measure again and write this page anew. It takes about a minute, and uses Redis
and RabbitMQ where they answer; `CELERYKIT_LIVE_REDIS` and `CELERYKIT_LIVE_RABBITMQ` name others.

A figure with an `x` is celerykit's time as a multiple of plain Celery's for the same message: both
in one run, in turns, the median of many short rounds. It counts only if every message arrived and
says what Celery's own says. Times in `us` and `ms` are those of one machine, as busy as it was.

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


def write(lines: Iterable[Line]) -> Path:
    """Write *lines* to RESULTS.md, and return its path."""
    rows = [_HEADINGS, ("---",) * len(_HEADINGS), *(line.cells for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    _RESULTS.write_text(
        _PAGE.format(
            table=table,
            python=platform.python_version(),
            celery=version("celery"),
            kombu=version("kombu"),
            cpus=os.cpu_count(),
        ),
        encoding="utf-8",
    )
    return _RESULTS
