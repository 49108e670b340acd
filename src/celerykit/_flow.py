"""In what order: calls and steps, what they make together, and what fits to what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Protocol,
    TypeAlias,
    TypeVar,
    overload,
)

from celerykit._call import Delivery, Nodes, Sender, Value
from celerykit._findings import Finding
from celerykit._group_handle import GroupHandle
from celerykit._handle import Handle
from celerykit._joints import changed, fed, joined_nodes, spelled_nodes
from celerykit._options import CallOptions
from celerykit._snapshot import snapshot_args
from celerykit._terms import terms_of
from celerykit._unset import UNSET, Unset

if TYPE_CHECKING:
    from celery.canvas import Signature
    from typing_extensions import Self, Unpack

    from celerykit.errors import PublishError

__all__ = ["Call", "Errback", "Fan", "Flow", "Group", "OnUnsent", "Pipe", "Step"]

R_co = TypeVar("R_co", covariant=True)
In_contra = TypeVar("In_contra", contravariant=True)
E_co = TypeVar("E_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)
B = TypeVar("B")
E = TypeVar("E")
S = TypeVar("S")
R = TypeVar("R")

# A bare task after a failure: it takes the failed task's id, or request, exception and traceback.
Errback: TypeAlias = "Callable[[str], Any] | Callable[[Any, Exception, Any], Any]"


class OnUnsent(Protocol[R]):
    """What is done with a call that was not sent, or may not have been: a function."""

    def __call__(self, call: Call[R], error: PublishError, /) -> Handle[R] | bool | None:
        """Return True if the call is taken care of, or a handle to return instead of its own."""
        ...


class _Part(Value):
    """What all have in common that are made of several calls and steps."""

    __slots__ = ()

    def __init__(self, sender: Sender, nodes: Nodes) -> None:
        """Take what to do and who sends it. Use ``|``, ``group()`` or ``fan()`` instead."""
        self._keep(sender, nodes)

    @property
    def nodes(self) -> Nodes:
        """
        What there is to do, one after the other; for celerykit's own modules.

        :meta private:
        """
        nodes: Nodes = self._content
        return nodes

    def changed(self, change: Callable[[Delivery[Any]], Any]) -> Self:
        """
        Return a copy with every call and step in it as *change* returns it.

        :meta private:
        """
        return type(self)(self._sender, changed(self.nodes, change))

    def defaults(self, **options: Unpack[CallOptions]) -> Self:
        """
        Return a copy in which each task has those of these options that it has not set itself.

        What belongs together is left alone together: a task's own eta keeps a countdown away, and
        its queue an exchange. Headers and stamps are added to its own.
        """
        return self.changed(lambda leaf: leaf.defaults(**options))

    def allow(self, *codes: str) -> Self:
        """
        Return a copy to which the rules with these codes may not object, nor to any task in it.

        Raises:
            CallRejected: There is no rule with that code, or nobody may switch it off.
        """
        return self.changed(lambda leaf: leaf.allow(*codes))

    def link_error(self, *errbacks: Step[str, Any] | Call[Any] | Errback) -> Self:
        """
        Return a copy in which these run after the failure of any task: as ``Call.link_error()``.

        Where a task of a group fails that another one waits for, they run twice: for the task that
        failed, and for the one that can never run.
        """

        def linked(leaf: Any) -> Any:
            return leaf.link_error(*errbacks)

        return self.changed(linked)

    def draw(self) -> str:
        """
        Return a diagram in Mermaid's language: each task with its queue and its delay.

        GitHub and many other places show it as a picture in a block that is called "mermaid".
        """
        return self._sender.draw(self.nodes)

    def _after(self, after: object, *, takes: bool) -> Any:
        """Return what this and *after* make together."""
        nodes = joined_nodes(self, after, takes=takes)
        ends_in_several = isinstance(after, (Group, Fan))
        if isinstance(self, (Pipe, Fan)):
            kind: Any = Fan if ends_in_several else Pipe
        else:
            kind = Group if ends_in_several else Flow
        return kind(self._sender, nodes)

    def __eq__(self, other: object) -> bool:
        """Return whether *other* would send the same: tasks, arguments, options and order."""
        if type(other) is not type(self):
            return NotImplemented
        return self.nodes == other.nodes

    def __hash__(self) -> int:
        """Return a hash, or raise TypeError when an argument has none."""
        return hash(self.nodes)

    def __repr__(self) -> str:
        """Return the code that builds this, with redacted values hidden."""
        return spelled_nodes(self.nodes)


class Flow(_Part, Generic[R_co]):
    """
    Tasks that run one after the other, and the result of the last: a value, immutable.

    ``|`` passes a result on, ``.then()`` drops it. A call is a flow of one.
    """

    __slots__ = ()

    @overload
    def __or__(self, after: Fan[R_co, E, S]) -> Group[E, S]: ...
    @overload
    def __or__(self, after: Pipe[R_co, B]) -> Flow[B]: ...
    def __or__(self, after: Any) -> Any:
        """Return a flow that passes its result on to *after*, a step or several of them."""
        return self._after(after, takes=True)

    @overload
    def then(self, after: Group[E, S]) -> Group[E, S]: ...
    @overload
    def then(self, after: Flow[B]) -> Flow[B]: ...
    def then(self, after: Any) -> Any:
        """Return a flow that runs *after* once this is done, and drops the result before it."""
        return self._after(after, takes=False)

    def link(self, *callbacks: Step[R_co, Any] | Call[Any]) -> Self:
        """Return a copy after whose success these run: a step takes the result, a call does not."""
        return type(self)(self._sender, (*self.nodes[:-1], self.nodes[-1].link(*callbacks)))

    def send(self) -> Handle[R_co]:
        """
        Check every task of the flow, then send it, and return a handle on the last one's result.

        Each send makes its own ids. Relative times (countdown, expires) count, for each task, from
        the moment at which it is sent: by a worker, when the one before it has finished.

        Raises:
            CallRejected: A rule refused a task; nothing left the process.
            PublishError: It was not sent, or nobody knows whether it was; where a group comes
                first, some of its members may have been.
        """
        handle: Handle[R_co] = self._sender.send_flow(self.nodes)
        return handle

    def check(self) -> list[Finding]:
        """Return everything the rules have to say about each task. Sends nothing."""
        return self._sender.check_flow(self.nodes)

    def apply(self) -> Handle[R_co]:
        """
        Run all tasks here and now, one after the other, in this process.

        Queues, countdowns, expiries and limits have no effect, so no rule asks about them. The
        first error ends the flow, and waits in the handle until ``get()``.
        """
        handle: Handle[R_co] = self._sender.apply_flow(self.nodes)
        return handle

    def signature(self) -> Signature[R_co]:
        """
        Return a real Celery canvas, for code that wants one.

        Celery writes ids into a chain that it sends: take a new one for each send.
        """
        made: Signature[R_co] = self._sender.flow_signature(self.nodes)
        return made


class Pipe(_Part, Generic[In_contra, R_co]):
    """
    Tasks that run one after the other, the first of which waits for a value: a value, immutable.

    It cannot be sent by itself: it follows something with ``|``, or is given a value with
    ``.feed()``. A step is a pipe of one.
    """

    __slots__ = ()

    @overload
    def __or__(self, after: Fan[R_co, E, S]) -> Fan[In_contra, E, S]: ...
    @overload
    def __or__(self, after: Pipe[R_co, B]) -> Pipe[In_contra, B]: ...
    def __or__(self, after: Any) -> Any:
        """Return a pipe that passes its result on to *after*, a step or several of them."""
        return self._after(after, takes=True)

    @overload
    def then(self, after: Group[E, S]) -> Fan[In_contra, E, S]: ...
    @overload
    def then(self, after: Flow[B]) -> Pipe[In_contra, B]: ...
    def then(self, after: Any) -> Any:
        """Return a pipe that runs *after* once this is done, and drops the result before it."""
        return self._after(after, takes=False)

    def link(self, *callbacks: Step[R_co, Any] | Call[Any]) -> Self:
        """Return a copy after whose success these run: a step takes the result, a call does not."""
        return type(self)(self._sender, (*self.nodes[:-1], self.nodes[-1].link(*callbacks)))

    def feed(self, value: In_contra) -> Flow[R_co]:
        """Return a flow: this with the value that it waits for."""
        return Flow(self._sender, fed(self.nodes, value))

    def signature(self) -> Signature[R_co]:
        """Return a real Celery canvas, which takes the value before it as first argument."""
        made: Signature[R_co] = self._sender.flow_signature(self.nodes)
        return made


class Group(_Part, Generic[E_co, S_co]):
    """
    Calls that run at the same time, and all their results: a value, immutable.

    ``group | step`` passes the results on as a list, once all are there: a chord. Write the
    parameter of that task as a ``Sequence``.

    Build one with ``group()``, or with ``|`` and ``fan()``.
    """

    __slots__ = ()

    @overload
    def __or__(self, after: Fan[list[E_co], E, S] | Fan[S_co, E, S]) -> Group[E, S]: ...
    @overload
    def __or__(self, after: Pipe[list[E_co], B] | Pipe[S_co, B]) -> Flow[B]: ...
    def __or__(self, after: Any) -> Any:
        """Return a flow that passes the list of all results on to *after*."""
        return self._after(after, takes=True)

    @overload
    def then(self, after: Group[E, S]) -> Group[E, S]: ...
    @overload
    def then(self, after: Flow[B]) -> Flow[B]: ...
    def then(self, after: Any) -> Any:
        """Return a flow that runs *after* once all are done, and drops their results."""
        return self._after(after, takes=False)

    def send(self) -> GroupHandle[E_co, S_co]:
        """
        Check every task of the group, then send it, and return the handles of its members.

        Each send makes its own ids. Many calls leave together, as with ``send_many()``.

        Raises:
            CallRejected: A rule refused a task; nothing left the process.
            GroupPublishError: The broker failed: how many members were sent, may have been, and
                were not; ``BulkReport.of(error)`` tells which.
            PublishError: It failed, and something comes before the members: that was not sent, or
                nobody knows whether it was.
        """
        handle: GroupHandle[E_co, S_co] = self._sender.send_flow(self.nodes)
        return handle

    def check(self) -> list[Finding]:
        """Return everything the rules have to say about each task. Sends nothing."""
        return self._sender.check_flow(self.nodes)

    def apply(self) -> GroupHandle[E_co, S_co]:
        """
        Run all tasks here and now, one after the other, in this process.

        Queues, countdowns, expiries and limits have no effect, so no rule asks about them.
        """
        handle: GroupHandle[E_co, S_co] = self._sender.apply_flow(self.nodes)
        return handle

    def signature(self) -> Signature[S_co]:
        """Return a real Celery canvas, for code that wants one."""
        made: Signature[S_co] = self._sender.flow_signature(self.nodes)
        return made


class Fan(_Part, Generic[In_contra, E_co, S_co]):
    """
    Steps that run at the same time, each with the same value before it: a value, immutable.

    It cannot be sent by itself: it follows something with ``|``, or is given a value with
    ``.feed()``.

    Build one with ``fan()``.
    """

    __slots__ = ()

    @overload
    def __or__(self, after: Fan[list[E_co], E, S] | Fan[S_co, E, S]) -> Fan[In_contra, E, S]: ...
    @overload
    def __or__(self, after: Pipe[list[E_co], B] | Pipe[S_co, B]) -> Pipe[In_contra, B]: ...
    def __or__(self, after: Any) -> Any:
        """Return a pipe that passes the list of all results on to *after*."""
        return self._after(after, takes=True)

    @overload
    def then(self, after: Group[E, S]) -> Fan[In_contra, E, S]: ...
    @overload
    def then(self, after: Flow[B]) -> Pipe[In_contra, B]: ...
    def then(self, after: Any) -> Any:
        """Return a pipe that runs *after* once all are done, and drops their results."""
        return self._after(after, takes=False)

    def feed(self, value: In_contra) -> Group[E_co, S_co]:
        """Return a group: this with the value that each of its steps waits for."""
        return Group(self._sender, fed(self.nodes, value))

    def signature(self) -> Signature[S_co]:
        """Return a real Celery canvas, which takes the value before it as first argument."""
        made: Signature[S_co] = self._sender.flow_signature(self.nodes)
        return made


class _Linked(Delivery[R_co]):
    """One task, and what follows its success and its failure."""

    __slots__ = ()

    def link(self, *callbacks: Step[R_co, Any] | Call[Any]) -> Self:
        """Return a copy after whose success these run: a step takes the result, a call does not."""
        return self._with_callbacks("link", callbacks)

    def link_error(self, *errbacks: Step[str, Any] | Call[Any] | Errback) -> Self:
        """
        Return a copy after whose failure these run: a step takes the id of the failed task.

        A bare task takes what Celery gives it: with one parameter that id, in a message of its own;
        with three, the request, the exception and the traceback, at once in the worker where the
        task failed.
        """
        return self._with_errbacks(errbacks)


class Call(_Linked[R_co], Flow[R_co]):
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

    def send(
        self,
        *,
        within: float | timedelta | Unset | None = UNSET,
        confirm: bool | Unset = UNSET,
        on_unsent: OnUnsent[R_co] | Unset | None = UNSET,
    ) -> Handle[R_co]:
        """
        Send this call now, with a fresh id, and return a handle on its result.

        Relative times (countdown, expires) count from here. What is left out is what the app's
        setting ``celerykit`` says: ``app.conf.celerykit = {"within": 2.0, "confirm": True}``.

        Args:
            within: After how many seconds it has returned or raised, whatever the broker does; a
                timedelta likewise. None waits as long as Celery does.
            confirm: Return only when the broker has the message: RabbitMQ has confirmed it, Redis
                has answered. Without *within* each answer may take 30 seconds.
            on_unsent: Called with this call and the PublishError, instead of raising that. Where it
                returns True the call is taken care of, and the handle's ``unsent`` is the error;
                where it returns a handle, that is returned. Otherwise the error is raised.

        Raises:
            CallRejected: A rule refused the call; nothing left the process.
            PublishError: It was not sent, or nobody knows whether it was.
            TypeError: *within*, *confirm* or *on_unsent* is of another type.
            ValueError: *within* is not more than 0, or not finite.
        """
        return self._sender.send(self._content, terms_of(within, confirm, on_unsent))

    def check(self) -> list[Finding]:
        """Return everything the rules have to say about this call. Sends nothing."""
        return self._sender.check(self._content)

    def apply(self) -> Handle[R_co]:
        """
        Run this call here and now, in this process, as Celery's ``apply()`` does.

        The queue, countdown, expiry and limits have no effect, so no rule asks about them. An
        error of the task waits in the handle until ``get()``.
        """
        return self._sender.apply(self._content)

    def signature(self) -> Signature[R_co]:
        """
        Return a real Celery signature, for code that wants one.

        It is immutable: in a chain it does not take the result before it. Relative times stay
        relative: they count from each ``apply_async()``.
        """
        return self._sender.signature(self._content)


class Step(_Linked[R_co], Pipe[In_contra, R_co], Generic[In_contra, R_co]):
    """
    A task that waits for one value, which Celery puts first, before the arguments given here.

    A step cannot be sent by itself: it runs after something else, as in ``.link(step(...))``.

    Build one with ``step()``.
    """

    __slots__ = ()

    def feed(self, value: In_contra) -> Call[R_co]:
        """Return a call: this step with the value that it waits for."""
        order = self._content
        args = (*snapshot_args((value,)), *order.args)
        return Call(self._sender, order._replace(args=args, waits=False))

    def signature(self) -> Signature[R_co]:
        """Return a real Celery signature, which takes the value before it as first argument."""
        return self._sender.signature(self._content)
