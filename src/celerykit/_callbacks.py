"""What follows a call, and whether Celery can call it with what it will give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celerykit._contract import HOLE, Contract
from celerykit._findings import shown
from celerykit._request import Callback

__all__ = ["judged_errback", "judged_signature"]


def judged_errback(delivery: Any, *, counts_given: bool = False) -> Callback:
    """
    Return *delivery*, a call or a step, as an errback, with what is wrong with it.

    Celery chooses by the task's parameters. One, or a bound task: the errback gets a message of
    its own, with the id of the failed task. Two or more: its function is called at once in the
    worker where the task failed, with request, exception and traceback, and whatever it raises
    is only logged. Before Celery 5.7 arguments that are given already counted too
    (*counts_given*).
    """
    order = delivery.order
    contract: Contract = order.target.contract
    plain = Callback("link_error", shown(delivery))
    counted = order.waits and not counts_given
    left = _left(contract, order.args, order.kwargs) if counted else _left(contract, (), {})
    if not contract.is_compiled or left < 2:  # noqa: PLR2004 - Celery's own limit
        return plain
    if not order.waits:
        problem = "would run inside the failed task's worker, with its options ignored"
        remedy = "Declare its task with bind=True, which makes Celery send it"
        return plain._replace(problem=problem, remedy=remedy, level="warning")
    remedy = "Give it one parameter, the failed task's id, or declare it with bind=True"
    if contract.mismatch((HOLE, HOLE, HOLE, *order.args), order.kwargs) is None:
        if contract.mismatch((HOLE, *order.args), order.kwargs) is not None:
            return plain  # it can be nothing else: whoever wrote it means that
        problem = "would get request, exception and traceback, inside the failed task's worker"
        return plain._replace(problem=problem, remedy=remedy, level="warning")
    problem = "takes more than one argument, so Celery calls it with three and fails"
    return plain._replace(problem=problem, remedy=remedy)


def judged_signature(plain: Callback, signature: Mapping[str, Any], contract: Contract) -> Callback:
    """
    Return *plain*, Celery's own *signature* as a callback, with what is wrong with it.

    An errback gets the id of the failed task, or its request, the exception and the traceback: the
    versions of Celery differ in when. One that can take either is left alone.
    """
    holes = ((HOLE,),) if plain.option == "link" else ((HOLE,), (HOLE, HOLE, HOLE))
    given = tuple(signature.get("args") or ())
    tries = [given] if signature.get("immutable") else [(*hole, *given) for hole in holes]
    whys = [contract.mismatch(args, signature.get("kwargs") or {}) for args in tries]
    if None in whys:
        return plain
    remedy = "Use task.si(...) if it does not want what it is given"
    return plain._replace(problem=f"cannot be called: {whys[0]}", remedy=remedy)


def _left(contract: Contract, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int:
    """Return how many positional parameters are left beside these; many when there is no limit."""
    shape = contract.shape
    names = shape.positional[len(args) :]
    for index, name in enumerate(names):
        if name in kwargs:
            return index  # whatever comes after it has to be named too
    return len(names) if shape.variadic is None else 255
