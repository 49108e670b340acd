"""What you want to happen: a task, its arguments, and how to deliver them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Generic,
    NamedTuple,
    NoReturn,
    Protocol,
    TypeAlias,
    TypeVar,
)
from uuid import UUID

from celerykit._contract import HOLE, Contract
from celerykit._findings import HIDDEN, Finding
from celerykit._handle import Handle
from celerykit._options import CallOptions, Json, joined, missing_of
from celerykit._priority import Priority
from celerykit._request import Request
from celerykit._terms import Terms
from celerykit._unset import UNSET, Unset
from celerykit._values import as_seconds, is_mapping
from celerykit._verdicts import Written, line, lines
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

__all__ = ["Delivery", "Nodes", "Order", "Sender", "Target", "Value", "visible"]

R_co = TypeVar("R_co", covariant=True)


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


# What a flow has to do, one after the other: calls, steps, and forks into several at once.
Nodes: TypeAlias = tuple[Any, ...]

_MEANING: Final = 5  # how many of an order's parts decide what is sent

# The rules are pure, and a program's calls are mostly alike: a line that passed once passes.
_written: Final = Written()


class Sender(Protocol):
    """Who hands an order over to Celery. ``call()`` brings one, so that a call knows no Celery."""

    def send(self, order: Order, terms: Terms, /) -> Handle[Any]:
        """Send *order* as *terms* say, or raise CallRejected or PublishError."""
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

    def errback(self, order: Order, task: Any, /) -> Delivery[Any]:
        """Return *task* as the errback of *order* that Celery would make of it, or raise."""
        ...

    def send_flow(self, nodes: Nodes, /) -> Any:
        """Send all *nodes* as one flow and return its handle, or raise CallRejected."""
        ...

    def check_flow(self, nodes: Nodes, /) -> list[Finding]:
        """Return what the rules say of each of *nodes*."""
        ...

    def apply_flow(self, nodes: Nodes, /) -> Any:
        """Run *nodes* here and now."""
        ...

    def flow_signature(self, nodes: Nodes, /) -> Any:
        """Return *nodes* as Celery's own canvas."""
        ...

    def draw(self, nodes: Nodes, /) -> str:
        """Return *nodes* as a diagram in Mermaid's language."""
        ...


class Value:
    """What never changes once it is built, and so is safe to keep and to share."""

    __slots__ = ("_content", "_sender")
    _content: Any
    _sender: Sender
    _noun: ClassVar[str] = "flow"

    def _keep(self, sender: Sender, content: Any) -> None:
        _set_sender(self, sender)
        _set_content(self, content)

    def __setattr__(self, name: str, value: NoReturn) -> NoReturn:
        """Refuse: a call never changes."""
        message = f"a {self._noun} is immutable; .{name}(...) returns a changed copy"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: a call never changes."""
        message = f"a {self._noun} is immutable"
        raise AttributeError(message)

    def __copy__(self) -> Self:
        """Return this very object, which never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return this very object, which never changes."""
        return self

    def __reduce__(self) -> NoReturn:
        """Refuse: what sends a call belongs to this process."""
        noun = self._noun
        message = (
            f"a {noun} cannot be pickled; pickle {noun}.signature(), or its task and arguments"
        )
        raise TypeError(message)


# The slots' own setters: they pass by __setattr__, and are the only way in.
_set_sender: Any = vars(Value)["_sender"].__set__
_set_content: Any = vars(Value)["_content"].__set__


class Delivery(Value, Generic[R_co]):
    """A task, its arguments and its options. What calls and steps have in common."""

    __slots__ = ()
    _content: Order
    _noun = "call"

    def __init__(self, sender: Sender, order: Order) -> None:
        """Take what to send and who sends it. Use ``call()`` or ``step()`` instead."""
        _set_sender(self, sender)
        _set_content(self, order)

    @property
    def order(self) -> Order:
        """
        What it is made of, as plain values; for celerykit's own modules.

        :meta private:
        """
        return self._content

    @property
    def nodes(self) -> tuple[Any, ...]:
        """
        What a flow has to do, one after the other: this alone; for celerykit's own modules.

        :meta private:
        """
        return (self,)

    # -- where it goes

    def queue(self, name: str) -> Self:
        """Return a copy that goes to the queue called *name*."""
        return self._set("queue", name)

    def exchange(self, name: str) -> Self:
        """Return a copy that goes to the exchange called *name*; a direct one needs a key too."""
        return self._set("exchange", name)

    def routing_key(self, key: str) -> Self:
        """Return a copy with this routing key; a direct exchange needs ``.exchange()`` too."""
        return self._set("routing_key", key)

    # -- when it runs

    def countdown(self, delay: float | timedelta) -> Self:
        """
        Return a copy that starts no earlier than *delay* after each send.

        Args:
            delay: Seconds or a timedelta: 0 or more, less than 100 years.
        """
        return self._set("countdown", delay)

    def eta(self, moment: datetime) -> Self:
        """Return a copy that starts no earlier than *moment*, an aware datetime."""
        return self._set("eta", moment)

    def expires(self, limit: float | timedelta | datetime | None) -> Self:
        """
        Return a copy that no worker starts after *limit*.

        Args:
            limit: Seconds or a timedelta, counted from each send and more than 0; or an aware
                datetime; or None, which lifts the task's own default.
        """
        return self._set("expires", limit)

    def priority(self, level: Priority | int) -> Self:
        """
        Return a copy with this priority.

        Args:
            level: A ``Priority`` means the same on every broker. An int from 0 to 255 is passed
                on as it is: RabbitMQ serves larger numbers first, Redis (0 to 9) smaller ones.
        """
        return self._set("priority", level)

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
            return self._set("time_limit", hard)
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
        return self._set("retry", False)  # noqa: FBT003 - its value

    def serializer(self, name: str) -> Self:
        """Return a copy whose body is serialised by *name*: "json", "yaml", "msgpack" ..."""
        return self._set("serializer", name)

    def compression(self, name: str) -> Self:
        """Return a copy whose body is compressed by *name*: "gzip", "bzip2", "zstd" ..."""
        return self._set("compression", name)

    # -- what it is called and carries

    def task_id(self, task_id: str | UUID) -> Self:
        """Return a copy with a fixed id, for one send only: a second one would share the result."""
        return self._set("task_id", task_id)

    def shadow(self, name: str) -> Self:
        """Return a copy that logs and monitors show as *name*."""
        return self._set("shadow", name)

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
        return self._set("ignore_result", ignore)

    def redact(self, *parameters: str) -> Self:
        """
        Return a copy that hides these arguments in logs, events and its own ``repr``.

        The message's body still carries them, or the task could not run; a retry of the task is
        a new message, which Celery's worker writes without celerykit.
        """
        return self._with({"redact": parameters})

    # -- all at once, and all the rest

    def options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a copy with all these options, each as its own method would set it."""
        return self._with(dict(options), misplaced(self._content.target.name, options))

    def defaults(self, **options: Unpack[CallOptions]) -> Self:
        """
        Return a copy with those of these options that it has not set itself.

        What belongs together is left alone together: an eta keeps a countdown away, and a queue
        an exchange. Headers and stamps are added to its own.
        """
        own = self._content.options
        missing = missing_of(own, dict(options))
        return (
            self._with(missing, misplaced(self._content.target.name, options)) if missing else self
        )

    def extra(self, **options: Any) -> Self:
        """
        Return a copy with options that have no method: what kombu's ``publish()`` takes.

        Refuses what has a method, what Celery keeps to itself, and what looks misspelt.
        """
        return self._with(options, has_method(self._content.target.name, options), extra=True)

    def allow(self, *codes: str) -> Self:
        """
        Return a copy to which the rules with these codes may not object.

        Args:
            *codes: Codes of rules, for example ``"CK302"``. A rule that speaks at the builder
                line has to be allowed before that line.

        Raises:
            CallRejected: There is no rule with that code, or nobody may switch it off.
        """
        order = self._content
        for code in codes:
            if code not in [*adjustable()]:  # a list, given by mistake, has no hash
                _refuse([unknown_rule(order.target.name, code)])
        return type(self)(self._sender, order._replace(allowed=order.allowed | {*codes}))

    # -- how a copy is made

    def _set(self, option: str, value: Any) -> Self:
        """Return a copy with this *option*; nothing is asked if the same line passed before."""
        after = _written.after(line(self._content.options, option, value))
        return self._with({option: value}) if after is None else self._copy(after)

    def _with(
        self, changes: Mapping[str, Any], refused: Sequence[Finding] = (), *, extra: bool = False
    ) -> Self:
        """Return a copy with *changes*; what is *refused* has no place among them."""
        order = self._content
        parameters = order.target.contract.names() if extra or "redact" in changes else None
        key = None if refused else lines(order.options, changes, parameters)
        after = _written.after(key)
        if after is not None:
            return self._copy(after)
        taken = changes
        if refused:
            left = {finding.option for finding in refused}
            taken = {name: value for name, value in changes.items() if name not in left}
        request = Request(order.target.name, order.args, order.kwargs, {**order.options, **taken})
        request.parameters = parameters
        findings = [*refused, *at_build(request, taken)]
        if findings:
            self._sender.found(order, findings)
            _refuse(refused)  # whatever the project says of other options
            return self._copy(joined(order.options, changes))
        return self._copy(_written.kept(key, order.options, joined(order.options, changes)))

    def _copy(self, options: Mapping[str, Any]) -> Self:
        target, args, kwargs, _before, waits, allowed = self._content
        return type(self)(self._sender, Order(target, args, kwargs, options, waits, allowed))

    def _with_callbacks(self, option: str, callbacks: tuple[Any, ...]) -> Self:
        for callback in callbacks:
            if not isinstance(callback, Delivery):
                _refuse([not_a_callback(self._content.target.name, option, callback)])
        return self._with({option: callbacks})

    def _with_errbacks(self, errbacks: tuple[Any, ...]) -> Self:
        order, sender = self._content, self._sender
        made = [
            each if isinstance(each, Value) else sender.errback(order, each) for each in errbacks
        ]
        return self._with_callbacks("link_error", tuple(made))

    # -- a value

    def __eq__(self, other: object) -> bool:
        """Return whether *other* would send the same: task, arguments and options."""
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._content[:_MEANING] == other._content[:_MEANING]

    def __hash__(self) -> int:
        """Return a hash, or raise TypeError when an argument has none."""
        order = self._content
        named, options = frozenset(order.kwargs.items()), frozenset(order.options)
        return hash((order.target, order.args, named, options))

    def __repr__(self) -> str:
        """Return the code that builds this, with redacted values hidden."""
        text = self._spelled()
        codes = ", ".join(map(repr, sorted(self._content.allowed)))
        return f"{text}.allow({codes})" if codes else text

    def _spelled(self) -> str:
        from celerykit._spelling import spelled  # noqa: PLC0415 - few programs show a call

        order = self._content
        args, kwargs = visible(order)
        verb = type(self).__name__.lower()
        shown_args = args[1:] if order.waits else args
        return spelled(verb, order.target.name, shown_args, kwargs, order.options)


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
