"""Ask the rules about an order, and act on what they find."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, NamedTuple, cast

from celerykit._backend_of import problem_of
from celerykit._call import Order
from celerykit._callbacks import judged_errback
from celerykit._contract import HOLE, Contract
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding
from celerykit._gather import facts_of, setting_of
from celerykit._json import are_plain
from celerykit._now import now
from celerykit._own_settings import read_own
from celerykit._request import Callback, Destination, Place, Request
from celerykit._routing import destination_of
from celerykit._sent_ids import SentIds
from celerykit._severity import judged
from celerykit._targets import Local, Remote
from celerykit._verdicts import Passed, Task, Usual, Verdict
from celerykit._vocabulary import OPTION_WORDS, SECRETS
from celerykit._warn import warn
from celerykit.errors import CallRejected, CallWarning
from celerykit.rules import adjustable, at_send

__all__ = [
    "CHOSEN_IDS",
    "Examined",
    "at_builder_line",
    "backend_wanted",
    "decide",
    "destination_wanted",
    "examined",
    "secrets_shown",
    "target_in",
    "unexamined",
]

CHOSEN_IDS: Final = SentIds()

# The rules are pure, and a program's calls are mostly alike: what passed once passes.
_passed: Final = Passed()
_NOTHING: Final[Mapping[str, Any]] = {}

_ADDRESSED: Final = frozenset({"exchange", "routing_key"})
# Options that may name a moment, which the clock has a say in.
_TIMED: Final = frozenset({"eta", "expires"})
_DELAYED: Final = frozenset({"countdown", "eta"})


class Examined(NamedTuple):
    """
    An order, what the rules found in it and in what follows it, and what they were asked about.

    Attributes:
        order: The order itself.
        findings: What was found, callbacks included.
        destination: Where it goes, if a rule wanted to know.
        facts: What the rules were told of the app.
        following: The callbacks by their options, each examined in its own right.
    """

    order: Order
    findings: list[Finding]
    destination: Destination | None
    facts: AppFacts
    following: Mapping[str, tuple[Examined, ...]]


def target_in(order: Order) -> Local | Remote:
    """Return the target of *order* as one of ours."""
    return cast("Local | Remote", order.target)


def examined(order: Order, place: Place | None = None, *, alone: bool = False) -> Examined:
    """
    Return what the rules say of *order*, now that its app and its *place* are known.

    *alone* says that celerykit sends it by itself, and not Celery as a part of something else.
    """
    target = target_in(order)
    facts = facts_of(target.app)
    options = order.options
    usual = place is None and not options.get("mandatory")
    task = _told_by(order, target) if usual else None
    verdict = None if task is None else _passed.verdict(options, facts, task)
    if verdict is not None and not verdict.is_routed:
        return Examined(order, [], None, facts, _NOTHING)
    is_routed = destination_wanted(options, facts)
    destination = _destination(order, target) if is_routed else None
    if verdict is not None and verdict.destination == destination:
        return Examined(order, [], destination, facts, _NOTHING)
    request = _request(order, target, facts)
    request.destination = destination
    request.place, request.alone = place, alone
    if task is None:
        _look_at_arguments(request, order, target)
    asks_backend = backend_wanted(options, facts)
    if asks_backend and target.own_backend is None:
        request.backend_problem = problem_of(target.app)
    found = at_send(request, facts)
    if task is not None and type(options) is Usual and not found and not asks_backend:
        _passed.add(task, Verdict(options, facts, is_routed, destination))
    findings = judged(found, facts.severities, order.allowed) if found else found
    following = _following(order, examined)
    for callbacks in following.values():
        findings.extend(finding for each in callbacks for finding in each.findings)
    return Examined(order, findings, destination, facts, following)


def unexamined(order: Order) -> Examined:
    """Return *order* without asking any rule: for a run that no broker and no setting decides."""
    return Examined(order, [], None, UNKNOWN, _following(order, unexamined))


def _told_by(order: Order, target: Local | Remote) -> Task | None:
    """
    Return all that the rules want to know of the task, or None if they want to know more.

    They do where arguments are named like a secret or an option, where JSON may change one, and
    where the task is only a name.
    """
    args, kwargs = order.args, order.kwargs
    if not isinstance(target, Local) or not are_plain(args, kwargs):
        return None
    if kwargs and not (OPTION_WORDS.isdisjoint(kwargs) and SECRETS.isdisjoint(kwargs)):
        return None
    if not SECRETS.isdisjoint(target.contract.shape.positional):
        return None
    return target.name, target.task.serializer


def _following(
    order: Order, examine: Callable[[Order], Examined]
) -> Mapping[str, tuple[Examined, ...]]:
    options = order.options
    if "link" not in options and "link_error" not in options:
        return _NOTHING
    return {
        option: tuple(examine(callback.order) for callback in options[option])
        for option in ("link", "link_error")
        if option in options
    }


def _request(order: Order, target: Local | Remote, facts: AppFacts) -> Request:
    options = order.options
    request = Request(target.name, order.args, order.kwargs, options)
    request.plain = True
    if isinstance(target, Local):
        request.serializer = target.task.serializer
    else:
        request.local = False
    if not request.local and target.app.finalized:  # which asking for its tasks would do
        request.known_tasks = target.app.tasks.keys()
    if not _TIMED.isdisjoint(options):
        request.now = now()
    if "task_id" in options:
        request.id_was_sent = CHOSEN_IDS.has(target.app, options["task_id"])
    if "link_error" in options:
        request.callbacks = _callbacks(options["link_error"], facts)
    return request


def _look_at_arguments(request: Request, order: Order, target: Local | Remote) -> None:
    given = (HOLE, *order.args) if order.waits else order.args
    request.secrets = secrets_shown(target.contract, given, order.kwargs, order.options)
    request.plain = are_plain(order.args, order.kwargs)
    if not request.plain:
        taken = target.contract.labels(len(order.args) + order.waits)
        request.taken = taken[order.waits :]
        request.takes_models = isinstance(target, Local) and target.takes_models
        request.rewrites = isinstance(target, Local) and target.rewrites
    if not OPTION_WORDS.isdisjoint(order.kwargs):
        request.parameters = target.contract.names()


def secrets_shown(
    contract: Contract, args: Collection[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[str, ...]:
    """Return the arguments that are named like a secret and that logs would show."""
    if SECRETS.isdisjoint(contract.shape.positional) and SECRETS.isdisjoint(kwargs):
        return ()
    hidden = options.get("redact", ())
    named = (*zip(contract.positional(len(args)), args, strict=True), *kwargs.items())
    return tuple(
        name
        for name, value in named
        if name in SECRETS and name not in hidden and not _is_nothing(value)
    )


def _is_nothing(value: Any) -> bool:
    return value is None or value is HOLE or (isinstance(value, str) and not value)


def destination_wanted(options: Mapping[str, Any], facts: AppFacts) -> bool:
    """Return whether a rule will want to know where the call goes: asking the router costs."""
    return (
        not _ADDRESSED.isdisjoint(options)
        # Only on AMQP do the levels of a priority depend on the queue.
        or ("priority" in options and facts.priority_levels is None)
        or (facts.has_routes and "queue" in options)
        or (facts.has_quorum_queues and not _DELAYED.isdisjoint(options))
    )


def backend_wanted(options: Mapping[str, Any], facts: AppFacts) -> bool:
    """Return whether a rule will want to know what is wrong with the result backend."""
    wanted = facts.keeps_results is False and options.get("ignore_result") is False
    return wanted or not facts.makes_backend


def _destination(order: Order, target: Local | Remote) -> Destination | None:
    asked = Request(target.name, order.args, order.kwargs, order.options)
    return destination_of(asked, target.app, target.task if isinstance(target, Local) else None)


def _callbacks(errbacks: Iterable[Any], facts: AppFacts) -> tuple[Callback, ...]:
    return tuple(judged_errback(each, counts_given=facts.counts_given) for each in errbacks)


def at_builder_line(order: Order, findings: list[Finding]) -> None:
    """Act on *findings* of an option that was just written: as the project and the call say."""
    setting = setting_of(target_in(order).app)
    decide(judged(findings, read_own(setting, adjustable()).severities, order.allowed))


def decide(findings: Collection[Finding]) -> None:
    """Raise CallRejected if any finding is an error; else warn of each at the caller's line."""
    if any(finding.level == "error" for finding in findings):
        raise CallRejected(tuple(findings))
    for finding in findings:
        warn(CallWarning, finding)
