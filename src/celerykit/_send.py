"""Make it happen: check a call, then hand it to Celery. Nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, cast
from uuid import uuid4 as uuid

from celerykit._apply import apply_async, note
from celerykit._blame import blamed
from celerykit._call import Order, Sender
from celerykit._examine import (
    Examined,
    at_builder_line,
    decide,
    examined,
    target_in,
    unexamined,
)
from celerykit._fallback import taken_care_of
from celerykit._findings import Finding
from celerykit._flow import Call
from celerykit._handle import Handle
from celerykit._targets import Remote
from celerykit._terms import ORDINARY, Settled, Terms
from celerykit._translate import arguments_of, in_celerys_form, signature_of
from celerykit.errors import CallRejected, PublishError
from celerykit.rules import runs_elsewhere

__all__ = ["FALLBACK_APP", "CelerySender"]

FALLBACK_APP: Final = "CK107"

_NOTHING: Final[Mapping[str, Any]] = {}


class CelerySender:
    """Hands calls over to the Celery of this process."""

    def send(self, order: Order, terms: Terms = ORDINARY, /) -> Handle[Any]:
        """
        Check *order*, then send it as Celery's own ``apply_async`` or ``send_task`` does.

        *terms* say how that has to end.
        """
        found = _checked(order)
        settled = terms.settled(found.facts)
        if settled.on_unsent is None:
            return _handed_over(found, settled, _NOTHING)
        given = order.options.get("task_id")
        task_id = str(uuid() if given is None else given)
        try:
            return _handed_over(found, settled, {"task_id": task_id})
        except PublishError as error:
            named = Call[Any](
                cast("Sender", self), order._replace(options={**order.options, "task_id": task_id})
            )
            return taken_care_of(named, error, settled.on_unsent)

    def check(self, order: Order, /) -> list[Finding]:
        """Return what the rules say of *order*, now that its app is known."""
        return examined(order, alone=True).findings

    def found(self, order: Order, findings: list[Finding], /) -> None:
        """Raise or warn of *findings* at the builder line, as the project and the call say."""
        at_builder_line(order, findings)

    def apply(self, order: Order, /) -> Handle[Any]:
        """Run *order* here and now, as ``Task.apply`` does."""
        target = target_in(order)
        if isinstance(target, Remote):
            short = target.name.rpartition(".")[2]
            raise CallRejected((runs_elsewhere(target.name, short),))
        options = in_celerys_form(unexamined(order))
        args, kwargs = arguments_of(order)
        return Handle(target.task.apply(args, kwargs, **options))

    def signature(self, order: Order, /) -> Any:
        """Return *order* as a Celery signature, immutable unless it waits for a value."""
        found = examined(order)
        # Which app sends a signature is decided when it is sent.
        decide([finding for finding in found.findings if finding.code != FALLBACK_APP])
        return signature_of(found)


def _checked(order: Order) -> Examined:
    """Return *order* as the rules let it pass; raise for an error, warn of what is doubtful."""
    found = examined(order, alone=True)
    if found.findings:
        decide(found.findings)
    return found


@cache
def _plan() -> Callable[[Examined], Handle[Any] | None]:
    """Return what sends the shortest way where there is one; what it needs is loaded now."""
    from celerykit._plan import planned  # noqa: PLC0415 - building and checking needs none of it

    return planned


def _handed_over(found: Examined, terms: Settled, more: Mapping[str, Any]) -> Handle[Any]:
    """Hand a call over as *terms* say; *more* is what Celery is to be told beside its options."""
    try:
        if terms.within is not None or terms.confirm or _may_come_back(found):
            from celerykit._bounded._outlet import handed_over  # noqa: PLC0415 - few need it

            return _handle(found, handed_over(found, terms, more))
        planned = None if more else _plan()(found)
        return planned or _handle(found, _applied(found, more))
    except Exception as error:  # a dozen kinds; what is a project's own is raised again
        told = blamed(error)
        if told is None:
            raise
        raise told from error


def _may_come_back(found: Examined) -> bool:
    """Return whether the broker may return the message, which it tells after it was written."""
    return bool(found.order.options.get("mandatory")) and found.facts.transport == "amqp"


def _applied(found: Examined, more: Mapping[str, Any]) -> Any:
    """Do what Celery's own ``apply_async`` or ``send_task`` does, in its own way."""
    order = found.order
    args, kwargs = arguments_of(order)
    options = {**in_celerys_form(found), **more}
    return apply_async(found, target_in(order), args, kwargs, options)


def _handle(found: Examined, result: Any) -> Handle[Any]:
    order = found.order
    handle: Handle[Any] = Handle(result, allowed=order.allowed)
    note(target_in(order), result, order.options)
    return handle
