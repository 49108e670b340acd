"""group() and fan(): several calls, or several steps, that run at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeVar, cast, overload

from celerykit._build import sender
from celerykit._flow import Fan, Flow, Group, Pipe
from celerykit._joints import Fork
from celerykit._targets import target_of
from celerykit.errors import CallRejected
from celerykit.rules import fan_of_few, unfit_joint

__all__ = ["fan", "group"]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
F = TypeVar("F")
In = TypeVar("In")

_Member: TypeAlias = "Flow[A] | Group[Any, A]"
_Waiting: TypeAlias = "Pipe[In, A] | Fan[In, Any, A]"

_LEAST = 2


@overload
def group(a: _Member[A], /) -> Group[A, tuple[A]]: ...
@overload
def group(a: _Member[A], b: _Member[B], /) -> Group[A | B, tuple[A, B]]: ...
@overload
def group(a: _Member[A], b: _Member[B], c: _Member[C], /) -> Group[A | B | C, tuple[A, B, C]]: ...
@overload
def group(
    a: _Member[A], b: _Member[B], c: _Member[C], d: _Member[D], /
) -> Group[A | B | C | D, tuple[A, B, C, D]]: ...
@overload
def group(
    a: _Member[A], b: _Member[B], c: _Member[C], d: _Member[D], e: _Member[E], /
) -> Group[A | B | C | D | E, tuple[A, B, C, D, E]]: ...
@overload
def group(
    a: _Member[A], b: _Member[B], c: _Member[C], d: _Member[D], e: _Member[E], f: _Member[F], /
) -> Group[A | B | C | D | E | F, tuple[A, B, C, D, E, F]]: ...
@overload
def group(
    a: _Member[A],
    b: _Member[A],
    c: _Member[A],
    d: _Member[A],
    e: _Member[A],
    f: _Member[A],
    /,
    *more: _Member[A],
) -> Group[A, tuple[A, ...]]: ...
@overload
def group(calls: Iterable[_Member[A]], /) -> Group[A, list[A]]: ...
def group(*calls: Any) -> Any:
    """
    Return a group: calls, flows or groups that run at the same time, each with its own options.

    Args:
        *calls: Written out, ``group(a, b)``, their results come as a tuple; given as one iterable,
            ``group(call(add, n, 1) for n in numbers)``, as a list. Either may have one member, and
            the iterable none: the results are then ``[x]`` and ``[]``, everywhere.

    Raises:
        CallRejected: A member waits for a value, or is no call or flow.
    """
    made: Group[Any, Any] = Group(sender(), (_fork("group()", calls, takes=False),))
    return made


@overload
def fan(a: _Waiting[In, A], b: _Waiting[In, B], /) -> Fan[In, A | B, tuple[A, B]]: ...
@overload
def fan(
    a: _Waiting[In, A], b: _Waiting[In, B], c: _Waiting[In, C], /
) -> Fan[In, A | B | C, tuple[A, B, C]]: ...
@overload
def fan(
    a: _Waiting[In, A], b: _Waiting[In, B], c: _Waiting[In, C], d: _Waiting[In, D], /
) -> Fan[In, A | B | C | D, tuple[A, B, C, D]]: ...
@overload
def fan(
    a: _Waiting[In, A],
    b: _Waiting[In, B],
    c: _Waiting[In, C],
    d: _Waiting[In, D],
    e: _Waiting[In, E],
    /,
) -> Fan[In, A | B | C | D | E, tuple[A, B, C, D, E]]: ...
@overload
def fan(
    a: _Waiting[In, A],
    b: _Waiting[In, B],
    c: _Waiting[In, C],
    d: _Waiting[In, D],
    e: _Waiting[In, E],
    f: _Waiting[In, F],
    /,
) -> Fan[In, A | B | C | D | E | F, tuple[A, B, C, D, E, F]]: ...
@overload
def fan(steps: Iterable[_Waiting[In, A]], /) -> Fan[In, A, list[A]]: ...
def fan(*steps: Any) -> Any:
    """
    Return a fan: steps that run at the same time, each with the value that comes before.

    Args:
        *steps: Two or more, written out or as one iterable, as in ``group()``.

    Raises:
        CallRejected: There are fewer than two, or one takes no value.
    """
    fork = _fork("fan()", steps, takes=True)
    if len(fork.members) < _LEAST:
        raise CallRejected((fan_of_few(len(fork.members)),))
    made: Fan[Any, Any, Any] = Fan(sender(), (fork,))
    return made


def _fork(verb: str, given: tuple[Any, ...], *, takes: bool) -> Fork:
    written_out = len(given) != 1 or not _holds_members(given[0])
    members = given if written_out else tuple(cast("Iterable[Any]", given[0]))
    kinds = (Pipe, Fan) if takes else (Flow, Group)
    unfit = [member for member in members if not isinstance(member, kinds)]
    if unfit:
        raise CallRejected(tuple(unfit_joint(verb, member, takes=takes) for member in unfit[:3]))
    return Fork(members, tuple if written_out else list)


def _holds_members(given: Any) -> bool:
    """Return whether *given* is an iterable of members, and no member itself, be it a wrong one."""
    # A signature is a dict, and the proxy of a task says that it can be iterated over.
    if hasattr(given, "nodes") or isinstance(given, (str, bytes, Mapping)):
        return False
    return hasattr(given, "__iter__") and target_of(given) is None
