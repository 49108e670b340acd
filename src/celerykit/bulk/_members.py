"""Send a group whose members are single calls: many at once, each as Celery's own group would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, Final

from kombu.utils.uuid import uuid

from celerykit._blame import blamed
from celerykit._call import Order
from celerykit._examine import Examined, target_in
from celerykit._group_handle import GroupHandle
from celerykit._inherited import know_backend
from celerykit._joints import Fork, is_leaf
from celerykit._targets import Local, Remote, itself
from celerykit.bulk._lane import Lane, Made
from celerykit.bulk._ledger import Ledger
from celerykit.bulk._membership import Membership
from celerykit.bulk._report import BulkReport
from celerykit.bulk._run import Run
from celerykit.bulk._sent_group import SentGroup
from celerykit.bulk._wire import Publication

__all__ = ["leave_together", "send_members"]

_BATCH: Final = 500


def leave_together(app: Any, fork: Fork, tasks: Sequence[Examined]) -> bool:
    """
    Return whether *app* may send the members of *fork*, which are *tasks*, with many at once.

    Not if one is more than a call; nor if Celery's canvas would not send it with its own task, or
    runs all of it at once.
    """
    if app.conf.task_always_eager or len(fork.members) != len(tasks):
        return False
    if not all(len(each.nodes) == 1 and is_leaf(each.nodes[0]) for each in fork.members):
        return False
    targets = {id(target.task): target for target in (target_in(each.order) for each in tasks)}
    return all(_is_found_by(app, target) for target in targets.values())


def _is_found_by(app: Any, target: Local | Remote) -> bool:
    """Return whether a signature of the task's name, sent by *app*, is a call of this very task."""
    if target.app is not app:
        return False
    registered = app.tasks.get(target.name)
    return registered is (itself(target.task) if isinstance(target, Local) else None)


def send_members(app: Any, fork: Fork, tasks: Sequence[Examined]) -> GroupHandle[Any, Any]:
    """
    Send *tasks*, which the rules let pass, as the members of one group.

    Raises:
        GroupPublishError: Some were not sent, or may not have been.
        BaseException: Whatever a signal's receiver or a task's own code raises.
            ``BulkReport.of(error)`` then returns what became of each.
    """
    group_id, ledger = uuid(), Ledger(keep_ids=True)
    report: BulkReport[Any] = BulkReport(ledger)

    def make(
        numbered: tuple[int, Examined],
        lane_of: Callable[[Order], Lane],
        publish: Callable[[Publication], None],
    ) -> Made:
        index, found = numbered
        return lane_of(found.order).make_member(found, Membership(group_id, index), publish)

    try:
        with ExitStack() as held:
            Run(ledger, _BATCH, _nothing, held).over(enumerate(tasks), make)
    except BaseException as error:
        told = blamed(error) if isinstance(error, Exception) else None
        if told is None:
            report.attach(error)
            raise
        _count_untaken(ledger, len(tasks))
        raise report.failure(error, told.side) from error
    if ledger.error is not None:
        _count_untaken(ledger, len(tasks))
        report.raise_for_unsent()
    # Whatever a task's own apply_async returned: these are the results that will be read.
    know_backend(report.handles[0].async_result)
    sent: SentGroup[Any, Any] = SentGroup(app, group_id, report.handles, fork.shape)
    parent = app.current_worker_task
    if parent is not None:
        parent.add_trail(sent.celerys_result())
    return sent


def _count_untaken(ledger: Ledger, size: int) -> None:
    """Write down that what was never taken was not sent."""
    while ledger.total < size:
        ledger.mark([ledger.take()], "not_sent")


def _nothing() -> None:
    """Tell nobody."""
