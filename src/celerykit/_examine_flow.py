"""Ask the rules about every task of a flow, before any of it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from celerykit._backend import UNMADE, BackendProblem
from celerykit._backend_of import problem_of
from celerykit._call import Delivery, Nodes, Order
from celerykit._chords import needs_each_result, workers_follow_the_task
from celerykit._examine import Examined, examined, target_in
from celerykit._findings import Finding
from celerykit._joints import Fork, is_leaf
from celerykit._request import Place
from celerykit._targets import Local, itself

__all__ = ["ExaminedFlow", "examined_flow", "ignores_result"]


class ExaminedFlow(NamedTuple):
    """
    What the rules said of a flow.

    Attributes:
        app: The app that sends it.
        tasks: Each call and step, examined, in their order.
    """

    app: Any
    tasks: list[Examined]

    @property
    def findings(self) -> list[Finding]:
        """Everything that was found."""
        return [finding for each in self.tasks for finding in each.findings]


class _Spot(NamedTuple):
    """One call or step of a flow; *passed_on*: its result goes into the list of a group."""

    leaf: Delivery[Any]
    passed_on: bool


class _Places:
    """Tells what is doubtful about each place of a flow, from the first to the last."""

    __slots__ = ("_app", "_ids", "_told")
    _app: Any
    _ids: set[str]
    _told: bool

    def __init__(self, app: Any) -> None:
        self._app = app
        self._ids = set()
        self._told = False

    def of(self, spot: _Spot) -> Place | None:
        """Return what is doubtful about *spot*, or None if nothing is."""
        order = spot.leaf.order
        task_id = order.options.get("task_id")
        again = task_id in self._ids
        if task_id is not None:
            self._ids.add(task_id)
        problem, ignored = self._passed_on(order) if spot.passed_on else (None, False)
        own = target_in(order).own_app
        other = None if own is None or own is self._app else (_name(own), _name(self._app))
        place = Place(problem, ignored, other, again)
        return None if place == _FINE else place

    def _passed_on(self, order: Order) -> tuple[BackendProblem | None, bool]:
        if not self._told:
            self._told = True  # however many groups there are
            problem = problem_of(self._app, chords=True)
            if problem is not None:  # one that cannot be made is told of every call
                return None if problem.kind in UNMADE else problem, False
        unkept = ignores_result(order) or (_task_ignores(order) and workers_follow_the_task())
        return None, unkept and needs_each_result(self._app)


_FINE: Final = Place()


def examined_flow(nodes: Nodes) -> ExaminedFlow:
    """Return what the rules say of each call and step of *nodes*."""
    spots = list(_spots(nodes, inside=False, last=False))
    app = _sender_of(spots)
    places = _Places(app)
    tasks = [examined(_sent_by(app, spot.leaf.order), places.of(spot)) for spot in spots]
    return ExaminedFlow(app, tasks)


def _sender_of(spots: list[_Spot]) -> Any:
    """Return the app of the first task that has one of its own, or else Celery's current app."""
    from celery import current_app  # noqa: PLC0415 - loads kombu

    own = (target_in(spot.leaf.order).own_app for spot in spots)
    found = next((app for app in own if app is not None), None)
    return itself(current_app if found is None else found)


def _sent_by(app: Any, order: Order) -> Order:
    target = target_in(order)
    bound = target.within(app)
    return order if bound is target else order._replace(target=bound)


def ignores_result(order: Order) -> bool:
    """Return whether the result of *order* is not kept, as far as that is known here."""
    return bool(order.options.get("ignore_result", _task_ignores(order)))


def _task_ignores(order: Order) -> bool:
    target = target_in(order)
    return isinstance(target, Local) and bool(target.task.ignore_result)


def _spots(nodes: Nodes, *, inside: bool, last: bool) -> Iterator[_Spot]:
    for index, node in enumerate(nodes, 1):
        at_end = index == len(nodes)
        if isinstance(node, Fork):
            for member in node.members:
                yield from _spots(member.nodes, inside=True, last=inside or not at_end)
        elif is_leaf(node):
            yield _Spot(node, passed_on=last and at_end)


def _name(app: Any) -> str:
    return repr(app.main) if app.main else "one without a name"
