"""Many calls at once: send_many() and what became of them, gather() and as_completed()."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from celerykit._flow import Call
from celerykit._handle import Handle
from celerykit._options import CallOptions
from celerykit.bulk._arrived import Arrived
from celerykit.bulk._ledger import Positions
from celerykit.bulk._report import BulkReport

if TYPE_CHECKING:
    from typing_extensions import TypeVarTuple, Unpack

    Ts = TypeVarTuple("Ts")

__all__ = [
    "Arrived",
    "BulkReport",
    "Positions",
    "as_completed",
    "gather",
    "send_many",
]

R = TypeVar("R")


@overload
def send_many(
    calls: Iterable[Call[R]],
    /,
    *,
    batch_size: int = 500,
    keep_ids: bool = True,
    progress: Callable[[BulkReport[R]], object] | None = None,
) -> BulkReport[R]: ...
@overload
def send_many(
    task: Callable[[Unpack[Ts]], R],
    rows: Iterable[tuple[Unpack[Ts]]],
    /,
    *,
    batch_size: int = 500,
    keep_ids: bool = True,
    progress: Callable[[BulkReport[R]], object] | None = None,
    **options: Unpack[CallOptions],
) -> BulkReport[R]: ...
def send_many(
    what: Any,
    rows: Any = None,
    /,
    *,
    batch_size: int = 500,
    keep_ids: bool = True,
    progress: Callable[[BulkReport[Any]], object] | None = None,
    **options: Any,
) -> BulkReport[Any]:
    """
    Send many calls, as fast as the broker takes them, and say exactly what became of each.

    ``send_many(calls)`` sends each of them; ``send_many(task, rows)`` sends one call for each
    row, a tuple of positional arguments, all with the same *options*. Either may be any iterable,
    endless ones included: it is read as the calls leave, and never held as a whole.

    Each call is checked by the rules that ``call()`` and ``send()`` ask. What they refuse is
    reported, and the others go on. A warning is issued once for each text.

    It ends early when something certainly could not be sent, after as many attempts as the app's
    ``task_publish_retry_policy`` allows, or when the outcome of two batches in a row is unknown.
    What may have been sent is never sent again by itself.

    Args:
        what: The calls, or the task.
        rows: The arguments of each call, if the first argument is the task.
        batch_size: How many calls leave together, from 1 to 10,000. A call waits at most about
            half a second for others, counted when the next one is taken.
        keep_ids: Whether the report knows the ids, at 16 bytes each.
        progress: Called after each batch, in this thread, with the report as it is:
            ``celerykit.progress.progress_bar()``, or a function. A context manager is entered
            before the first call is taken, and left at the end.
        **options: What ``Call.options()`` takes, for all rows.

    Returns:
        The report. A broker that fails raises nothing: ``report.raise_for_unsent()`` does.

    Raises:
        CallRejected: *what* is not a task, or an option cannot be right for any call.
        TypeError: What was given is neither calls nor a task with rows.
        ValueError: *batch_size* is out of range.
        BaseException: Whatever the iterable or *progress* raises, and KeyboardInterrupt, as they
            are. ``BulkReport.of(error)`` then returns the report.
    """
    from celerykit.bulk._start import start  # noqa: PLC0415 - keeps the import of celerykit cheap

    return start(
        *(what, rows, options), batch_size=batch_size, keep_ids=keep_ids, progress=progress
    )


@overload
def gather(
    handles: Iterable[Handle[R]],
    /,
    timeout: float | timedelta | None,
    *,
    return_exceptions: Literal[False] = False,
) -> list[R]: ...
@overload
def gather(
    handles: Iterable[Handle[R]],
    /,
    timeout: float | timedelta | None,
    *,
    return_exceptions: Literal[True],
) -> list[R | BaseException]: ...
def gather(
    handles: Iterable[Handle[Any]],
    /,
    timeout: float | timedelta | None,
    *,
    return_exceptions: bool = False,
) -> list[Any]:
    """
    Wait for many results, and return them in the order of their handles.

    All are asked for together, in windows of 500; on Redis it also listens for those to come. It
    may be called in any thread.

    Args:
        handles: What ``send()`` returned, or ``report.handles``.
        timeout: Seconds or a timedelta for all together; 0 takes what is there. None waits for
            ever, and has to be written.
        return_exceptions: Put the exception of a failed task in its place, and Celery's
            ``TimeoutError`` where nothing arrived, instead of raising.

    Raises:
        GatherError: Some tasks failed, or some results did not arrive in time; raised when all
            the others are there, or the time is up.
        ResultBackendNotConfigured: An app keeps no results.
        ResultUnavailable: The result of one of the calls is not kept.
        RuntimeError: This is called in a task, where Celery forbids to wait.
        TypeError: *timeout* is of another type.
        ValueError: *timeout* is NaN or infinite.
    """
    from celerykit.bulk._collect import gathered  # noqa: PLC0415 - as above

    return gathered(handles, timeout, return_exceptions=return_exceptions)


def as_completed(
    handles: Iterable[Handle[R]], /, timeout: float | timedelta | None
) -> Iterator[Arrived[R]]:
    """
    Yield the results of many calls as they arrive, whatever the order.

    Args:
        handles: What ``send()`` returned, or ``report.handles``.
        timeout: As for ``gather``; it starts now.

    Raises:
        celery.exceptions.TimeoutError: Some did not arrive in time; raised by the iterator, after
            all that did arrive. This is not the builtin ``TimeoutError``.
        ResultBackendNotConfigured: An app keeps no results.
        ResultUnavailable: The result of one of the calls is not kept.
        RuntimeError: This is called in a task, where Celery forbids to wait.
        TypeError: *timeout* is of another type.
        ValueError: *timeout* is NaN or infinite.
    """
    from celerykit.bulk._collect import arrivals  # noqa: PLC0415 - as above

    return arrivals(handles, timeout)
