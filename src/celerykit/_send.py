"""Make it happen: check a call, then hand it to Celery. Nothing else does."""

from __future__ import annotations

import warnings
from typing import Any, Final, cast

from celerykit._call import Order, visible
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding
from celerykit._gather import destination_of, facts_of
from celerykit._handle import Handle
from celerykit._priority import Priority
from celerykit._request import Request
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._stack import outside
from celerykit._targets import Local, Remote
from celerykit.errors import CallRejected, CallWarning
from celerykit.rules import at_send, runs_elsewhere, watched_at_send

__all__ = ["CelerySender"]

# Options that celerykit keeps in a form of its own.
_OURS: Final = frozenset({"priority", "redact", "stamp", "link", "link_error"})

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
    if not watched_at_send(order.options):
        return [], request, UNKNOWN
    target = _target(order)
    facts = facts_of(target.app)
    task = target.task if isinstance(target, Local) else None
    args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
    request.destination = destination_of(
        target.app, target.name, args, kwargs, order.options, task
    )
    return at_send(request, facts), request, facts


def _checked(order: Order) -> dict[str, Any]:
    """Return the options in Celery's form; raise for an error, warn of what is doubtful."""
    findings, request, facts = _examined(order)
    if any(finding.level == "error" for finding in findings):
        raise CallRejected(tuple(findings))
    for finding in findings:
        warnings.warn(CallWarning(f"{finding.task}: {finding}"), stacklevel=outside())
    options = snapshot_kwargs(order.options)
    if not _OURS.isdisjoint(options):
        _translate(order, options, request, facts)
    return options


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
    from celery.utils import saferepr  # noqa: PLC0415 - loads Celery's utilities

    shorten, amqp = cast("Any", saferepr).saferepr, _target(order).app.amqp
    args, kwargs = visible(order)
    return {
        "argsrepr": shorten(args, amqp.argsrepr_maxsize),
        "kwargsrepr": shorten(kwargs, amqp.kwargsrepr_maxsize),
    }
