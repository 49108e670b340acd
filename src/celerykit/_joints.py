"""What a flow is made of: calls and steps in a row, and forks into several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeGuard

from celerykit._call import Delivery, Nodes
from celerykit.errors import CallRejected
from celerykit.rules import unfit_joint

__all__ = [
    "Constant",
    "Fork",
    "changed",
    "fed",
    "is_leaf",
    "joined_nodes",
    "leaves",
    "settled",
    "spelled_nodes",
    "waits",
]

_SHOWN: Final = 4  # so many members of a group are spelled; the others are counted


class Fork(NamedTuple):
    """
    Several flows that run at the same time.

    Attributes:
        members: Each a call, a step, or what they make together.
        shape: What the results come in: a tuple, or a list.
    """

    members: tuple[Any, ...]
    shape: type[tuple[Any, ...] | list[Any]]


class Constant(NamedTuple):
    """A value that is known before anything runs: what a group of none comes to."""

    value: Any


def is_leaf(node: Any) -> TypeGuard[Delivery[Any]]:
    """Return whether *node* is a single call or step."""
    return isinstance(node, Delivery)


def waits(nodes: Nodes) -> bool:
    """Return whether *nodes* wait for a value that comes before them."""
    first = nodes[0]
    if isinstance(first, Fork):
        # One of Celery's own groups may hold both kinds: from_signature() leaves them as they are.
        return any(waits(member.nodes) for member in first.members)
    return is_leaf(first) and first.order.waits


def joined_nodes(before: Any, after: Any, *, takes: bool) -> Nodes:
    """
    Return the nodes of *before* and *after*, one after the other.

    Raises:
        CallRejected: *after* is nothing that can follow; or it waits for a value and is not given
            one, or the other way round, as *takes* says.
    """
    nodes: Nodes | None = getattr(after, "nodes", None)
    if nodes is None or waits(nodes) is not takes:
        raise CallRejected((unfit_joint(spelled_nodes(before.nodes), after, takes=takes),))
    return (*before.nodes, *nodes)


def leaves(nodes: Nodes) -> Iterator[Delivery[Any]]:
    """Yield each call and each step of *nodes*, from the first to the last."""
    for node in nodes:
        if isinstance(node, Fork):
            for member in node.members:
                yield from leaves(member.nodes)
        else:
            yield node


def changed(nodes: Nodes, change: Callable[[Delivery[Any]], Any]) -> Nodes:
    """Return *nodes* with each call and each step as *change* returns it."""
    return tuple(
        Fork(tuple(_changed(member, change) for member in node.members), node.shape)
        if isinstance(node, Fork)
        else change(node)
        for node in nodes
    )


def _changed(member: Any, change: Callable[[Delivery[Any]], Any]) -> Any:
    return change(member) if is_leaf(member) else member.changed(change)


def settled(nodes: Nodes) -> Nodes:
    """
    Return what *nodes* mean, without groups of none.

    Who waits for one is given an empty list. One that nothing follows stays as a constant.
    """
    done: list[Any] = []
    for node in nodes:
        given = done.pop() if done and isinstance(done[-1], Constant) else None
        if isinstance(node, Fork):
            done.append(_settled_fork(node, given))
        elif given is not None and waits((node,)):
            done.append(node.feed(given.value))
        else:
            done.append(node)
    return tuple(done)


def fed(nodes: Nodes, value: Any) -> Nodes:
    """Return *nodes*, which wait for *value*, with it."""
    first = nodes[0]
    if not isinstance(first, Fork):
        return (first.feed(value), *nodes[1:])
    members = tuple(_given(member, value) for member in first.members)
    return (Fork(members, first.shape), *nodes[1:])


def _given(member: Any, value: Any) -> Any:
    return member.feed(value) if waits(member.nodes) else member


def _settled_fork(fork: Fork, given: Constant | None) -> Fork | Constant:
    fed = [member if given is None else _given(member, given.value) for member in fork.members]
    members = [settled(member.nodes) for member in fed]
    if all(isinstance(each[-1], Constant) and len(each) == 1 for each in members):
        return Constant([each[-1].value for each in members])
    return Fork(tuple(map(Branch, members)), fork.shape)


class Branch(NamedTuple):
    """A member of a fork whose nodes are settled."""

    nodes: Nodes


def spelled_nodes(nodes: Nodes) -> str:
    """Return the code that builds *nodes*."""
    text = ""
    for node in nodes:
        word = _spelled_fork(node) if isinstance(node, Fork) else repr(node)
        if not text:
            text = word
        elif waits((node,)):
            text = f"{text} | {word}"
        else:
            text = f"({text}).then({word})" if " | " in text else f"{text}.then({word})"
    return text


def _spelled_fork(fork: Fork) -> str:
    members = [repr(member) for member in fork.members[:_SHOWN]]
    left = len(fork.members) - len(members)
    written = ", ".join([*members, *([f"... {left} more"] if left else [])])
    verb = "fan" if waits((fork,)) else "group"
    return f"{verb}([{written}])" if fork.shape is list else f"{verb}({written})"
