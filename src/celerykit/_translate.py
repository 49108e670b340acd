"""Put a call's options into the form that Celery takes."""

from __future__ import annotations

from typing import Any, Final

from celerykit._call import Order, visible
from celerykit._examine import Examined, target_in
from celerykit._facts import AppFacts
from celerykit._priority import Priority
from celerykit._request import Destination
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._targets import Local, Mapped, Remote
from celerykit._verdicts import Usual

__all__ = ["arguments_of", "in_celerys_form", "signature_of", "with_inner"]

# Options that celerykit keeps in a form of its own.
_OURS: Final = frozenset({"priority", "redact", "stamp", "link", "link_error"})

# Celery's own 0 to 9, for a queue that has no order anyway.
_NO_ORDER: Final = tuple(range(10))


def in_celerys_form(found: Examined) -> dict[str, Any]:
    """Return the options of an order as Celery's own ``apply_async`` takes them."""
    order = found.order
    # What a usual line wrote has nothing in it that could change.
    usual = type(order.options) is Usual
    options = dict(order.options) if usual else snapshot_kwargs(order.options)
    if _OURS.isdisjoint(options):
        return options
    for option, callbacks in found.following.items():
        options[option] = [signature_of(each) for each in callbacks]
    priority = options.get("priority")
    if isinstance(priority, Priority):
        options["priority"] = priority.pick(_levels(found.destination, found.facts))
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
    args, kwargs = arguments_of(order)
    return target_in(order).app.signature(
        order.target.name,
        args=args,
        kwargs=kwargs,
        immutable=not order.waits,
        options=in_celerys_form(found),
    )


def arguments_of(order: Order) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of an order as Celery takes them; they belong to whoever gets them."""
    args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
    return args, with_inner(target_in(order), kwargs)


def with_inner(target: Local | Remote, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return *kwargs* with the task that *target* calls for each item, if it is of that kind."""
    if isinstance(target, Mapped):
        return {"task": target.app.signature(target.inner.name), **kwargs}
    return kwargs


def _levels(destination: Destination | None, facts: AppFacts) -> tuple[int, ...]:
    """Return the priorities that the queue tells apart, the least urgent first."""
    if facts.priority_levels is None:
        most = destination.max_priority if destination else None
        return tuple(range(most + 1)) if most else _NO_ORDER
    return facts.priority_levels or _NO_ORDER


def _redacted(order: Order) -> dict[str, str]:
    """Return argsrepr and kwargsrepr as Celery would write them, without the hidden values."""
    args, kwargs = visible(order)
    message = target_in(order).app.amqp.as_task_v2("", order.target.name, args, kwargs)
    return {name: message.headers[name] for name in ("argsrepr", "kwargsrepr")}
