"""A plain Celery call, as it reaches ``app.send_task``, in the form that the rules read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from celerykit._backend_of import problem_of
from celerykit._callbacks import judged_signature
from celerykit._contract import Contract
from celerykit._examine import CHOSEN_IDS, backend_wanted, destination_wanted, secrets_shown
from celerykit._facts import AppFacts
from celerykit._findings import Finding, shown
from celerykit._json import are_plain
from celerykit._now import now
from celerykit._priority import Priority
from celerykit._request import Callback, Destination, Request
from celerykit._routing import destination_of
from celerykit._targets import Local
from celerykit._values import is_list, is_mapping, unsendable
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    OPTION_WORDS,
    SECRETS,
)
from celerykit.rules import bad_arguments

__all__ = [
    "COPIED",
    "builders_own",
    "followers",
    "is_under_way",
    "mismatched",
    "needs_no_more",
    "ours",
    "plain_request",
]

# What Celery writes itself, and what it looks like then; anything else a caller has written.
_SHAPES: Final[dict[str, tuple[type[Any], ...]]] = {
    "chain": (list, tuple),
    "chord": (dict,),
    "retries": (int,),
    "add_to_parent": (int,),
    "ignore_result": (int,),
    "immutable": (int,),  # before Celery 5.5 some signatures keep it among their options
}

# Options that are true or false; Celery's own code, and tasks' attributes, may say 1 or 0.
_FLAGS: Final = frozenset({"retry", "mandatory"})

# What Task.retry() copies from the message of the task that it sends again: nobody wrote it here.
COPIED: Final = frozenset(
    {
        *("task_id", "shadow", "link", "link_error", "expires", "time_limit", "soft_time_limit"),
        *("headers", "queue", "exchange", "routing_key", "priority", "redelivered"),
    }
)

# What travels in a header on every broker beside the values of JSON.
_CARRIED: Final = (datetime, Decimal, bytes)

_KNOWN: Final = frozenset({*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS})
_GIVEN: Final = frozenset({"name", "args", "kwargs"})


# Where what is sent later stands: in a call's options, and in the arguments of a chain.
_FOLLOWING: Final = ("chain", "link", "link_error", "chord", "tasks")


def ours(name: str) -> bool:
    """Return whether the task *name* is one of Celery's own, such as ``celery.chord_unlock``."""
    return name.startswith("celery.")


def is_under_way(given: Mapping[str, Any]) -> bool:
    """Return whether Celery itself sends this, for work that has begun, and not a caller."""
    return given.get("root_id") is not None


def plain_options(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the options that a caller may have written, in the types that a caller writes.

    Celery fills in many itself (None, or internal ones from a canvas), and passes some in
    forms of its own: a Queue for its name, a time as ISO text when a task is retried.
    """
    left = _GIVEN
    stamps = given.get("stamped_headers")
    if isinstance(stamps, (list, tuple, set)):
        left = left.union(cast("Collection[Any]", stamps))
    if is_under_way(given) and given.get("retries"):
        left |= COPIED
    own = frozenset(builders_own(given))
    return {
        name: _in_our_form(name, value)
        for name, value in given.items()
        if value is not None and name not in own and name not in left and _concerns(name, value)
    }


def _concerns(name: str, value: Any) -> bool:
    shape = _SHAPES.get(name)
    if shape is not None:
        return not isinstance(value, shape)
    if name in {"producer", "publisher"}:  # which a group hands to its members
        return not hasattr(value, "publish")
    return name not in INTERNAL_OPTIONS or (name == "immediate" and bool(value))


def _in_our_form(name: str, value: Any) -> Any:
    if isinstance(value, Priority):
        return repr(value)  # which means something to celerykit's builder alone
    if name in {"queue", "exchange"}:
        return getattr(value, "name", value)
    if name in {"eta", "expires"} and isinstance(value, str):
        return _moment(value)
    if name in _FLAGS and isinstance(value, int):
        return bool(value)
    if name == "headers" and is_mapping(value):
        return {key: each for key, each in value.items() if not _is_usual(key, each)}
    # Who cannot carry a value that nobody knows refuses it (Redis), or leaves it out (RabbitMQ).
    return value if name in _KNOWN or unsendable(value) is None else shown(value)


def _is_usual(header: Any, value: Any) -> bool:
    """Return whether a header is right for plain Celery, whatever the rules say of it."""
    # Tracers (Sentry, Datadog) keep theirs in one called "headers": celery/celery#4875.
    return isinstance(value, _CARRIED) or (header == "headers" and is_mapping(value))


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
    if "serializer" in options and options["serializer"] == facts.serializer:
        del options["serializer"]  # each task has it from the app
    task = given.get("task_type") or _registered(app, name)
    request = Request(
        name,
        *_arguments(given),
        options,
        local=task is not None,
        known_tasks=_known_tasks(app).keys(),
        from_canvas=is_under_way(given),
        now=now(),
        id_was_sent=CHOSEN_IDS.has(app, str(options.get("task_id"))),
        callbacks=tuple(_callbacks(app, options)) if options else (),
    )
    if task is not None:
        _learn_of(task, request, given)
    if destination_wanted(options, facts) and given.get("router") is None:
        request.destination = _destination(app, task, request, given)
    if backend_wanted(options, facts) and (task is None or Local(task, task).own_backend is None):
        request.backend_problem = problem_of(app)
    return request


def _learn_of(task: Any, request: Request, given: Mapping[str, Any]) -> None:
    """Write into *request* what its task tells."""
    contract = Local(task, task).contract
    request.serializer = task.serializer
    if not are_plain(request.args, request.kwargs):
        request.taken = contract.labels(len(request.args))
    request.secrets = _secrets(contract, request, given)
    is_usual = CALL_OPTIONS.keys() >= request.options.keys()
    if not OPTION_WORDS.isdisjoint(request.kwargs) or not is_usual:
        request.parameters = contract.names()


def _destination(
    app: Any, task: Any, request: Request, given: Mapping[str, Any]
) -> Destination | None:
    # A Queue and an Exchange know more than their names.
    way = {key: given.get(key, value) for key, value in request.options.items()}
    asked = Request(request.task, request.args, request.kwargs, way)
    return destination_of(asked, app, task)


def needs_no_more(request: Request, task: Any, facts: AppFacts) -> bool:
    """Return whether no rule asks for more than the call's own words: its way, or the backend."""
    options = request.options
    if destination_wanted(options, facts) or backend_wanted(options, facts):
        return False
    return SECRETS.isdisjoint(Local(task, task).contract.shape.positional)


def _arguments(given: Mapping[str, Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    args, kwargs = given.get("args"), given.get("kwargs")
    return tuple(args) if is_list(args) else (), kwargs if is_mapping(kwargs) else {}


def _secrets(contract: Contract, request: Request, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the arguments that are named like a secret, but for those that the call hides."""
    args = () if given.get("argsrepr") is not None else request.args
    hides = given.get("kwargsrepr") is not None
    kwargs: Mapping[str, Any] = {} if hides else request.kwargs
    return () if request.from_canvas else secrets_shown(contract, args, kwargs, {})


def followers(given: Mapping[str, Any]) -> Iterator[Request]:
    """Yield what will be sent after this, as far as the caller wrote it: steps and callbacks."""
    if given.get("group_index") or is_under_way(given):
        return  # the first member of the group, or the caller, brought the same ones
    for each in [given[name] for name in _FOLLOWING if given.get(name) is not None]:
        for signature in cast("Collection[Any]", each) if is_list(each) else (each,):
            if is_mapping(signature) and "task" in signature:
                options: Mapping[str, Any] = signature.get("options") or {}
                yield Request(signature["task"], (), {}, plain_options(options), from_canvas=True)
                yield from followers({**options, **(signature.get("kwargs") or {})})


def builders_own(given: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options of celerykit's builder that Celery would take for something else."""
    stamps = given.get("stamped_headers") or ()
    return (name for name in ("redact", "stamp") if name in given and name not in stamps)


def mismatched(app: Any, request: Request, given: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding if a task of this app is sent by name with arguments that it cannot take."""
    task = _registered(app, request.task)
    if given.get("task_type") is not None or task is None:
        return  # Task.apply_async checked it, or nobody can
    contract = Local(task, task).contract
    why = contract.mismatch(request.args, request.kwargs)
    if why is not None:
        yield bad_arguments(request.task, why, contract.names() or (), request.kwargs)


def _registered(app: Any, name: str) -> Any:
    """Return the app's task of that *name*, or None."""
    return _known_tasks(app).get(name)


def _known_tasks(app: Any) -> Mapping[str, Any]:
    """Return the app's tasks by name, once it is finalised: to ask before would do that."""
    return app.tasks if app.finalized else {}


def _callbacks(app: Any, options: Mapping[str, Any]) -> Iterator[Callback]:
    for option in ("link", "link_error"):
        given = options.get(option)
        if given is not None:
            for each in cast("Collection[Any]", given) if is_list(given) else (given,):
                yield _judged(app, option, each)


def _judged(app: Any, option: str, value: Any) -> Callback:
    plain = Callback(option, shown(value))
    if option == "link_error" and isinstance(value, str):
        return plain  # the name of a task, which Celery does call
    if not is_mapping(value) or "task" not in value:
        problem = "is not a signature, which marks the successful task as failed"
        return plain._replace(problem=problem, remedy="Pass task.s(...) or task.si(...)")
    # A signature that its task made knows it, whether or not the app knows all its tasks yet.
    task = getattr(value, "_type", None) or _registered(app, value["task"])
    if task is None or value.get("subtask_type"):
        return plain
    return judged_signature(plain, value, Local(task, task).contract)
