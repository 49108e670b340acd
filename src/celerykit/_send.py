"""Make it happen: check a call, then hand it to Celery. Nothing else does."""

from __future__ import annotations

import warnings
from datetime import datetime, timezone
from typing import Any, Final, cast

from celerykit._call import Order, visible
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding
from celerykit._gather import destination_of, facts_of
from celerykit._handle import Handle
from celerykit._priority import Priority
from celerykit._request import Destination, Request
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._stack import outside
from celerykit._targets import Local, Remote
from celerykit._vocabulary import OPTION_WORDS
from celerykit.errors import CallRejected, CallWarning
from celerykit.rules import at_send, runs_elsewhere, watching

__all__ = ["CelerySender"]

# Options that celerykit keeps in a form of its own.
_OURS: Final = frozenset({"priority", "redact", "stamp", "link", "link_error"})

# Options whose rules ask where the call goes, which takes a turn of Celery's router.
_ROUTED: Final = frozenset({"priority", "exchange", "routing_key"})

# Celery's own 0 to 9, for a queue that has no order anyway.
_NO_ORDER: Final = tuple(range(10))


class CelerySender:
    """Hands calls over to the Celery of this process."""

    def send(self, order: Order, /) -> Handle[Any]:
        """Check *order*, then send it as Celery's own ``apply_async`` or ``send_task`` does."""
        options = _checked(order)
        args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
        target = _target(order)
        if isinstance(target, Local):
            return Handle(target.task.apply_async(args, kwargs, **options))
        return Handle(target.app.send_task(target.name, args, kwargs, **options))

    def check(self, order: Order, /) -> list[Finding]:
        """Return what the rules say of *order*, now that its app is known."""
        return _examined(order)[0]

    def apply(self, order: Order, /) -> Handle[Any]:
        """Run *order* here and now, as ``Task.apply`` does."""
        target = _target(order)
        if isinstance(target, Remote):
            short = target.name.rpartition(".")[2]
            raise CallRejected((runs_elsewhere(target.name, short),))
        options = _checked(order)
        args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
        return Handle(target.task.apply(args, kwargs, **options))

    def signature(self, order: Order, /) -> Any:
        """Return *order* as a Celery signature, immutable unless it waits for a value."""
        target = _target(order)
        options = _checked(order)
        return target.app.signature(
            target.name,
            args=snapshot_args(order.args),
            kwargs=snapshot_kwargs(order.kwargs),
            immutable=not order.waits,
            options=options,
        )


def _target(order: Order) -> Local | Remote:
    return cast("Local | Remote", order.target)


def _examined(order: Order) -> tuple[list[Finding], Request, AppFacts]:
    """Return what the rules say, and what they were asked about."""
    request = Request(order.target.name, order.args, order.kwargs, order.options)
    checks = watching(request)
    if not checks:
        return [], request, UNKNOWN
    facts = facts_of(_target(order).app)
    request.now = datetime.now(timezone.utc)
    if not OPTION_WORDS.isdisjoint(order.kwargs):
        request.parameters = order.target.contract.names()
    if not _ROUTED.isdisjoint(order.options):
        request.destination = _destination(order)
    return at_send(checks, request, facts), request, facts


def _destination(order: Order) -> Destination:
    """Return where Celery's router sends *order*."""
    target = _target(order)
    task = target.task if isinstance(target, Local) else None
    args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
    name = order.options.get("route_name", target.name)
    return destination_of(target.app, name, args, kwargs, order.options, task)


def _checked(order: Order) -> dict[str, Any]:
    """Return the options in Celery's form; raise for an error, warn of what is doubtful."""
    findings, request, facts = _examined(order)
    if findings:
        _report(findings)
    options = snapshot_kwargs(order.options)
    if not _OURS.isdisjoint(options):
        _translate(order, options, request, facts)
    return options


def _report(findings: list[Finding]) -> None:
    """Raise for an error, warn of what is doubtful."""
    if any(finding.level == "error" for finding in findings):
        raise CallRejected(tuple(findings))
    for finding in findings:
        warnings.warn(CallWarning(f"{finding.task}: {finding}"), stacklevel=outside())


def _translate(order: Order, options: dict[str, Any], request: Request, facts: AppFacts) -> None:
    """Put into Celery's form what celerykit keeps in its own."""
    for name in ("link", "link_error"):
        if name in options:
            options[name] = [callback.signature() for callback in options[name]]
    priority = options.get("priority")
    if isinstance(priority, Priority):
        options["priority"] = priority.pick(_levels(request, facts))
    stamps = options.pop("stamp", None)
    if stamps:
        # As Celery's stamp() does, and whichever came first. It may change what it is given.
        for callback in (*options.get("link", ()), *options.get("link_error", ())):
            callback.stamp(**snapshot_kwargs(stamps))
        options.update(stamps, stamped_headers=list(stamps))
    if options.pop("redact", None):
        options.update(_redacted(order))


def _levels(request: Request, facts: AppFacts) -> tuple[int, ...]:
    """Return the priorities that the queue tells apart, the least urgent first."""
    if facts.priority_levels is None:
        most = request.destination.max_priority if request.destination else None
        return tuple(range(most + 1)) if most else _NO_ORDER
    return facts.priority_levels or _NO_ORDER


def _redacted(order: Order) -> dict[str, str]:
    """Return argsrepr and kwargsrepr as Celery would write them, without the hidden values."""
    args, kwargs = visible(order)
    message = _target(order).app.amqp.as_task_v2("", order.target.name, args, kwargs)
    return {name: message.headers[name] for name in ("argsrepr", "kwargsrepr")}
