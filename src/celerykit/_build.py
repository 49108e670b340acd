"""call() and step(): a task and its arguments become a call, checked at this line."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar

from celerykit._call import Order, Sender, Target
from celerykit._contract import HOLE
from celerykit._flow import Call, Step
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._verdicts import NO_OPTIONS
from celerykit.errors import CallRejected
from celerykit.rules import bad_arguments, not_a_task

__all__ = ["call", "sender", "step"]

P = ParamSpec("P")
R = TypeVar("R")
In = TypeVar("In")


@cache
def sender() -> Sender:
    """Return the one who hands over to Celery; what it needs is loaded at the first call."""
    from celerykit._send_flow import FlowSender  # noqa: PLC0415 - keeps the import cheap

    return FlowSender()


@cache
def _target_of() -> Callable[[object], Target | None]:
    """Return what tells which task a thing is; likewise."""
    from celerykit._targets import target_of  # noqa: PLC0415 - as above

    return target_of


def call(task: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Call[R]:
    """
    Return a call of *task* with these arguments, ready for options and for ``send()``.

    Args:
        task: A Celery task, or one declared with ``remote()`` or ``Service``.
        *args: The task's positional arguments.
        **kwargs: Its keyword arguments.

    Raises:
        CallRejected: *task* is not a task, or cannot take these arguments.
    """
    return Call(sender(), _order(task, args, kwargs, waits=False))


def step(
    task: Callable[Concatenate[In, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> Step[In, R]:
    """
    Return a step: *task* with these arguments, waiting for one value that comes before them.

    Args:
        task: A Celery task, or one declared with ``remote()`` or ``Service``.
        *args: The task's positional arguments after its first.
        **kwargs: Its keyword arguments.

    Raises:
        CallRejected: *task* is not a task, or cannot take a value and these arguments.
    """
    return Step(sender(), _order(task, args, kwargs, waits=True))


def _order(task: Any, args: tuple[Any, ...], kwargs: dict[str, Any], *, waits: bool) -> Order:
    target = _target_of()(task)
    if target is None:
        raise CallRejected((not_a_task(task),))
    contract = target.contract
    why = contract.mismatch((HOLE, *args) if waits else args, kwargs)
    if why is not None:
        first = "".join(contract.positional(1)) if waits else None
        names = contract.names() or ()
        raise CallRejected((bad_arguments(target.name, why, names, kwargs, first),))
    return Order(target, snapshot_args(args), snapshot_kwargs(kwargs), NO_OPTIONS, waits)
