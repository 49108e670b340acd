"""
A progress bar for ``send_many()``, on a terminal: ``progress=progress_bar(total=...)``.

It is drawn by rich, which ``pip install 'celerykit[progress]'`` brings along.
"""

from __future__ import annotations

import sys
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TextIO

from celerykit._findings import shown
from celerykit.bulk import BulkReport

if TYPE_CHECKING:
    from rich.progress import Progress
    from typing_extensions import Self

__all__ = ["ProgressBar", "progress_bar"]

_EACH_S: Final = 0.1  # to draw takes about as long as to send a hundred calls


def progress_bar(
    total: int | None = None, *, description: str = "sending", file: TextIO | None = None
) -> ProgressBar:
    """
    Return a bar that shows how far a ``send_many`` has come: for its *progress*, and one run.

    It writes to terminals only; elsewhere it is silent. It draws when a batch has left, in the
    thread that sends, at most ten times a second, and once more when ``send_many`` ends, however
    that ends.

    Args:
        total: How many calls there will be, 0 or more; None if that is not known.
        description: What stands before the bar.
        file: Where to draw; ``sys.stderr`` if it is left out.

    Raises:
        ModuleNotFoundError: rich is not installed; the message has the line that installs it.
        TypeError: *total* is no int.
        ValueError: *total* is less than 0.
    """
    _check_total(total)
    return ProgressBar(_drawn_by_rich(file or sys.stderr), description, total)


def _check_total(given: Any) -> None:
    if given is None:
        return
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"total={shown(given)} is not a number of calls. Pass an int, or None.")
    if given < 0:
        raise ValueError(f"total={given} is less than 0. Pass how many calls there are, or None.")


def _drawn_by_rich(file: TextIO) -> Progress:
    try:
        from rich import progress  # noqa: PLC0415 - an extra
        from rich.console import Console  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        message = "progress_bar() needs rich. Install it: pip install 'celerykit[progress]'"
        raise ModuleNotFoundError(message, name=error.name) from error
    console = Console(file=file)
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(elapsed_when_finished=True),
        progress.TextColumn("{task.fields[unsent]}"),
        console=console,
        auto_refresh=False,  # no thread: what sends draws
        disable=not console.is_terminal,
    )


class ProgressBar:
    """
    A bar that is drawn from reports: ``progress_bar()`` makes it, ``send_many`` closes it.

    Outside ``send_many`` it is a context manager, and is called with a report.
    """

    def __init__(self, progress: Progress, description: str, total: int | None) -> None:
        """Draw with *progress*."""
        self._progress = progress
        self._task = progress.add_task(description, start=False, total=total, unsent="")
        self._next = 0.0
        self._last: BulkReport[Any] | None = None

    def __enter__(self) -> Self:
        """Start to draw."""
        self._progress.start()
        self._progress.start_task(self._task)
        return self

    def __call__(self, report: BulkReport[Any]) -> None:
        """Show *report*, unless the last one was shown a moment ago."""
        self._last = report
        now = monotonic()
        if now >= self._next:
            self._next = now + _EACH_S
            self._show(report)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Show what was shown last, as it is now, and leave the terminal as it was."""
        try:
            if self._last is not None:
                self._show(self._last)
        finally:
            self._progress.stop()

    def _show(self, report: BulkReport[Any]) -> None:
        taken = len(report.sent) + len(report.rejected) + len(report.not_sent) + len(report.unknown)
        self._progress.update(self._task, completed=taken, unsent=_unsent(report), refresh=True)


def _unsent(report: BulkReport[Any]) -> str:
    counts = {
        "rejected": len(report.rejected),
        "not sent": len(report.not_sent),
        "unknown": len(report.unknown),
    }
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)
