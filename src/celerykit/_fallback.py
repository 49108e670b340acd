"""What becomes of a call that was not sent, where its caller has a way of their own for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celerykit._examine import target_in
from celerykit._findings import shown
from celerykit._flow import Call
from celerykit._handle import Handle, is_handle
from celerykit._targets import Local
from celerykit.errors import PublishError

__all__ = ["taken_care_of"]


def taken_care_of(
    call: Call[Any], error: PublishError, hook: Callable[[Any, PublishError], Any]
) -> Handle[Any]:
    """
    Give *call*, which has the id that it was to be sent with, to *hook*; return a handle on it.

    Raises:
        PublishError: The hook has not taken care of it: *error* itself.
        TypeError: The hook returned what means nothing.
    """
    answer: Any = hook(call, error)
    if is_handle(answer):
        return answer
    if answer is None or answer is False:
        raise error
    if answer is not True:
        message = (
            f"on_unsent returned {shown(answer)}. Return True if the call is taken care of, a "
            "handle to return instead, or None to have the error raised"
        )
        raise TypeError(message) from error
    order = call.order
    target = target_in(order)
    source = target.task if isinstance(target, Local) else target.app
    result = source.AsyncResult(order.options["task_id"])
    return Handle(result, allowed=order.allowed, unsent=error)
