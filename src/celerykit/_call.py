"""What you want to happen: a task, its arguments, and how to deliver them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, NoReturn, Protocol, TypeVar
from uuid import UUID

from celerykit._contract import HOLE, Contract
from celerykit._findings import HIDDEN, Finding
from celerykit._handle import Handle
from celerykit._options import CallOptions, Json, joined
from celerykit._priority import Priority
from celerykit._request import Request
from celerykit._spelling import spelled
from celerykit._unset import UNSET, Unset
from celerykit._values import as_seconds, is_mapping
from celerykit.errors import CallRejected
from celerykit.rules import (
    adjustable,
    at_build,
    has_method,
    misplaced,
    not_a_callback,
    unknown_rule,
)

if TYPE_CHECKING:
    from celery.canvas import Signature
    from typing_extensions import Self, Unpack

__all__ = ["Call", "Delivery", "Order", "Sender", "Step", "Target", "visible"]

R_co = TypeVar("R_co", covariant=True)
In_contra = TypeVar("In_contra", contravariant=True)


class Target(Protocol):
    """What is called: a task of this app, or the name of one elsewhere."""

    @property
    def name(self) -> str:
        """The task's name, as workers know it."""
        ...

    @property
    def contract(self) -> Contract:
        """The parameters of the task."""
        ...


class Order(NamedTuple):
    """What is to be sent, as plain values: what a call is made of, and what a sender gets."""

    target: Target
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]
    waits: bool  # for one more value, which comes first
    allowed: frozenset[str] = frozenset()  # the codes of rules that may not object


_MEANING: Final = 5  # how many of an order's parts decide what is sent


class Sender(Protocol):
    """Who hands an order over to Celery. ``call()`` brings one, so that a call knows no Celery."""

    def send(self, order: Order, /) -> Handle[Any]:
        """Send *order*, or raise CallRejected."""
        ...

    def check(self, order: Order, /) -> list[Finding]:
        """Return what the rules say of *order*."""
        ...

    def found(self, order: Order, findings: list[Finding], /) -> None:
        """Raise or warn of *findings* about an option of *order* that was just written."""
        ...

    def apply(self, order: Order, /) -> Handle[Any]:
        """Run *order* here and now."""
        ...

    def signature(self, order: Order, /) -> Signature[Any]:
        """Return *order* as Celery's own signature."""
        ...


class Delivery(Generic[R_co]):
    """A task, its arguments and its options. What calls and steps have in common."""

    __slots__ = ("_order", "_sender")
    _order: Order
    _sender: Sender

    def __init__(self, sender: Sender, order: Order) -> None:
        """Take what to send and who sends it. Use ``call()`` or ``step()`` instead."""
        _set_sender(self, sender)
        _set_order(self, order)

    @property
    def order(self) -> Order:
        """
        What it is made of, as plain values; for celerykit's own modules.

        :meta private:
        """
        return self._order

    # -- where it goes

    def queue(self, name: str) -> Self:
        """Return a copy that goes to the queue called *name*."""
        return self._with({"queue": name})

    def exchange(self, name: str) -> Self:
        """Return a copy that goes to the exchange called *name*; a direct one needs a key too."""
        return self._with({"exchange": name})

    def routing_key(self, key: str) -> Self:
        """Return a copy with this routing key; a direct exchange needs ``.exchange()`` too."""
        return self._with({"routing_key": key})

    # -- when it runs

    def countdown(self, delay: float | timedelta) -> Self:
        """
        Return a copy that starts no earlier than *delay* after each send.

        Args:
            delay: Seconds or a timedelta: 0 or more, less than 100 years.
        """
        return self._with({"countdown": delay})

    def eta(self, moment: datetime) -> Self:
        """Return a copy that starts no earlier than *moment*, an aware datetime."""
        return self._with({"eta": moment})

    def expires(self, limit: float | timedelta | datetime | None) -> Self:
        """
        Return a copy that no worker starts after *limit*.

        Args:
            limit: Seconds or a timedelta, counted from each send and more than 0; or an aware
                datetime; or None, which lifts the task's own default.
        """
        return self._with({"expires": limit})

    def priority(self, level: Priority | int) -> Self:
        """
        Return a copy with this priority.

        Args:
            level: A ``Priority`` means the same on every broker. An int from 0 to 255 is passed
                on as it is: RabbitMQ serves larger numbers first, Redis (0 to 9) smaller ones.
        """
        return self._with({"priority": level})

    def time_limit(
        self, hard: float | timedelta | None, *, soft: float | timedelta | Unset | None = UNSET
    ) -> Self:
        """
        Return a copy whose run may last this long.

        Args:
            hard: Seconds or a timedelta after which the worker kills the task; None sends none.
            soft: Likewise, after which the task gets SoftTimeLimitExceeded; not above *hard*.
        """
        if soft is UNSET:
            return self._with({"time_limit": hard})
        return self._with({"time_limit": hard, "soft_time_limit": soft})

    # -- how it travels

    def retry(
        self,
        *,
        max_retries: int | Unset | None = UNSET,
        interval_start: float | timedelta | Unset = UNSET,
        interval_step: float | timedelta | Unset = UNSET,
        interval_max: float | timedelta | Unset = UNSET,
        retry_errors: tuple[type[BaseException], ...] | Unset | None = UNSET,
    ) -> Self:
        """
        Return a copy whose publishing is tried again when the broker fails. Not the task.

        What is left out keeps the app's ``task_publish_retry_policy``. Intervals are seconds or
        timedeltas; *max_retries* None has no end; *retry_errors* adds exceptions to retry on.
        """
        given = {
            "max_retries": max_retries,
            "interval_start": interval_start,
            "interval_step": interval_step,
            "interval_max": interval_max,
            "retry_errors": retry_errors,
        }
        policy = {
            name: as_seconds(value) if isinstance(value, timedelta) else value
            for name, value in given.items()
            if value is not UNSET
        }
        return self._with({"retry": True, "retry_policy": policy} if policy else {"retry": True})

    def no_retry(self) -> Self:
        """Return a copy that is published once. On a refused broker that is slower, not faster."""
        return self._with({"retry": False})

    def serializer(self, name: str) -> Self:
        """Return a copy whose body is serialised by *name*: "json", "yaml", "msgpack" ..."""
        return self._with({"serializer": name})

    def compression(self, name: str) -> Self:
        """Return a copy whose body is compressed by *name*: "gzip", "bzip2", "zstd" ..."""
        return self._with({"compression": name})

    # -- what it is called and carries

    def task_id(self, task_id: str | UUID) -> Self:
        """Return a copy with a fixed id, for one send only: a second one would share the result."""
        return self._with({"task_id": task_id})

    def shadow(self, name: str) -> Self:
        """Return a copy that logs and monitors show as *name*."""
        return self._with({"shadow": name})

    def headers(self, headers: Mapping[str, Json] | None = None, /, **more: Json) -> Self:
        """Return a copy that carries these headers too; they arrive in ``request.headers``."""
        return self._with({"headers": more if headers is None else _mapping(headers, more)})

    def stamp(self, stamps: Mapping[str, Json] | None = None, /, **more: Json) -> Self:
        """
        Return a copy with these stamps too; they arrive in ``request.stamps``.

        They mark its callbacks as well, whether those were linked before or are later.
        """
        return self._with({"stamp": more if stamps is None else _mapping(stamps, more)})

    def ignore_result(self, ignore: bool = True) -> Self:  # noqa: FBT001, FBT002 - as Celery's
        """
        Return a copy whose result is not kept; with False, kept against the task's default.

        Workers older than Celery 5.6.3 follow the task's default all the same.
        """
        return self._with({"ignore_result": ignore})

    def redact(self, *parameters: str) -> Self:
        """
        Return a copy that hides these arguments in logs, events and its own ``repr``.

        The message's body still carries them, or the task could not run; a retry of the task is
        a new message, which Celery's worker writes without celerykit.
        """
        return self._with({"redact": parameters})

    # -- what follows

    def link(self, *callbacks: Step[R_co, Any] | Call[Any]) -> Self:
        """Return a copy after whose success these run: a step takes the result, a call does not."""
        return self._with_callbacks("link", callbacks)

    def link_error(self, *errbacks: Step[str, Any] | Call[Any]) -> Self:
        """Return a copy after whose failure these run: a step takes the id of the failed task."""
        return self._with_callbacks("link_error", errbacks)

    # -- all at once, and all the rest

    def options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a copy with all these options, each as its own method would set it."""
        return self._with(dict(options), misplaced(self._order.target.name, options))

    def extra(self, **options: Any) -> Self:
        """
        Return a copy with options that have no method: what kombu's ``publish()`` takes.

        Refuses what has a method, what Celery keeps to itself, and what looks misspelt.
        """
        return self._with(options, has_method(self._order.target.name, options), extra=True)

    def allow(self, *codes: str) -> Self:
        """
        Return a copy to which the rules with these codes may not object.

        Args:
            *codes: Codes of rules, for example ``"CK302"``. A rule that speaks at the builder
                line has to be allowed before that line.

        Raises:
            CallRejected: There is no rule with that code, or nobody may switch it off.
        """
        order = self._order
        for code in codes:
            if code not in [*adjustable()]:  # a list, given by mistake, has no hash
                _refuse([unknown_rule(order.target.name, code)])
        return type(self)(self._sender, order._replace(allowed=order.allowed | {*codes}))

    # -- how a copy is made

    def _with(
        self, changes: Mapping[str, Any], refused: Sequence[Finding] = (), *, extra: bool = False
    ) -> Self:
        """Return a copy with *changes*; what is *refused* has no place among them."""
        target, args, kwargs, options, waits, allowed = self._order
        left = {finding.option for finding in refused}
        taken = {name: value for name, value in changes.items() if name not in left}
        request = Request(target.name, args, kwargs, {**options, **taken})
        if extra or "redact" in changes:
            request.parameters = target.contract.names()
        findings = [*refused, *at_build(request, taken)]
        if findings:
            self._sender.found(self._order, findings)
            _refuse(refused)  # whatever the project says of other options
        order = Order(target, args, kwargs, joined(options, changes), waits, allowed)
        return type(self)(self._sender, order)

    def _with_callbacks(self, option: str, callbacks: tuple[Any, ...]) -> Self:
        for callback in callbacks:
            if not isinstance(callback, Delivery):
                _refuse([not_a_callback(self._order.target.name, option, callback)])
        return self._with({option: callbacks})

    # -- a value

    def __setattr__(self, name: str, value: NoReturn) -> NoReturn:
        """Refuse: a call never changes."""
        message = f"a call is immutable; .{name}(...) returns a changed copy"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a call never changes."""
        message = "a call is immutable"
        raise AttributeError(message)

    def __copy__(self) -> Self:
        """Return this very object, which never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return this very object, which never changes."""
        return self

    def __eq__(self, other: object) -> bool:
        """Return whether *other* would send the same: task, arguments and options."""
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._order[:_MEANING] == other._order[:_MEANING]

    def __hash__(self) -> int:
        """Return a hash, or raise TypeError when an argument has none."""
        order = self._order
        named, options = frozenset(order.kwargs.items()), frozenset(order.options)
        return hash((order.target, order.args, named, options))

    def __repr__(self) -> str:
        """Return the code that builds this, with redacted values hidden."""
        args, kwargs = visible(self._order)
        verb = type(self).__name__.lower()
        shown_args = args[1:] if self._order.waits else args
        text = spelled(verb, self._order.target.name, shown_args, kwargs, self._order.options)
        codes = ", ".join(map(repr, sorted(self._order.allowed)))
        return f"{text}.allow({codes})" if codes else text

    def __reduce__(self) -> NoReturn:
        """Refuse: what sends a call belongs to this process."""
        message = "a call cannot be pickled; pickle call.signature(), or its task and arguments"
        raise TypeError(message)


# The slots' own setters: they pass by __setattr__, and are the only way in.
_set_sender: Any = vars(Delivery)["_sender"].__set__
_set_order: Any = vars(Delivery)["_order"].__set__


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise CallRejected(tuple(findings))


def _mapping(given: Any, more: Mapping[str, Any]) -> Any:
    """Return *given* and *more* together, or *given* as it is for the rules to refuse."""
    return {**given, **more} if is_mapping(given) else given


def visible(order: Order) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return all arguments of *order*, the awaited one as well, with the redacted ones hidden."""
    args = (HOLE, *order.args) if order.waits else order.args
    hidden = frozenset(order.options.get("redact", ()))
    if not hidden:
        return args, dict(order.kwargs)
    names = order.target.contract.positional(len(args))
    shown_args = [
        HIDDEN if name in hidden and value is not HOLE else value
        for name, value in zip(names, args, strict=True)
    ]
    kwargs = {name: HIDDEN if name in hidden else value for name, value in order.kwargs.items()}
    return tuple(shown_args), kwargs


class Call(Delivery[R_co]):
    """
    A task call that has not been sent: a value, immutable and safe to keep, share and reuse.

    Its arguments are the caller's as they were when the call was built: lists, dicts and sets
    are copied, all the way down, so that changing them later changes no call. An object of
    another class is kept as it is, unless the class says how to copy it (``__deepcopy__``, as
    pydantic models do).

    Two calls are equal when they would send the same: task, arguments and options. A call can
    be hashed if its arguments can.

    Build one with ``call()``.
    """

    __slots__ = ()

    def send(self) -> Handle[R_co]:
        """
        Send this call now, with a fresh id, and return a handle on its result.

        Relative times (countdown, expires) count from here.

        Raises:
            CallRejected: A rule refused the call; nothing left the process.
            kombu.exceptions.OperationalError: The broker could not be reached.
        """
        return self._sender.send(self._order)

    def check(self) -> list[Finding]:
        """Return everything the rules have to say about this call. Sends nothing."""
        return self._sender.check(self._order)

    def apply(self) -> Handle[R_co]:
        """
        Run this call here and now, in this process, as Celery's ``apply()`` does.

        The queue, countdown, expiry and limits have no effect, so no rule asks about them. An
        error of the task waits in the handle until ``get()``.
        """
        return self._sender.apply(self._order)

    def signature(self) -> Signature[R_co]:
        """
        Return a real Celery signature, for code that wants one.

        It is immutable: in a chain it does not take the result before it. Relative times stay
        relative: they count from each ``apply_async()``.
        """
        return self._sender.signature(self._order)


class Step(Delivery[R_co], Generic[In_contra, R_co]):
    """
    A task that waits for one value, which Celery puts first, before the arguments given here.

    A step cannot be sent by itself: it runs after something else, as in ``.link(step(...))``.

    Build one with ``step()``.
    """

    __slots__ = ()

    def signature(self) -> Signature[R_co]:
        """Return a real Celery signature, which takes the value before it as first argument."""
        return self._sender.signature(self._order)
