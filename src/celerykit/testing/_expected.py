"""What a test expects to have been sent, and in what a call differs from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, TypeGuard, cast

from celerykit._examine import examined, target_in
from celerykit._findings import shown
from celerykit._flow import Call
from celerykit._spelling import spelled
from celerykit._targets import Local, Remote, target_of
from celerykit._translate import in_celerys_form
from celerykit._values import as_seconds, is_delay, is_list, is_mapping
from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS, meant
from celerykit.testing._untyped import json, serializers
from celerykit.testing._written import written

__all__ = ["Expected", "Mismatch", "expected_of", "expected_of_call", "is_call", "name_of"]

_SLACK: Final = timedelta(seconds=1)
_ABSENT: Final = object()
_TIMES: Final = ("countdown", "eta", "expires")
_NAMES: Final = frozenset({"task", "queue", "exchange", "routing_key", "serializer", "shadow"})
_OPTIONS: Final = CALL_OPTIONS.keys() | EXTRA_OPTIONS | {"argsrepr", "kwargsrepr"}


class Mismatch(NamedTuple):
    """One thing in which a call differs from what was expected."""

    name: str
    wanted: str
    got: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the difference in words, without the name."""
        return f"is {self.got}, wanted {self.wanted}{self.hint}"


class Expected(NamedTuple):
    """
    What a test expects to have been sent.

    Attributes:
        task: The task's name.
        arguments: Its arguments, or None where any will do.
        options: The options that count.
        function: The task's function, if it is known: it tells names and defaults.
        exact: Whether an option that is not among them is a difference too.
        tolerance: By how much times may differ; None: not at all where the caller wrote that very
            time, and by a second where it has to be worked out.
    """

    task: str
    arguments: tuple[tuple[Any, ...], Mapping[str, Any]] | None
    options: Mapping[str, Any]
    function: Callable[..., Any] | None
    exact: bool = False
    tolerance: timedelta | None = None

    def mismatches(self, sent: Any) -> tuple[Mismatch, ...]:
        """Return in what the ``SentCall`` *sent* differs; empty if in nothing that counts."""
        if sent.task != self.task:
            return (_mismatch("task", self.task, sent.task),)
        return (*self._arguments(sent), *self._options(sent))

    def __str__(self) -> str:
        """Return the code that would send it."""
        if self.arguments is None:
            return spelled("call", self.task, [_Dots()], {}, self.options)
        return spelled("call", self.task, *self.arguments, self.options)

    def _arguments(self, sent: Any) -> Iterator[Mismatch]:
        if self.arguments is None:
            return
        wanted = _bound(self.function, *self.arguments)
        got = _bound(self.function, sent.args, sent.kwargs)
        hides = any(name in sent.options for name in ("argsrepr", "kwargsrepr"))
        for name in {**wanted, **got}:
            one, other = wanted.get(name, _ABSENT), got.get(name, _ABSENT)
            if one is _ABSENT or other is _ABSENT or not _same(one, other):
                yield Mismatch(name, "***", "***") if hides else _mismatch(name, one, other)

    def _options(self, sent: Any) -> Iterator[Mismatch]:
        for name, wanted in self.options.items():
            if name in _TIMES:
                yield from self._time(name, wanted, sent)
            else:
                got = _read(sent, name)
                if name == "headers" and is_mapping(wanted) and not self.exact:
                    got = {each: got[each] for each in wanted if each in got}
                if not _same(wanted, got):
                    yield _mismatch(name, wanted, got)
        for name in sent.options if self.exact else ():
            if name not in self.options and name != "task_id":
                yield _mismatch(name, None, sent.options[name])

    def _time(self, name: str, wanted: Any, sent: Any) -> Iterator[Mismatch]:
        """Yield the difference of a time, which may have been written in another form."""
        own = sent.options.get(name)
        if isinstance(wanted, datetime):
            got = getattr(sent, name)
            is_own, near = isinstance(own, datetime), _apart(wanted, got)
        elif is_delay(wanted):
            got = _delay(sent, name)
            is_own, near = is_delay(own), None if got is None else got - as_seconds(wanted)
        else:  # None, or an object that knows what it equals
            got = own if own is not None else getattr(sent, name)
            if wanted != got:
                yield _mismatch(name, wanted, got)
            return
        slack = self.tolerance or (timedelta() if is_own else _SLACK)
        if near is None or abs(near) > slack.total_seconds():
            yield _mismatch(name, wanted, got)


class _Dots:
    """Stands for any arguments."""

    def __repr__(self) -> str:
        return "..."


def _apart(wanted: datetime, got: Any) -> float | None:
    if got is None or (wanted.utcoffset() is None) != (got.utcoffset() is None):
        return None
    return cast("float", (got - wanted).total_seconds())


def _delay(sent: Any, name: str) -> float | None:
    """Return after how many seconds the time *name* of *sent* comes."""
    own = sent.options.get(name)
    if is_delay(own):
        return as_seconds(own)
    moment = sent.eta if name == "countdown" else getattr(sent, name)
    return None if moment is None else cast("float", (moment - sent.sent_at).total_seconds())


def _mismatch(name: str, wanted: Any, got: Any) -> Mismatch:
    if name == "task":
        return Mismatch(name, wanted, got, _hint(wanted, got))
    hint = ""
    if name in _NAMES and isinstance(wanted, str) and isinstance(got, str):
        hint = _hint(wanted, got)
    return Mismatch(name, _told(wanted), _told(got), hint)


def _hint(wanted: str, got: str) -> str:
    return ": misspelt?" if get_close_matches(wanted, [got], cutoff=0.7) else ""


def _told(value: Any) -> str:
    return "not given" if value is _ABSENT else "not set" if value is None else shown(value)


def _read(sent: Any, name: str) -> Any:
    """Return the value of an option as it was sent, however it came to be."""
    headers: Mapping[str, Any] = sent.message["headers"]
    if name in {"queue", "exchange", "routing_key", "priority", "headers"}:
        return getattr(sent, name)
    if name in {"time_limit", "soft_time_limit"}:
        return headers["timelimit"][name == "soft_time_limit"]
    if name == "serializer":
        return serializers.type_to_name.get(sent.message["content-type"])
    if name == "task_id":
        return sent.id
    if name in {"shadow", "argsrepr", "kwargsrepr", "ignore_result"}:
        return headers.get(name)
    return (headers.get("stamps") or None) if name == "stamp" else sent.options.get(name)


def _same(wanted: Any, got: Any) -> bool:
    """Return whether *got* is what *wanted* becomes when it is sent."""
    if bool(wanted == got):
        return True
    if is_list(wanted) and is_list(got):
        return len(wanted) == len(got) and all(map(_same, wanted, got))
    if is_mapping(wanted) and is_mapping(got):
        names = {str(name): value for name, value in wanted.items()}
        if names.keys() == got.keys() and all(_same(names[name], got[name]) for name in names):
            return True
    try:
        return bool(json.loads(json.dumps(wanted)) == got)
    except Exception:  # noqa: BLE001 - what cannot be sent was not sent
        return False


def _bound(
    function: Callable[..., Any] | None, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return arguments by the names of their parameters, defaults included."""
    try:
        signature = inspect.signature(cast("Callable[..., Any]", function))
        bound = signature.bind(*args, **kwargs)
    except (TypeError, ValueError):  # nobody knows the parameters, or they are others
        return {**{f"args[{index}]": value for index, value in enumerate(args)}, **kwargs}
    bound.apply_defaults()
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found.update({f"{name}[{index}]": each for index, each in enumerate(value)})
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found.update(value)
        else:
            found[name] = value
    return found


def _function_of(target: Local | Remote) -> Callable[..., Any]:
    found: Callable[..., Any] = (
        target.task.run if isinstance(target, Local) else target.task.__wrapped__
    )
    return found


def is_call(value: Any) -> TypeGuard[Call[Any]]:
    """Return whether *value* is a call of celerykit's."""
    return isinstance(value, Call)


def name_of(task: Any) -> str:
    """Return the name of *task*: a task, one that lives elsewhere, a call, or a name."""
    if isinstance(task, str):
        return task
    if is_call(task):
        return task.order.target.name
    target = target_of(task)
    if target is None:
        message = f"{shown(task)} is not a task. Pass a Celery task, its name, or call(task, ...)."
        raise TypeError(message)
    return target.name


def expected_of_call(
    call: Call[Any], *, exact: bool, tolerance: timedelta | None = None
) -> Expected:
    """Return what *call* would send."""
    order = call.order
    target = target_in(order)
    task = target.task if isinstance(target, Local) else None
    options = written(in_celerys_form(examined(order)), task)
    arguments = (order.args, order.kwargs)
    return Expected(target.name, arguments, options, _function_of(target), exact, tolerance)


def expected_of(
    task: Any, args: tuple[Any, ...], keywords: Mapping[str, Any], tolerance: timedelta | None
) -> Expected:
    """
    Return what the arguments of an assertion mean.

    A keyword is an argument if the task has a parameter of that name, else an option.
    """
    if is_call(task):
        if args or keywords:
            message = "a call brings its arguments and options; write them in call(...), or none"
            raise TypeError(message)
        return expected_of_call(task, exact=False, tolerance=tolerance)
    name = name_of(task)
    target = None if isinstance(task, str) else target_of(task)
    function = None if target is None else _function_of(target)
    parameters = () if target is None else target.contract.names() or ()
    options = {key: keywords[key] for key in keywords if key not in parameters and key in _OPTIONS}
    kwargs = {key: value for key, value in keywords.items() if key not in options}
    if target is not None:
        _refuse_misfit(name, target, args, kwargs)
    given = (args, kwargs) if args or kwargs else None
    return Expected(name, given, options, function, tolerance=tolerance)


def _refuse_misfit(
    name: str, target: Local | Remote, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    """Raise TypeError for arguments that no call of the task could have."""
    why = target.contract.mismatch(args, kwargs) if args or kwargs else None
    if why is None:
        return
    near = [f"{key} ({word}?)" for key in kwargs if (word := meant(key, _OPTIONS)) is not None]
    asked = f" Options that look misspelt: {', '.join(near)}." if near else ""
    message = f"{name}: {why}. Give all its arguments, with ANY for those that may be any, or none."
    raise TypeError(message + asked)
