"""Understand what was given to send_many, and start the run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Final, cast

from celerykit._build import sender
from celerykit._call import Order
from celerykit._findings import shown
from celerykit._flow import Call
from celerykit._targets import Local, Remote, target_of
from celerykit._verdicts import NO_OPTIONS
from celerykit.bulk._judge import Judge
from celerykit.bulk._lane import Lane, Made
from celerykit.bulk._ledger import Ledger
from celerykit.bulk._report import BulkReport
from celerykit.bulk._run import Make, Run
from celerykit.bulk._wire import Publication
from celerykit.errors import CallRejected
from celerykit.rules import not_a_task

__all__ = ["start"]

_MOST: Final = 10_000

Progress = Callable[[BulkReport[Any]], object]


def start(  # noqa: PLR0913 - those of send_many
    what: Any,
    rows: Any,
    options: Mapping[str, Any],
    *,
    batch_size: int,
    keep_ids: bool,
    progress: Progress | None,
) -> BulkReport[Any]:
    """Do what ``send_many`` says."""
    if type(batch_size) is not int or not 1 <= batch_size <= _MOST:
        message = f"batch_size={shown(batch_size)} is not a whole number from 1 to {_MOST:,}"
        raise ValueError(message)
    given, make = _understood(what, rows, options)
    ledger = Ledger(keep_ids=keep_ids)
    report: BulkReport[Any] = BulkReport(ledger)

    def told() -> None:
        if progress is not None:
            progress(report)

    try:
        with ExitStack() as held:
            bar: Any = progress
            if isinstance(bar, AbstractContextManager):
                held.enter_context(cast("Any", bar))  # which has to be closed
            Run(ledger, batch_size, told, held).over(given, make)
    except BaseException as error:
        report.attach(error)
        raise
    return report


def _understood(what: Any, rows: Any, options: Mapping[str, Any]) -> tuple[Iterable[Any], Make]:
    """Return what to go through, and what makes a call of each thing in it."""
    target = target_of(what)
    if target is None and rows is None:
        if not _may_be_calls(what):
            raise CallRejected((not_a_task(what),))
        if options:
            message = (
                f"{', '.join(options)}: calls carry their own options, so send_many takes none"
            )
            raise TypeError(message)
        return what, _making(_order_of_call)
    if target is None:
        raise CallRejected((not_a_task(what),))
    if rows is None:
        message = f"send_many({target.name}): which rows? Pass an iterable of tuples of arguments"
        raise TypeError(message)
    if "task_id" in options:
        message = (
            "task_id: each call needs its own. Write send_many(call(...).task_id(...) for ...)"
        )
        raise TypeError(message)
    return rows, _making(_order_of_row(target, options))


def _making(order_of: Callable[[Any], Order]) -> Make:
    def make(
        thing: Any, lane_of: Callable[[Order], Lane], publish: Callable[[Publication], None]
    ) -> Made:
        order = order_of(thing)
        return lane_of(order).make(order, publish)

    return make


def _may_be_calls(what: object) -> bool:
    return isinstance(what, Iterable) and not isinstance(what, (str, bytes, Mapping))


def _is_row(value: Any) -> bool:
    return type(value) is tuple


def _order_of_call(call: Any) -> Order:
    if not isinstance(call, Call):
        message = f"send_many() takes calls, not {shown(call)}. Write call(task, ...)"
        raise TypeError(message)
    order: Order = call.order
    return order


def _order_of_row(target: Local | Remote, options: Mapping[str, Any]) -> Callable[[Any], Order]:
    sample: Call[Any] = Call(sender(), Order(target, (), {}, NO_OPTIONS, waits=False))
    order = sample.options(**options).order if options else sample.order
    judge = Judge(order)
    settings = order[2:]

    def order_of(row: Any) -> Order:
        if not _is_row(row):
            message = (
                f"a row is a tuple of {target.name}'s positional arguments, not {shown(row)}. "
                f"For one argument write (value,); for named ones send_many(call(...) for ...)"
            )
            raise TypeError(message)
        judge.refuse_mismatch(row)
        return Order(target, row, *settings)

    return order_of
