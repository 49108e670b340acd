"""What follows a call, and whether Celery can call it with what it will give it."""

from __future__ import annotations

from typing import Any

from celerykit._contract import Contract
from celerykit._findings import shown
from celerykit._request import Callback

__all__ = ["judged_errback"]


def judged_errback(delivery: Any, contract: Contract, *, waits: bool) -> Callback:
    """
    Return *delivery* as an errback, with what is wrong with it.

    Celery chooses by the task's parameters. One, or a bound task: the errback gets a message of
    its own, with the id of the failed task. Two or more: its function is called at once in the
    worker where the task failed, with request, exception and traceback, and whatever it raises
    is only logged. Before Celery 5.7 arguments that are given already counted too.
    """
    plain = Callback("link_error", shown(delivery))
    if not contract.is_compiled or _positional(contract) < 2:  # noqa: PLR2004 - Celery's own limit
        return plain
    if waits:
        problem = "takes more than one argument, so Celery calls it with three and fails"
        remedy = "Give it one parameter, the failed task's id, or declare it with bind=True"
        return plain._replace(problem=problem, remedy=remedy)
    problem = "would run inside the failed task's worker, with its options ignored"
    remedy = "Declare its task with bind=True, which makes Celery send it"
    return plain._replace(problem=problem, remedy=remedy, level="warning")


def _positional(contract: Contract) -> int:
    """Return how many positional parameters Celery counts; many when there is no limit."""
    shape = contract.shape
    return len(shape.positional) if shape.variadic is None else 255
