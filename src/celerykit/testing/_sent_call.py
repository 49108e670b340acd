"""What was sent: one message of a task, as a value to look at and to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from dateutil.parser import isoparse

from celerykit._flow import Call
from celerykit._handle import Handle
from celerykit._spelling import spelled
from celerykit._vocabulary import PROTOCOL_HEADERS
from celerykit.testing._broker import Published
from celerykit.testing._celerys import registered
from celerykit.testing._expected import Mismatch, expected_of_call, is_call
from celerykit.testing._untyped import prepare_accept_content
from celerykit.testing._written import written

__all__ = ["SentCall", "sent_call"]

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True, eq=False, repr=False)
class SentCall(Generic[R_co]):
    """
    One call that was sent while calls were captured.

    It equals a ``Call`` that would send the same. Arguments are what a worker would get: they
    have been serialised and decoded.

    Attributes:
        task: The task's name.
        args: The positional arguments.
        kwargs: The keyword arguments.
        options: What the caller wrote beside them, by Celery's names.
        id: The task id.
        queue: The queue that it goes to; None if it goes to none, or to several.
        exchange: The exchange that it was published to; "" for a direct queue.
        routing_key: The key that it was published with.
        sent_at: When it was sent.
        eta: When it is to run at the earliest, or None; a countdown is one too.
        expires: When it is too late to run it, or None.
        priority: The broker's number, or None if none was sent.
        headers: The headers that Celery did not write.
        message: The whole message: body, headers and properties, encoded as they travel.
        app: The app that sent it.
        number: Its place in the order of all that was sent.
        is_expected: Whether a test has asserted on it.
    """

    task: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]
    id: str
    queue: str | None
    exchange: str
    routing_key: str
    sent_at: datetime
    eta: datetime | None
    expires: datetime | None
    priority: int | None
    headers: Mapping[str, Any]
    message: Mapping[str, Any]
    app: Any
    number: int
    is_expected: bool = False

    @property
    def countdown(self) -> float | None:
        """After how many seconds it is to run, as it was written or as its eta says."""
        if self.options.get("countdown") is not None:
            return cast("float", self.options["countdown"])
        return None if self.eta is None else (self.eta - self.sent_at).total_seconds()

    @property
    def handle(self) -> Handle[R_co]:
        """The handle that reads its result, once it was run."""
        result = self.app.AsyncResult(self.id)
        result.ignored = bool(self.message["headers"].get("ignore_result"))
        return Handle(result)

    def expect(self) -> None:
        """Say that this call was to be sent, as an assertion on it does by itself."""
        object.__setattr__(self, "is_expected", True)

    def mismatches(self, call: Call[Any]) -> tuple[Mismatch, ...]:
        """Return in what it differs from what *call* would send; empty if in nothing."""
        return expected_of_call(call, exact=True).mismatches(self)

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a call that would send the same, or this very message."""
        if is_call(other):
            equal = not self.mismatches(other)
            if equal:
                self.expect()
            return equal
        return isinstance(other, SentCall) and self.id == other.id and self.message == other.message

    def __hash__(self) -> int:
        """Return the hash of the id."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Return the code of celerykit that sends this."""
        options = {name: value for name, value in self.options.items() if name != "task_id"}
        hidden = options.pop("argsrepr", None), options.pop("kwargsrepr", None)
        if hidden == (None, None):
            return spelled("call", self.task, self.args, self.kwargs, options)
        shown = self.message["headers"]
        args = f"*{shown['argsrepr']}, **{shown['kwargsrepr']}"
        return spelled("call", f"{self.task}, {args}", (), {}, options)


def sent_call(app: Any, published: Published) -> SentCall[Any]:
    """
    Return what was *published* as a value.

    Raises what a worker's decoder raises for a body that it cannot read.
    """
    received = published.received
    received.accept = prepare_accept_content(app.conf.accept_content)
    args, kwargs, _embedded = received.payload
    headers: Mapping[str, Any] = published.message["headers"]
    given = published.given
    options = written(given, registered(app, headers["task"]))
    only = published.queues if len(published.queues) == 1 else (None,)
    return SentCall(
        task=headers["task"],
        args=tuple(args),
        kwargs=kwargs,
        options=options,
        id=headers["id"],
        queue=only[0],
        exchange=published.exchange,
        routing_key=published.routing_key,
        sent_at=app.now(),
        eta=_moment(headers.get("eta")),
        expires=_moment(headers.get("expires")),
        priority=given.get("priority", published.message["properties"].get("priority") or None),
        headers={name: headers[name] for name in headers if name not in PROTOCOL_HEADERS},
        message=published.message,
        app=app,
        number=published.number,
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else isoparse(text)
