"""What could go wrong: one module for each rule, each a pure function of a call and AppFacts."""

# catalogue() uses what it imports through locals().
# pyright: reportUnusedImport=false

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import ModuleType
from typing import Final, TypeAlias

from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding, Rule, Stage
from celerykit._request import Request
from celerykit._vocabulary import (
    CALL_OPTIONS,
    INTERNAL_OPTIONS,
    OPTION_WORDS,
    TASK_ATTRIBUTES,
)

__all__ = [
    "at_build",
    "at_send",
    "bad_arguments",
    "blank_name",
    "catalogue",
    "has_method",
    "misplaced",
    "not_a_callback",
    "not_a_task",
    "runs_elsewhere",
    "watching",
]

# What .options() takes: a callback carries types, which a TypedDict cannot hold.
_AT_ONCE: Final = CALL_OPTIONS.keys() - {"link", "link_error"}

Check: TypeAlias = Callable[[Request, AppFacts], Iterator[Finding]]


@cache
def catalogue() -> Mapping[str, ModuleType]:
    """Return the module of each rule by its code. Loaded at the first call, not at import."""
    modules = {module.RULE.code: module for module in (*_of_the_call(), *_of_the_app())}
    return dict(sorted(modules.items()))


def _of_the_call() -> list[ModuleType]:
    """Return the rules that a call's own values decide."""
    from celerykit.rules import (  # noqa: PLC0415 - many small files: keeps the import cheap
        ck101_not_a_task,
        ck102_bad_arguments,
        ck103_unknown_parameter,
        ck104_runs_elsewhere,
        ck201_unknown_option,
        ck202_internal_option,
        ck203_wrong_type,
        ck204_out_of_range,
        ck205_naive_time,
        ck206_countdown_with_eta,
        ck207_expires_before_start,
        ck208_soft_over_hard,
        ck209_protocol_header,
        ck210_unsendable_value,
        ck211_stamp_collision,
        ck212_task_argument,
        ck213_task_attribute,
        ck214_blank_name,
        ck215_retry_policy,
    )

    return [value for value in locals().values() if isinstance(value, ModuleType)]


def _of_the_app() -> list[ModuleType]:
    """Return the rules that wait for the send, when the app and the time are known."""
    from celerykit.rules import (  # noqa: PLC0415 - as above
        ck105_option_as_argument,
        ck220_priority_ignored,
        ck221_mandatory_without_confirms,
        ck222_exchange_ignored,
        ck223_unknown_serializer,
        ck224_foreign_user_id,
        ck225_past_eta,
        ck226_undeclared_queue,
        ck227_unbound_exchange,
        ck301_serializer_not_accepted,
    )

    return [value for value in locals().values() if isinstance(value, ModuleType)]


@cache
def _watchers(stage: Stage) -> Mapping[str, tuple[Check, ...]]:
    """Return the checks of *stage* by what they watch."""
    found: defaultdict[str, list[Check]] = defaultdict(list)
    for module in catalogue().values():
        rule: Rule = module.RULE
        later = rule.again if stage == "send" else ()
        for option in rule.watches if rule.stage == stage else later:
            found[option].append(module.check)
    return {option: tuple(checks) for option, checks in found.items()}


@lru_cache(maxsize=1024)
def _asked(stage: Stage, options: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the checks that *options* make worth asking, each once, in a steady order."""
    watchers = _watchers(stage)
    asked: dict[Check, None] = {}
    for option in options:
        asked.update(dict.fromkeys(watchers.get(option, ())))
        if option not in CALL_OPTIONS and option != "**":
            asked.update(dict.fromkeys(watchers.get("*", ())))
    return tuple(asked)


def at_build(request: Request, changed: Iterable[str]) -> list[Finding]:
    """Return what the values of the *changed* options alone show to be wrong."""
    return [
        finding for check in _asked("build", tuple(changed)) for finding in check(request, UNKNOWN)
    ]


def misplaced(task: str, options: Iterable[str]) -> list[Finding]:
    """Return a finding for each of *options* that ``.options()`` does not take."""
    refuse = catalogue()["CK201"].refuse
    elsewhere = {*INTERNAL_OPTIONS, *TASK_ATTRIBUTES}  # which have rules of their own
    return [refuse(task, name) for name in options if name not in elsewhere and name not in _AT_ONCE]


def has_method(task: str, options: Iterable[str]) -> list[Finding]:
    """Return a finding for each of *options* that has a method, and so is not for ``.extra()``."""
    refuse = catalogue()["CK201"].refuse_method
    return [refuse(task, name) for name in options if name in CALL_OPTIONS]


def not_a_callback(task: str, option: str, value: object) -> Finding:
    """Return the finding for *value*, which cannot follow a task as *option*."""
    finding: Finding = catalogue()["CK203"].refuse_callback(task, option, value)
    return finding


def runs_elsewhere(task: str, function: str) -> Finding:
    """Return the finding for a remote *task* that was to run here."""
    finding: Finding = catalogue()["CK104"].refuse(task, function)
    return finding


def blank_name(name: object) -> Finding:
    """Return the finding for *name*, which cannot be the name of a remote task."""
    finding: Finding = catalogue()["CK214"].refuse(name)
    return finding


def not_a_task(thing: object) -> Finding:
    """Return the finding for *thing*, which is not a task."""
    finding: Finding = catalogue()["CK101"].refuse(thing)
    return finding


def bad_arguments(task: str, why: str, parameters: Iterable[str]) -> Finding:
    """Return the finding for arguments that *task* cannot take because of *why*."""
    finding: Finding = catalogue()["CK102"].refuse(task, why, tuple(parameters))
    return finding


def watching(request: Request) -> tuple[Check, ...]:
    """Return the checks that want to see a whole call before it is sent."""
    options = tuple(request.options)
    return _asked("send", options if OPTION_WORDS.isdisjoint(request.kwargs) else (*options, "**"))


def at_send(checks: Iterable[Check], request: Request, facts: AppFacts) -> list[Finding]:
    """Return what *checks* say of a whole call, now that the app's configuration is known."""
    return [finding for check in checks for finding in check(request, facts)]
