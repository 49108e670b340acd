"""from_signature(): what Celery's own canvas says, as a flow that is checked like any other."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, overload

from celerykit._build import sender
from celerykit._call import Nodes, Order
from celerykit._contract import HOLE
from celerykit._flow import Call, Fan, Flow, Group, Pipe, Step
from celerykit._joints import Fork, changed, is_leaf, leaves, waits
from celerykit._maps import mapped
from celerykit._plain import plain_options
from celerykit._remote import RemoteTask
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._targets import Local, Remote, itself
from celerykit._unset import UNSET, Unset
from celerykit._values import is_list, is_mapping
from celerykit._verdicts import NO_OPTIONS
from celerykit._vocabulary import CALL_OPTIONS
from celerykit.errors import CallRejected
from celerykit.rules import bad_arguments, unfit_signature

if TYPE_CHECKING:
    from celery.canvas import Signature

__all__ = ["from_signature"]

In = TypeVar("In")
R = TypeVar("R")

_MAPS: Final = frozenset({"celery.map", "celery.starmap"})

# What a canvas has of itself: its callbacks, and the id that a send has written into it.
_OF_A_GROUP: Final = frozenset({"task_id"})
_OF_THE_CANVAS: Final = _OF_A_GROUP | {"link", "link_error"}


@overload
def from_signature(signature: Signature[Any], /, *, returns: type[R]) -> Flow[R]: ...
@overload
def from_signature(
    signature: Signature[Any], /, *, takes: type[In], returns: type[R]
) -> Pipe[In, R]: ...
def from_signature(
    signature: Any,
    /,
    *,
    returns: Any,  # noqa: ARG001 - types only
    takes: Any | Unset = UNSET,
) -> Any:
    """
    Return a flow that does what *signature* does: a task's, a chain or a chord of Celery's.

    Every task in it is checked like those of any other flow, and each send makes its own ids, even
    if Celery sent the signature before and wrote its ids into it. A group of one stays a group.

    Args:
        signature: What ``task.s()``, ``chain()``, ``chord()`` and so on return.
        returns: The type of its result, for type checkers.
        takes: The type of the value that it waits for, if it is to follow something.

    Raises:
        CallRejected: It is no signature, or one that means nothing: a chain of none, a chord
            without a body, an immutable one that is to take a value. Or it ends in a group: then
            write ``group()`` with each of its tasks.
    """
    nodes = _nodes(signature)
    if isinstance(nodes[-1], Fork):
        raise _refused(signature, "ends in a group", "Write group(from_signature(...), ...)")
    if takes is not UNSET and not waits(nodes):
        raise _refused(signature, "is immutable, and takes no value", "Leave takes= out")
    nodes = _closed(nodes) if takes is UNSET else nodes
    for leaf in leaves(nodes):
        _expect_fit(leaf.order)
    return _as_part(nodes)


def _refused(signature: Any, problem: str, remedy: str) -> CallRejected:
    return CallRejected((unfit_signature(signature, problem, remedy),))


def _nodes(given: Any) -> Nodes:
    """Return the nodes of a signature; the first waits for a value unless it is immutable."""
    signature = _as_signature(given)
    parts, kind = signature.kwargs, signature.subtask_type
    if kind == "chain":
        return _chain(signature)
    if kind == "group":
        # Celery overrules the callbacks of its members with those of a group, or drops them.
        _expect_no_options(signature, "its members' own would be overruled by", _OF_A_GROUP)
        return (_fork(parts["tasks"]),)
    if kind == "chord":
        if parts.get("body") is None:
            raise _refused(given, "has no body", "Pass chord(header, body), or send the header")
        _expect_no_options(signature, "its tasks' own would be overruled by")
        header = parts["header"]
        members = header.tasks if hasattr(header, "tasks") else header
        return (_fork(members), *_followed(signature, _nodes(parts["body"])))
    if signature.task == "celery.chunks":
        raise _refused(given, "is a group of chunks", "Write chunks(task, rows, size)")
    return (_map(signature) if signature.task in _MAPS else _one(signature),)


def _as_signature(given: Any) -> Any:
    from celery.canvas import Signature  # noqa: PLC0415 - loads kombu

    made: Any = Signature
    if is_mapping(given) and "task" in given:
        found: Any = given
        return found if isinstance(given, made) else made.from_dict(found)
    remedy = "Pass what task.s(...), chain(...) or chord(...) returned"
    raise _refused(given, "is not a signature", remedy)


def _chain(chain: Any) -> Nodes:
    tasks = [_nodes(task) for task in chain.kwargs["tasks"]]
    if not tasks:
        raise _refused(chain, "is a chain of no task", "Leave it out: Celery would send nothing")
    _expect_no_options(chain, "its first task alone would get")
    return _followed(chain, tuple(node for nodes in tasks for node in nodes))


def _fork(members: Iterable[Any]) -> Fork:
    return Fork(tuple(_as_part(_nodes(member)) for member in members), list)


def _as_part(nodes: Nodes) -> Any:
    """Return *nodes* as a member of a group."""
    if len(nodes) == 1 and is_leaf(nodes[0]):
        return nodes[0]
    several = isinstance(nodes[-1], Fork)
    kind: Any = (Fan if several else Pipe) if waits(nodes) else (Group if several else Flow)
    return kind(sender(), nodes)


def _followed(signature: Any, nodes: Nodes) -> Nodes:
    """Return *nodes* with the callbacks of the canvas that they are in: errbacks are for each."""
    options = signature.options
    errbacks = [_callback(each) for each in _listed(options.get("link_error"))]
    if errbacks:
        nodes = changed(nodes, lambda leaf: cast("Any", leaf).link_error(*errbacks))
    callbacks = [_callback(each) for each in _listed(options.get("link"))]
    return (*nodes[:-1], nodes[-1].link(*callbacks)) if callbacks else nodes


def _listed(callbacks: Any) -> list[Any]:
    return [*callbacks] if is_list(callbacks) else [] if callbacks is None else [callbacks]


def _callback(signature: Any) -> Any:
    nodes = _nodes(signature)
    if len(nodes) != 1 or not is_leaf(nodes[0]):
        raise _refused(signature, "is a callback of several tasks", "Join them with |")
    return nodes[0]


def _expect_no_options(
    signature: Any, what_happens: str, known: frozenset[str] = _OF_THE_CANVAS
) -> None:
    names = plain_options(signature.options).keys() - known
    if names:
        problem = f"has options of its own: {what_happens} {', '.join(sorted(names))}"
        raise _refused(signature, problem, "Set them on its tasks, or write .defaults() afterwards")


def _one(signature: Any) -> Any:
    target = _target(signature)
    waiting = not signature.immutable
    args, kwargs = snapshot_args(signature.args), snapshot_kwargs(signature.kwargs)
    order = Order(target, args, kwargs, NO_OPTIONS, waiting)
    return _with_options(Step(sender(), order) if waiting else Call(sender(), order), signature)


def _map(signature: Any) -> Any:
    target = _target(_as_signature(signature.kwargs["task"]))
    spread, items = signature.task == "celery.starmap", [*signature.kwargs["it"]]
    # A list is what JSON makes of a tuple, and is spread in the same way.
    call = mapped(target, [[*row] for row in items] if spread else items, spread=spread)
    return _with_options(call, signature)


def _target(signature: Any) -> Local | Remote:
    from celery.exceptions import NotRegistered  # noqa: PLC0415 - loads kombu

    try:
        task = signature.type
    except NotRegistered:  # by its name alone, as app.signature("name") makes it
        return Remote(RemoteTask(signature.task, _anything, signature.app))
    return Local(task, itself(task))


def _anything(*args: Any, **kwargs: Any) -> None:
    """Stand for a task of which nothing but its name is known."""


def _with_options(made: Any, signature: Any) -> Any:
    """Return *made* with the options of *signature*, each of which is checked."""
    options = plain_options(signature.options)
    if "reply_to" in signature.options:  # it was frozen: the id is that of a send
        options.pop("task_id", None)
    links = {name: _listed(options.pop(name, None)) for name in ("link", "link_error")}
    stamped = _listed(signature.options.get("stamped_headers"))
    stamps = {name: signature.options[name] for name in stamped}
    own = {name: options.pop(name) for name in [*options] if name in CALL_OPTIONS}
    if stamps:
        own["stamp"] = stamps
    made = made.options(**own) if own else made
    made = made.extra(**options) if options else made
    for name, callbacks in links.items():
        if callbacks:
            made = getattr(made, name)(*map(_callback, callbacks))
    return made


def _closed(nodes: Nodes) -> Nodes:
    """Return *nodes*, of which the first has all the arguments that it gets."""
    first = nodes[0]
    if isinstance(first, Fork):
        members = tuple(_as_part(_closed(member.nodes)) for member in first.members)
        return (Fork(members, list), *nodes[1:])
    if first.order.waits:
        first = cast("Any", Call)(sender(), first.order._replace(waits=False))
    return (first, *nodes[1:])


def _expect_fit(order: Order) -> None:
    """Raise CallRejected if the task of *order* cannot take its arguments."""
    contract = order.target.contract
    why = contract.mismatch((HOLE, *order.args) if order.waits else order.args, order.kwargs)
    if why is not None:
        first = "".join(contract.positional(1)) if order.waits else None
        names = contract.names() or ()
        raise CallRejected((bad_arguments(order.target.name, why, names, order.kwargs, first),))
