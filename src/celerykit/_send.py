"""Make it happen: check a call, then hand it to Celery. Nothing else does."""

from __future__ import annotations

from typing import Any, Final

from celerykit._call import Order
from celerykit._examine import CHOSEN_IDS, at_builder_line, decide, examined, target_in, unexamined
from celerykit._findings import Finding
from celerykit._handle import Handle
from celerykit._sending import SENDING
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._targets import Local, Remote
from celerykit._translate import in_celerys_form, signature_of
from celerykit.errors import CallRejected
from celerykit.rules import runs_elsewhere

__all__ = ["CelerySender"]

_FALLBACK_APP: Final = "CK107"


class CelerySender:
    """Hands calls over to the Celery of this process."""

    def send(self, order: Order, /) -> Handle[Any]:
        """Check *order*, then send it as Celery's own ``apply_async`` or ``send_task`` does."""
        options = _checked(order)
        args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
        target = target_in(order)
        before = SENDING.set(target.name)
        try:
            if isinstance(target, Local):
                result = target.task.apply_async(args, kwargs, **options)
            else:
                result = target.app.send_task(target.name, args, kwargs, **options)
        finally:
            SENDING.reset(before)
        if "task_id" in options:
            CHOSEN_IDS.add(target.app, options["task_id"])
        return Handle(result)

    def check(self, order: Order, /) -> list[Finding]:
        """Return what the rules say of *order*, now that its app is known."""
        return examined(order).findings

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
        args, kwargs = snapshot_args(order.args), snapshot_kwargs(order.kwargs)
        return Handle(target.task.apply(args, kwargs, **options))

    def signature(self, order: Order, /) -> Any:
        """Return *order* as a Celery signature, immutable unless it waits for a value."""
        found = examined(order)
        # Which app sends a signature is decided when it is sent.
        decide([finding for finding in found.findings if finding.code != _FALLBACK_APP])
        return signature_of(found)


def _checked(order: Order) -> dict[str, Any]:
    """Return the options in Celery's form; raise for an error, warn of what is doubtful."""
    found = examined(order)
    if found.findings:
        decide(found.findings)
    return in_celerys_form(found)
