"""What could go wrong: one module for each rule, each a pure function of plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType
from typing import Final, TypeAlias

from celerykit._config import Config
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding, Rule, Stage
from celerykit._json import are_plain
from celerykit._live import Live
from celerykit._read import Read
from celerykit._request import Request
from celerykit._vocabulary import (
    CALL_OPTIONS,
    INTERNAL_OPTIONS,
    OPTION_WORDS,
    TASK_ATTRIBUTES,
)

__all__ = [
    "adjustable",
    "at_arguments",
    "at_build",
    "at_guard",
    "at_read",
    "at_send",
    "bad_arguments",
    "blank_name",
    "catalogue",
    "fan_of_few",
    "has_method",
    "misplaced",
    "misspelt_setting",
    "not_a_callback",
    "not_a_task",
    "not_an_app",
    "not_celerys",
    "of_app",
    "of_live",
    "refused_by_broker",
    "runs_elsewhere",
    "unfit_joint",
    "unfit_signature",
    "unknown_rule",
]

# What .options() takes: a callback carries types, which a TypedDict cannot hold.
_AT_ONCE: Final = CALL_OPTIONS.keys() - {"link", "link_error"}

# What a rule can watch besides options.
_ARGUMENTS: Final = frozenset({"**", "arguments", "place"})

Check: TypeAlias = Callable[[Request, AppFacts], Iterator[Finding]]


@cache
def catalogue() -> Mapping[str, ModuleType]:
    """Return the module of each rule by its code. Loaded at the first call, not at import."""
    from pkgutil import iter_modules  # noqa: PLC0415 - as they are

    names = sorted(module.name for module in iter_modules(__path__))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {module.RULE.code: module for module in modules}


@cache
def adjustable() -> frozenset[str]:
    """Return the codes of the rules whose level a project or a call may change."""
    return frozenset(code for code, module in catalogue().items() if not module.RULE.fixed)


@cache
def _watchers(stage: Stage) -> Mapping[str, tuple[Check, ...]]:
    """Return the checks of *stage* by the option that they watch; "" stands for every call."""
    found: defaultdict[str, list[Check]] = defaultdict(list)
    for module in catalogue().values():
        rule: Rule = module.RULE
        if not hasattr(module, "check"):
            continue  # the builder asks it itself
        later = rule.again if stage == "send" else frozenset[str]()
        for option in (rule.watches or {""}) if rule.stage == stage else later:
            found[option].append(module.check)
    return {option: tuple(checks) for option, checks in found.items()}


@lru_cache(maxsize=1024)
def _asked(stage: Stage, options: tuple[str, ...]) -> tuple[Check, ...]:
    """Return the checks that *options* make worth asking, each once, in a steady order."""
    watchers = _watchers(stage)
    asked = dict.fromkeys(watchers.get("", ()))
    for option in options:
        asked.update(dict.fromkeys(watchers.get(option, ())))
        if option not in CALL_OPTIONS and option not in _ARGUMENTS:
            asked.update(dict.fromkeys(watchers.get("*", ())))
    return tuple(asked)


def at_build(request: Request, changed: Iterable[str]) -> list[Finding]:
    """Return what the values of the *changed* options alone show to be wrong."""
    asked = _asked("build", tuple(changed))
    return [finding for check in asked for finding in check(request, UNKNOWN)]


def misplaced(task: str, options: Iterable[str]) -> list[Finding]:
    """Return a finding for each of *options* that ``.options()`` does not take."""
    refuse = catalogue()["CK201"].refuse
    elsewhere = {*INTERNAL_OPTIONS, *TASK_ATTRIBUTES}  # which have rules of their own
    return [
        refuse(task, name) for name in options if name not in elsewhere and name not in _AT_ONCE
    ]


def has_method(task: str, options: Iterable[str]) -> list[Finding]:
    """Return a finding for each of *options* that has a method, and so is not for ``.extra()``."""
    refuse = catalogue()["CK201"].refuse_method
    return [refuse(task, name) for name in options if name in CALL_OPTIONS]


def not_celerys(task: str, option: str) -> Finding:
    """Return the finding for an *option* of the builder's in a plain Celery call."""
    finding: Finding = catalogue()["CK201"].refuse_ours(task, option)
    return finding


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


def bad_arguments(
    task: str,
    why: str,
    parameters: Iterable[str],
    named: Iterable[str] = (),
    first: str | None = None,
) -> Finding:
    """
    Return the finding for arguments that *task* cannot take because of *why*.

    Args:
        task: The task's name.
        why: What Python says.
        parameters: What the task takes.
        named: The arguments that were given by name.
        first: In a step, the parameter that takes the value before it, or "" if there is none.
    """
    refuse = catalogue()["CK102"].refuse
    finding: Finding = refuse(task, why, tuple(parameters), tuple(named), first)
    return finding


def refused_by_broker(task: str, broker: str, error: Exception) -> Finding:
    """Return the finding for a message that *broker* cannot carry because of *error*."""
    finding: Finding = catalogue()["CK210"].refuse(task, broker, error)
    return finding


def unfit_joint(flow: str, part: object, *, takes: bool) -> Finding:
    """Return the finding for *part*, which cannot come after *flow*; *takes*: it gets a value."""
    finding: Finding = catalogue()["CK502"].refuse(flow, part, takes)
    return finding


def fan_of_few(count: int) -> Finding:
    """Return the finding for a fan of *count* steps."""
    finding: Finding = catalogue()["CK503"].refuse(count)
    return finding


def unfit_signature(signature: object, problem: str, remedy: str) -> Finding:
    """Return the finding for Celery's *signature*, of which no flow can be made."""
    finding: Finding = catalogue()["CK508"].refuse(signature, problem, remedy)
    return finding


def not_an_app(task: str, value: object) -> Finding:
    """Return the finding for *value*, which was to be the app that sends."""
    finding: Finding = catalogue()["CK203"].refuse_app(task, value)
    return finding


def at_guard(request: Request, facts: AppFacts) -> list[Finding]:
    """Return what is wrong with a plain Celery call, as far as it shows when it is sent."""
    asked = dict.fromkeys(
        (*_asked("build", tuple(request.options)), *_asked("send", _subjects(request)))
    )
    return [finding for check in asked for finding in check(request, facts)]


def at_read(read: Read) -> list[Finding]:
    """Return what is wrong with a read of a result that is about to begin."""
    return [finding for check in _readers() for finding in check(read)]


@cache
def _readers() -> tuple[Callable[[Read], Iterator[Finding]], ...]:
    """Return the checks of the rules about reading, in the order of their codes."""
    return tuple(module.check for module in catalogue().values() if module.RULE.stage == "read")


def unknown_rule(task: str, code: str) -> Finding:
    """Return the finding for *code*, which names no rule, or one that nobody may change."""
    finding: Finding = catalogue()["CK109"].refuse(task, code, catalogue())
    return finding


def misspelt_setting(name: str, known: Iterable[str]) -> str | None:
    """Return that of the *known* settings which *name* is a misspelling of, or None."""
    found: str | None = catalogue()["CK602"].misspelt(name, known)
    return found


def of_app(config: Config) -> list[Finding]:
    """Return what is wrong with an app's configuration, in the order of the codes."""
    found: list[Finding] = []
    for module in catalogue().values():
        # A rule about calls may judge the configuration as well.
        judge = module.check if module.RULE.stage == "app" else getattr(module, "check_app", None)
        if judge is not None:
            found.extend(judge(config))
    return found


def of_live(config: Config, live: Live) -> list[Finding]:
    """Return what the broker, the result backend and the workers show to be wrong."""
    modules = (module for module in catalogue().values() if module.RULE.stage == "live")
    return [finding for module in modules for finding in module.check(config, live)]


def at_send(request: Request, facts: AppFacts) -> list[Finding]:
    """Return what is wrong with a whole call, now that the app's configuration is known."""
    asked = _asked("send", _subjects(request))
    return [finding for check in asked for finding in check(request, facts)]


def at_arguments(request: Request, facts: AppFacts) -> list[Finding]:
    """Return what is wrong with the arguments of a call whose options are known to pass."""
    found = _asked("send", ("arguments",))
    return [finding for check in found for finding in check(request, facts)]


def _subjects(request: Request) -> tuple[str, ...]:
    """Return what rules may watch in a whole call: its options, its arguments and its place."""
    subjects = tuple(request.options)
    if not OPTION_WORDS.isdisjoint(request.kwargs):
        subjects = (*subjects, "**")
    if request.place is not None:
        subjects = (*subjects, "place")
    plain = are_plain(request.args, request.kwargs) if request.plain is None else request.plain
    return subjects if plain else (*subjects, "arguments")
