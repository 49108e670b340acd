"""Ask the rules about an order, and act on what they find."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any, Final, NamedTuple, cast

from celerykit._call import Order
from celerykit._callbacks import judged_errback
from celerykit._contract import HOLE, Contract
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding
from celerykit._gather import facts_of, setting_of
from celerykit._json import are_plain
from celerykit._request import Callback, Destination, Request
from celerykit._routing import destination_of
from celerykit._sent_ids import SentIds
from celerykit._severity import judged, read_setting
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._stack import outside
from celerykit._targets import Local, Remote
from celerykit._vocabulary import OPTION_WORDS, SECRETS
from celerykit.errors import CallRejected, CallWarning
from celerykit.rules import adjustable, at_send

__all__ = [
    "CHOSEN_IDS",
    "Examined",
    "at_builder_line",
    "decide",
    "destination_wanted",
    "examined",
    "secrets_shown",
    "target_in",
    "unexamined",
]

CHOSEN_IDS: Final = SentIds()

# The texts of the warnings of each line and code, up to so many.
_told: Final[dict[tuple[tuple[str, int], str], set[str]]] = {}
_MOST_TEXTS: Final = 20

_ROUTED: Final = frozenset({"exchange", "routing_key", "priority"})
# Options whose meaning the clock has a say in.
_TIMED: Final = frozenset({"countdown", "eta", "expires"})
_DELAYED: Final = frozenset({"countdown", "eta"})


class Examined(NamedTuple):
    """
    An order, what the rules found in it and in what follows it, and what they were asked about.

    Attributes:
        order: The order itself.
        findings: What was found, callbacks included.
        request: What the rules were asked about.
        facts: What they were told of the app.
        following: The callbacks by their options, each examined in its own right.
    """

    order: Order
    findings: list[Finding]
    request: Request
    facts: AppFacts
    following: Mapping[str, tuple[Examined, ...]]


def target_in(order: Order) -> Local | Remote:
    """Return the target of *order* as one of ours."""
    return cast("Local | Remote", order.target)


def examined(order: Order) -> Examined:
    """Return what the rules say of *order*, now that its app is known."""
    target = target_in(order)
    facts = facts_of(target.app)
    request = _request(order, target, facts)
    findings = judged(at_send(request, facts), facts.severities, order.allowed)
    following = _following(order, examined)
    for callbacks in following.values():
        findings.extend(finding for each in callbacks for finding in each.findings)
    return Examined(order, findings, request, facts, following)


def unexamined(order: Order) -> Examined:
    """Return *order* without asking any rule: for a run that no broker and no setting decides."""
    request = Request(order.target.name, order.args, order.kwargs, order.options)
    return Examined(order, [], request, UNKNOWN, _following(order, unexamined))


def _following(
    order: Order, examine: Callable[[Order], Examined]
) -> Mapping[str, tuple[Examined, ...]]:
    return {
        option: tuple(examine(callback.order) for callback in order.options[option])
        for option in ("link", "link_error")
        if option in order.options
    }


def _request(order: Order, target: Local | Remote, facts: AppFacts) -> Request:
    options = order.options
    request = Request(target.name, order.args, order.kwargs, options)
    if isinstance(target, Local):
        request.serializer = target.task.serializer
    else:
        request.local = False
    if not request.local and target.app.finalized:  # which asking for its tasks would do
        request.known_tasks = target.app.tasks.keys()
    if not _TIMED.isdisjoint(options):
        request.now = datetime.now(timezone.utc)
    given = (HOLE, *order.args) if order.waits else order.args
    request.secrets = secrets_shown(target.contract, given, order.kwargs, options)
    request.plain = are_plain(order.args, order.kwargs)
    if not request.plain:
        taken = target.contract.labels(len(order.args) + order.waits)
        request.taken = taken[order.waits :]
        request.takes_models = isinstance(target, Local) and target.takes_models
        request.rewrites = isinstance(target, Local) and target.rewrites
    if not OPTION_WORDS.isdisjoint(order.kwargs):
        request.parameters = target.contract.names()
    if "task_id" in options:
        request.id_was_sent = CHOSEN_IDS.has(target.app, options["task_id"])
    if "link_error" in options:
        request.callbacks = _callbacks(options["link_error"], facts)
    if destination_wanted(options, facts):
        request.destination = _destination(order, target)
    return request


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
        not _ROUTED.isdisjoint(options)
        or (facts.has_routes and "queue" in options)
        or (facts.has_quorum_queues and not _DELAYED.isdisjoint(options))
    )


def _destination(order: Order, target: Local | Remote) -> Destination | None:
    # The project's routers may change what they are given.
    args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
    asked = Request(target.name, args, kwargs, order.options)
    return destination_of(asked, target.app, target.task if isinstance(target, Local) else None)


def _callbacks(errbacks: Iterable[Any], facts: AppFacts) -> tuple[Callback, ...]:
    return tuple(judged_errback(each, counts_given=facts.counts_given) for each in errbacks)


def at_builder_line(order: Order, findings: list[Finding]) -> None:
    """Act on *findings* of an option that was just written: as the project and the call say."""
    setting = setting_of(target_in(order).app)
    decide(judged(findings, read_setting(setting, adjustable())[0], order.allowed))


def decide(findings: Collection[Finding]) -> None:
    """Raise CallRejected if any finding is an error; else warn of each at the caller's line."""
    if any(finding.level == "error" for finding in findings):
        raise CallRejected(tuple(findings))
    level, place = outside()
    for finding in findings:
        warnings.warn(CallWarning(_steady(finding, place)), stacklevel=level)


def _steady(finding: Finding, place: tuple[str, int]) -> str:
    """
    Return the text of a warning, which stops changing where values change at every call.

    Python shows a warning once for each text and line, and remembers every text for good.
    """
    text = f"{finding.task}: {finding}"
    known = _told.setdefault((place, finding.code), set())
    if text in known or len(known) < _MOST_TEXTS:
        known.add(text)
        return text
    return f"{finding.task}: {finding.code} {finding.name}, again at this line with other values"
