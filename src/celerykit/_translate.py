"""Put a call's options into the form that Celery takes."""

from __future__ import annotations

from typing import Any, Final

from celerykit._call import Order, visible
from celerykit._examine import Examined, target_in
from celerykit._facts import AppFacts
from celerykit._priority import Priority
from celerykit._request import Request
from celerykit._snapshot import snapshot_args, snapshot_kwargs

__all__ = ["in_celerys_form", "signature_of"]

# Options that celerykit keeps in a form of its own.
_OURS: Final = frozenset({"priority", "redact", "stamp", "link", "link_error"})

# Celery's own 0 to 9, for a queue that has no order anyway.
_NO_ORDER: Final = tuple(range(10))


def in_celerys_form(found: Examined) -> dict[str, Any]:
    """Return the options of an order as Celery's own ``apply_async`` takes them."""
    order = found.order
    options = snapshot_kwargs(order.options)
    if _OURS.isdisjoint(options):
        return options
    for option, callbacks in found.following.items():
        options[option] = [signature_of(each) for each in callbacks]
    priority = options.get("priority")
    if isinstance(priority, Priority):
        options["priority"] = priority.pick(_levels(found.request, found.facts))
    stamps = options.pop("stamp", None)
    if stamps:
        # As Celery's stamp() does, and whichever came first. It may change what it is given.
        for callback in (*options.get("link", ()), *options.get("link_error", ())):
            callback.stamp(**snapshot_kwargs(stamps))
        options.update(stamps, stamped_headers=list(stamps))
    if options.pop("redact", None):
        options.update(_redacted(order))
    return options


def signature_of(found: Examined) -> Any:
    """Return an order as a Celery signature, immutable unless it waits for a value."""
    order = found.order
    return target_in(order).app.signature(
        order.target.name,
        args=snapshot_args(order.args),
        kwargs=snapshot_kwargs(order.kwargs),
        immutable=not order.waits,
        options=in_celerys_form(found),
    )


def _levels(request: Request, facts: AppFacts) -> tuple[int, ...]:
    """Return the priorities that the queue tells apart, the least urgent first."""
    if facts.priority_levels is None:
        most = request.destination.max_priority if request.destination else None
        return tuple(range(most + 1)) if most else _NO_ORDER
    return facts.priority_levels or _NO_ORDER


def _redacted(order: Order) -> dict[str, str]:
    """Return argsrepr and kwargsrepr as Celery would write them, without the hidden values."""
    args, kwargs = visible(order)
    message = target_in(order).app.amqp.as_task_v2("", order.target.name, args, kwargs)
    return {name: message.headers[name] for name in ("argsrepr", "kwargsrepr")}
