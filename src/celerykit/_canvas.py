"""A flow in the form of Celery's own canvas: chains, groups and chords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from celerykit._call import Nodes, Order
from celerykit._examine import Examined, target_in
from celerykit._joints import Constant, Fork, is_leaf
from celerykit._translate import signature_of

__all__ = ["Canvas"]

# Where a task goes; what celerykit adds goes the same way.
_WAY: Final = ("queue", "exchange", "routing_key", "priority")


class _Gather:
    """Stands for a task of Celery's own that passes the list of a group on as one value."""


_GATHER: Final = _Gather()


class _Wrap:
    """Stands for a task of Celery's own that makes a list of one value."""


_WRAP: Final = _Wrap()


class Canvas:
    """
    Makes Celery's signatures of one flow, once.

    Celery flattens a group within a group, and takes a group of one in a chain for its member.
    Here every group that something follows is a chord of its own, whose body is all the rest of
    the flow; and where only the list is wanted, the body is ``celery.accumulate``, a task that
    each worker has: ``Task.replace()`` uses it in the same way.
    """

    __slots__ = ("_app", "_found", "_way")
    _app: Any
    _found: Iterator[Examined]
    _way: dict[str, Any]  # that the last task goes

    def __init__(self, app: Any, found: list[Examined]) -> None:
        """Take the app that sends, and what was examined, in the order of the flow."""
        self._app = app
        self._found = iter(found)
        self._way = {}

    def of(self, nodes: Nodes, *, later: bool = False) -> Any:
        """Return the signature of settled *nodes*; *later*: a worker will send it."""
        steps = self._steps(nodes, later=later)
        return steps[0] if len(steps) == 1 else self._chained(steps)

    def _chained(self, steps: list[Any]) -> Any:
        from celery import canvas  # noqa: PLC0415 - loads kombu

        # With an option, chain() takes the steps as they are, and does not fold them again.
        return cast("Any", canvas).chain(steps, app=self._app)

    def in_shape(self, nodes: Nodes) -> Any:
        """Return the signature of settled *nodes*, whose result Celery leaves in its shape."""
        from celery import canvas  # noqa: PLC0415 - loads kombu

        last = nodes[-1]
        if nodes == (Constant([]),):
            return canvas.group([], app=self._app)
        if len(nodes) == 1 or not isinstance(last, Fork) or len(last.members) != 1:
            return self.of(nodes)
        only = last.members[0].nodes
        inner = (_GATHER,) if isinstance(only[-1], Fork) else ()
        return self.of((*nodes[:-1], *only, *inner, _WRAP))

    def as_value(self, nodes: Nodes, *, later: bool = False) -> Any:
        """Return the signature of *nodes*, which gives one result even if they end in a group."""
        last = nodes[-1]
        return self.of((*nodes, _GATHER) if isinstance(last, Fork) else nodes, later=later)

    def _steps(self, nodes: Nodes, *, later: bool) -> list[Any]:
        from celery import canvas  # noqa: PLC0415 - as above

        steps: list[Any] = []
        for index, node in enumerate(nodes):
            if not isinstance(node, Fork):
                steps.append(self._step(node))
                continue
            later = later or bool(steps)
            header = [self.as_value(member.nodes, later=later) for member in node.members]
            rest = nodes[index + 1 :]
            if not rest:
                return [*steps, canvas.group(header, app=self._app)]
            body = self._body(rest, later=later)
            return [*steps, canvas.chord(header, body=body, app=self._app)]
        return steps

    def _body(self, nodes: Nodes, *, later: bool) -> Any:
        """Return the signature of *nodes*, as the body of a chord that a worker sends *later*."""
        if isinstance(nodes[0], Fork):
            return self.of((_GATHER, *nodes), later=True)
        if not later or not _has_priority(nodes[0]):
            return self.of(nodes, later=True)
        steps = self._steps(nodes, later=True)
        self._way = _way_of(nodes[0].order, steps[0].options)
        return self._chained([self._accumulate(kwargs={"index": 0}), *steps])

    def _step(self, node: Any) -> Any:
        if isinstance(node, Constant):
            return self._accumulate(kwargs={"index": 0}, args=(node.value,), immutable=True)
        if node is _GATHER or node is _WRAP:
            return self._accumulate(kwargs={"index": 0} if node is _GATHER else {})
        found = next(self._found)
        signature = signature_of(found)
        self._way = _way_of(found.order, signature.options)
        return signature

    def _accumulate(self, **given: Any) -> Any:
        options = {"ignore_result": False, **self._way}
        return self._app.signature("celery.accumulate", options=options, **given)


def _has_priority(node: Any) -> bool:
    """
    Return whether *node* has a priority to lose.

    A worker that sends a chord gives its body the priority None, above that of its own (Celery 5.4
    to 5.7, unless ``task_inherit_parent_priority`` is set); any other task after it keeps its own.
    """
    if not is_leaf(node):
        return False
    task = getattr(target_in(node.order), "task", None)
    return node.order.options.get("priority", getattr(task, "priority", None)) is not None


def _way_of(order: Order, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that send a task of Celery's own the way that *order* goes."""
    task = getattr(target_in(order), "task", None)
    way = {name: options.get(name, getattr(task, name, None)) for name in _WAY}
    known = {name: value for name, value in way.items() if value is not None}
    return {"route_name": order.target.name, **known}
