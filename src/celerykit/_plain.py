"""A plain Celery call, as it reaches ``app.send_task``, in the form that the rules read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Final, cast

from celerykit._contract import HOLE, Contract
from celerykit._examine import CHOSEN_IDS, destination_wanted, secrets_shown
from celerykit._facts import AppFacts
from celerykit._findings import Finding, shown
from celerykit._request import Callback, Request
from celerykit._routing import destination_of
from celerykit._targets import Local
from celerykit._values import is_list, is_mapping
from celerykit._vocabulary import CALL_OPTIONS, INTERNAL_OPTIONS
from celerykit.rules import bad_arguments

__all__ = ["mismatched", "ours", "plain_request"]

# Internal options that a caller has no business with, and that break a worker when they are wrong.
_SHAPES: Final[dict[str, tuple[type[Any], ...]]] = {
    "chain": (list, tuple),
    "chord": (dict,),
    "retries": (int,),
}


_GIVEN: Final = frozenset({"name", "args", "kwargs"})


def ours(name: str) -> bool:
    """Return whether the task *name* is one of Celery's own, such as ``celery.chord_unlock``."""
    return name.startswith("celery.")


def plain_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the options that a caller may have written, in the types that a caller writes.

    Celery fills in many itself (None, or internal ones from a canvas), and passes some in
    forms of its own: a Queue for its name, a time as ISO text when a task is retried.
    """
    stamps = given.get("stamped_headers") or ()
    return {
        name: _in_our_form(name, value)
        for name, value in given.items()
        if value is not None
        and name not in _GIVEN
        and name not in stamps
        and _concerns(name, value)
    }


def _concerns(name: str, value: Any) -> bool:
    if name in _SHAPES:
        return not isinstance(value, _SHAPES[name])
    # Task.apply_async always writes ignore_result, so False says nothing of the caller's wish.
    return name not in INTERNAL_OPTIONS and (name != "ignore_result" or bool(value))


def _in_our_form(name: str, value: Any) -> Any:
    if name in {"queue", "exchange"}:
        return getattr(value, "name", value)
    if name in {"eta", "expires"} and isinstance(value, str):
        return _moment(value)
    return value


def _moment(text: str) -> Any:
    """Return the datetime that *text* writes as a worker will read it, or *text* itself."""
    from dateutil.parser import isoparse  # noqa: PLC0415 - Celery's own parser, and dependency

    try:
        moment: datetime = isoparse(text)
    except ValueError:
        return text
    return moment


def plain_request(app: Any, name: str, given: Mapping[str, Any], facts: AppFacts) -> Request:
    """Return the call of *name* with *given*, ``send_task``'s parameters, as the rules read it."""
    options = plain_options(given)
    task = given.get("task_type") or _registered(app, name)
    args = given.get("args") if is_list(given.get("args")) else ()
    kwargs = given.get("kwargs") if is_mapping(given.get("kwargs")) else {}
    request = Request(
        name,
        tuple(cast("tuple[Any, ...]", args)),
        cast("Mapping[str, Any]", kwargs),
        options,
        local=task is not None,
        known_tasks=_known_tasks(app).keys(),
        takes_models=True,  # by now Celery has turned them into plain values, or never will
        from_canvas=given.get("root_id") is not None,
        now=datetime.now(timezone.utc),
        id_was_sent="task_id" in options and CHOSEN_IDS.has(app, options["task_id"]),
        callbacks=tuple(_callbacks(app, options)),
    )
    if task is not None:
        contract = Local(task, task).contract
        request.serializer = task.serializer
        request.taken = contract.positional(len(request.args))
        request.secrets = secrets_shown(contract, request.args, request.kwargs, given)
        if not CALL_OPTIONS.keys() >= options.keys():
            request.parameters = contract.names()
    if destination_wanted(options, facts):
        request.destination = destination_of(
            app, options.get("route_name", name), request.args, kwargs, options, task
        )
    return request


def mismatched(app: Any, request: Request, given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding if a task of this app is sent by name with arguments that it cannot take."""
    task = _registered(app, request.task)
    if given.get("task_type") is not None or task is None:
        return  # Task.apply_async checked it, or nobody can
    contract = Local(task, task).contract
    why = contract.mismatch(request.args, request.kwargs)
    if why is not None:
        yield bad_arguments(request.task, why, contract.names() or ())


def _registered(app: Any, name: str) -> Any:
    """Return the app's task of that *name*, or None."""
    return _known_tasks(app).get(name)


def _known_tasks(app: Any) -> Mapping[str, Any]:
    """Return the app's tasks by name; to ask finalises the app, unless it says not to."""
    return app.tasks if app.finalized or app.autofinalize else {}


def _callbacks(app: Any, options: Mapping[str, Any]) -> Iterator[Callback]:
    for option in ("link", "link_error"):
        given = options.get(option)
        for each in cast("Collection[Any]", given) if is_list(given) else (given,):
            if each is not None:
                yield _judged(app, option, each)


def _judged(app: Any, option: str, value: Any) -> Callback:
    plain = Callback(option, shown(value))
    if option == "link_error" and isinstance(value, str):
        return plain  # the name of a task, which Celery does call
    if not is_mapping(value) or "task" not in value:
        problem = "is not a signature, which marks the successful task as failed"
        return plain._replace(problem=problem, remedy="Pass task.s(...) or task.si(...)")
    task = _registered(app, value["task"])
    if task is None or option == "link_error" or value.get("subtask_type"):
        return plain
    contract: Contract = Local(task, task).contract
    given = tuple(value.get("args") or ())
    args = given if value.get("immutable") else (HOLE, *given)
    why = contract.mismatch(args, value.get("kwargs") or {})
    if why is None:
        return plain
    remedy = "Use task.si(...) if it does not want the result"
    return plain._replace(problem=f"cannot be called: {why}", remedy=remedy)
