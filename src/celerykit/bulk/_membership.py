"""What makes a call a member of a group: Celery's words for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, cast

from celery.app.task import Task

from celerykit._handle import Handle
from celerykit._targets import Local, Remote
from celerykit.bulk._ledger import HandleMaker

__all__ = ["Membership", "member_maker"]


class Membership(NamedTuple):
    """
    Where a call stands in a group.

    Attributes:
        group_id: The id of the group.
        position: Which of its members the call is; the first is 0.
    """

    group_id: str
    position: int

    def options(self, app: Any, task_id: str) -> dict[str, Any]:
        """Return what Celery's ``group`` of *app* adds to the options of each of its tasks."""
        return {
            "task_id": task_id,
            "reply_to": app.thread_oid,
            "group_id": self.group_id,
            "group_index": self.position,
            "add_to_parent": False,  # the group is added, once
        }


def member_maker(target: Local | Remote, options: Mapping[str, Any]) -> HandleMaker:
    """Return what makes the handle of a member from its id: a call of *target* with *options*."""
    ignored = isinstance(target, Local) and bool(target.task.ignore_result)
    return partial(_handle, _results_of(target), bool(options.get("ignore_result", ignored)))


def _results_of(target: Local | Remote) -> Any:
    """Return what makes Celery's result, of the backend that is this thread's now."""
    app = target.app
    if isinstance(target, Remote):
        return partial(app.AsyncResult, backend=app.backend)
    task = target.task
    if task.__class__.AsyncResult is not cast("Any", Task).AsyncResult:
        return task.AsyncResult
    return partial(app.AsyncResult, backend=task.backend, task_name=task.name)


def _handle(results: Any, ignored: bool, task_id: str) -> Handle[Any]:  # noqa: FBT001 - its value
    result = results(task_id)
    if ignored:
        result.ignored = True
    return Handle(result)
