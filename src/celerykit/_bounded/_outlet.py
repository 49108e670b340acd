"""Where Celery's own ``apply_async`` publishes to while it makes a call that has to end in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import copy_context
from time import monotonic
from typing import Any, Final, cast

from celery.backends.rpc import RPCBackend

from celerykit._blame import publish_error
from celerykit._bounded._desk import Desk
from celerykit._bounded._errand import Errand
from celerykit._bounded._helpers import helpers_of
from celerykit._bounded._publish import Publish
from celerykit._examine import Examined, target_in
from celerykit._terms import Settled
from celerykit._translate import arguments_of
from celerykit.bulk._capture import Capture
from celerykit.bulk._celerys import CelerysWay
from celerykit.bulk._general import serialized
from celerykit.bulk._line import failure
from celerykit.bulk._wire import ANSWER_S, Flushed, Publication

__all__ = ["handed_over"]

_RPC: Final[Any] = cast("Any", RPCBackend)
_REPLIES: Final = "_celerykit_replies"


class _Outlet:
    """
    Takes what Celery publishes in the caller's thread, and has a helper hand it over.

    Routers, signals, a project's own ``apply_async``, serializers: all of that runs where it always
    does. Only what waits for the network does not.
    """

    def __init__(self, app: Any, within: float | None, *, confirms: bool) -> None:
        """Publish for *app*: all of it *within* so many seconds from now."""
        self._app, self._confirms = app, confirms
        self._helpers = helpers_of(app)
        self._until = monotonic() + (ANSWER_S if within is None else within)
        self._declare: list[Any] = []

    def capture(self, take: Callable[[Publication], object]) -> Capture:
        """Return a producer that gives all messages to *take*. Nothing is connected."""
        made = Capture(self._helpers.unconnected(self._app))
        made.take, made.announce = take, self._announce
        return made

    def publish(self, publication: Publication) -> None:
        """Have a message handed over, or raise PublishError in time."""
        options = dict(publication.options)
        body = serialized(publication.body, options)
        if self._declare:
            options["declare"] = [*self._declare, *(options.get("declare") or ())]
        errand = Publish(
            self._app, Publication(body, options), self._until, confirms=self._confirms
        )
        done = self._helpers.carry(errand)
        if done.error is not None:
            raise failure(done.outcomes, done.error)

    def _announce(self, backend: Any, announce: Callable[[Any, str], Any], task_id: str) -> None:
        """Let *backend* know a call: by *announce*, its own way, in time."""
        if getattr(announce, "__func__", None) is _RPC.on_task_call:
            # It declares the queue for this very thread: that can be done with the call's own. One
            # object for all calls, since what was declared is known by that.
            self._declare.append(_replies(backend))
            return
        done = self._helpers.carry(_Announce(self._app, announce, task_id, self._until))
        if done.error is not None:
            raise publish_error("not_sent", done.error, "result backend")


def _replies(backend: Any) -> Any:
    kept = cast("dict[str, Any]", vars(backend))
    return kept.setdefault(_REPLIES, backend.binding)


def handed_over(found: Examined, terms: Settled, more: Mapping[str, Any]) -> Any:
    """
    Have Celery make the call that *found* is of, and hand it over as *terms* say.

    Celery is told *more*. Returns its result; nothing is published where the call runs here.

    Raises:
        PublishError: It was not sent in time, or nobody knows whether it was.
    """
    order, options = found.order, found.order.options
    target = target_in(order)
    outlet = _Outlet(
        target.app, terms.within, confirms=bool(terms.confirm or options.get("mandatory"))
    )
    args, kwargs = arguments_of(order)
    return CelerysWay(target, outlet).apply(found, args, kwargs, outlet.publish, more).result


class _Announce(Errand):
    """Tells a result backend of a call, in its own way and in the caller's context."""

    def __init__(
        self, app: Any, announce: Callable[[Any, str], Any], task_id: str, until: float
    ) -> None:
        super().__init__(until, "the result backend")
        self._app, self._announce, self._task_id = app, announce, task_id
        self._context = copy_context()

    def run(self, desk: Desk) -> None:
        """Do it; nothing of the call itself has left by then, whatever comes of it."""
        try:
            producer = desk.line_for(self._app, self.left, confirms=False).producer
            self._context.run(self._announce, producer, self._task_id)
        except Exception as error:  # noqa: BLE001 - told to the caller, whatever it is
            self.end(Flushed("not_sent", error))
        else:
            self.end(Flushed("sent"))
