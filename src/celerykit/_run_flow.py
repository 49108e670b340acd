"""Run a flow here and now, in this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from celerykit._call import Nodes, Order
from celerykit._group_handle import GroupHandle
from celerykit._handle import Handle
from celerykit._joints import Fork, fed, is_leaf, waits

__all__ = ["known_group", "known_handle", "run"]

Apply: TypeAlias = Callable[[Order], Handle[Any]]


def run(nodes: Nodes, apply: Apply) -> Any:
    """Return the handle of *nodes*, which *apply* has run up to the first without success."""
    done: Any = None
    for node in nodes:
        ended = _ended(done)
        if ended is not None:
            last = nodes[-1]
            return known_group([], last.shape, [ended]) if isinstance(last, Fork) else ended
        ready = fed((node,), _value(done))[0] if done is not None and waits((node,)) else node
        done = apply(ready.order) if is_leaf(ready) else _run_fork(ready, apply)
    return done


def _run_fork(fork: Fork, apply: Apply) -> GroupHandle[Any, Any]:
    return known_group([_as_one(run(each.nodes, apply)) for each in fork.members], fork.shape)


def _handles(done: Any) -> list[Handle[Any]]:
    return [*done] if isinstance(done, GroupHandle) else [done]


def _ended(done: Any) -> Handle[Any] | None:
    """Return the first handle after which nothing runs: it failed, or was ignored or rejected."""
    handles = [] if done is None else _handles(done)
    return next((each for each in handles if not each.async_result.successful()), None)


def _value(done: Any) -> Any:
    values: list[Any] = [each.async_result.result for each in _handles(done)]
    return values if isinstance(done, GroupHandle) else values[0]


def _as_one(done: Any) -> Handle[Any]:
    """Return one handle for a member, whose value is a list if it ended in a group."""
    if isinstance(done, GroupHandle):
        return _ended(done) or known_handle(_value(done))
    only: Handle[Any] = done
    return only


def known_handle(value: Any) -> Handle[Any]:
    """Return a handle whose result is *value* already."""
    from celery.result import EagerResult  # noqa: PLC0415 - loads kombu
    from kombu.utils.uuid import uuid  # noqa: PLC0415 - as above

    return Handle(EagerResult(uuid(), value, "SUCCESS"))


def known_group(
    handles: list[Handle[Any]], shape: type[Any], before: Sequence[Handle[Any]] = ()
) -> GroupHandle[Any, Any]:
    """Return the handle of a group of *handles* whose results are all there."""
    from celery.result import GroupResult  # noqa: PLC0415 - loads kombu
    from kombu.utils.uuid import uuid  # noqa: PLC0415 - as above

    result = GroupResult(uuid(), [each.async_result for each in handles])
    return GroupHandle(handles, shape, result, before)
