"""Make a flow happen: check all of it, then hand it to Celery at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from celerykit._blame import blamed_flow
from celerykit._call import Delivery, Nodes, Order
from celerykit._canvas import Canvas
from celerykit._contract import HOLE
from celerykit._draw import drawn
from celerykit._examine import CHOSEN_IDS, decide, target_in
from celerykit._examine_flow import ExaminedFlow, examined_flow, ignores_result
from celerykit._findings import Finding
from celerykit._flow import Step
from celerykit._gather import facts_of
from celerykit._group_handle import GroupHandle
from celerykit._handle import Handle
from celerykit._inherited import know_backends
from celerykit._joints import Branch, Constant, Fork, is_leaf, settled
from celerykit._run_flow import known_group, known_handle, run
from celerykit._send import FALLBACK_APP, CelerySender
from celerykit._sending import SENDING
from celerykit._targets import target_of
from celerykit._verdicts import NO_OPTIONS
from celerykit.errors import CallRejected
from celerykit.rules import bad_arguments, not_a_callback

__all__ = ["FlowSender"]


# Fewer members than these leave as fast one after the other.
MANY: Final = 4


class FlowSender(CelerySender):
    """Hands calls over to the Celery of this process, and what they make together."""

    def errback(self, order: Order, task: Any, /) -> Delivery[Any]:
        """Return *task* as the errback that Celery would make of it; raise if it makes none."""
        target = target_of(task)
        if target is None:
            raise CallRejected((not_a_callback(order.target.name, "link_error", task),))
        contract = target.contract
        whys = [contract.mismatch(given, {}) for given in ((HOLE,), (HOLE, HOLE, HOLE))]
        if None not in whys:
            names = contract.names() or ()
            first = "".join(contract.positional(1))
            raise CallRejected((bad_arguments(target.name, str(whys[0]), names, (), first),))
        made: Step[Any, Any] = Step(self, Order(target, (), {}, NO_OPTIONS, waits=True))
        return made

    def send_flow(self, nodes: Nodes, /) -> Any:
        """Check all *nodes*, then send the first; workers send the others."""
        ready = settled(nodes)
        found = examined_flow(ready)
        _decide(found.findings)
        last = ready[-1]
        if isinstance(last, Constant):
            before = _sent(ready[:-1], found) if found.tasks else []
            kept = [each for each in before if not each.async_result.ignored]
            members = [known_handle(value) for value in last.value]
            return known_group(members, nodes[-1].shape, kept)
        sent = _sent(ready, found)
        return sent if isinstance(sent, GroupHandle) else sent[0]

    def check_flow(self, nodes: Nodes, /) -> list[Finding]:
        """Return what the rules say of each of *nodes*, and of its place among the others."""
        return examined_flow(settled(nodes)).findings

    def apply_flow(self, nodes: Nodes, /) -> Any:
        """Run *nodes* here and now, one after the other."""
        return run(nodes, self.apply)

    def flow_signature(self, nodes: Nodes, /) -> Any:
        """Return *nodes* as Celery's canvas, which gives the value that the flow would."""
        ready = settled(nodes)
        found = examined_flow(ready)
        _decide([finding for finding in found.findings if finding.code != FALLBACK_APP])
        return Canvas(found.app, found.tasks).in_shape(ready)

    def draw(self, nodes: Nodes, /) -> str:
        """Return *nodes* as a diagram in Mermaid's language."""
        return drawn(nodes)


def _decide(findings: list[Finding]) -> None:
    if findings:
        decide(findings)


def _sent(ready: Nodes, found: ExaminedFlow) -> list[Handle[Any]] | GroupHandle[Any, Any]:
    """Send *ready*; return the handle of its end, or of its ends."""
    last = ready[-1]
    if isinstance(last, Fork):
        return _sent_group(ready, last, found)
    result = _handed_over(Canvas(found.app, found.tasks).of(ready).apply_async, found)
    _mark(result, last)
    return [Handle(result)]


def _sent_group(ready: Nodes, fork: Fork, found: ExaminedFlow) -> GroupHandle[Any, Any]:
    before, members = ready[:-1], fork.members
    # Celery's own group is confirmed by nobody.
    many = 1 if facts_of(found.app).confirm else MANY
    if not before and len(members) >= many:
        from celerykit.bulk._members import (  # noqa: PLC0415 - single sends need none of it
            leave_together,
            send_members,
        )

        if leave_together(found.app, fork, found.tasks):
            return send_members(found.app, fork, found.tasks)
    canvas = Canvas(found.app, found.tasks)
    if before and len(members) == 1:
        # In a chain Celery takes a group of one for its member, and that is what is sent.
        only = members[0].nodes
        result = _handed_over(canvas.as_value((*before, *only)).apply_async, found)
        _mark(result, only[-1])
        return known_group([Handle(result)], fork.shape)
    made = canvas.of(ready)
    if before or found.app.conf.task_always_eager:
        result = _handed_over(made.apply_async, found)
    else:
        result = _counted(made, members, found)
    for member, each in zip(members, result.results, strict=True):
        _mark(each, member.nodes[-1])
        _put_after(each, result.parent)
    return GroupHandle([Handle(each) for each in result.results], fork.shape, result)


def _counted(made: Any, members: Sequence[Branch], found: ExaminedFlow) -> Any:
    """Send the group *made* of *members*; if the broker fails, tell how far it came."""
    from celerykit.bulk._counted import sent_counted  # noqa: PLC0415 - as above

    def send(producer: Any) -> Any:
        return _published(partial(made.apply_async, producer=producer), found)

    return sent_counted(found.app, [each.nodes for each in members], send)


def _handed_over(apply_async: Callable[[], Any], found: ExaminedFlow) -> Any:
    """Have Celery send a canvas; what it raises is told as for a single call."""
    try:
        return _published(apply_async, found)
    except Exception as error:  # a dozen kinds; what is a project's own is raised again
        told = blamed_flow(error, partial(_polls, found.app))
        if told is None:
            raise
        raise told from error


def _polls(app: Any) -> bool:
    """Return whether the result backend of *app* may have a task that asks for a chord's group."""
    own: Any = getattr(app.backend.apply_chord, "__func__", None)
    counts = getattr(own, "__name__", None) == "_apply_chord_incr"
    return not counts and getattr(own, "__module__", None) != "celery.backends.redis"


def _published(apply_async: Callable[[], Any], found: ExaminedFlow) -> Any:
    """Have Celery send a canvas, whose *apply_async* this is, and return Celery's result."""
    before = SENDING.set(Counter(each.order.target.name for each in found.tasks))
    try:
        result = apply_async()
    finally:
        SENDING.reset(before)
    for each in found.tasks:
        if "task_id" in each.order.options:
            CHOSEN_IDS.add(target_in(each.order).app, each.order.options["task_id"])
    know_backends(result)
    return result


def _mark(result: Any, last: Any) -> None:
    """Tell *result*, which Celery made before it sent anything, that nobody keeps it."""
    if is_leaf(last) and ignores_result(last.order):
        result.ignored = True


def _put_after(result: Any, before: Any) -> None:
    """Let *result* know what comes before its group: an error there is raised, not waited out."""
    while result.parent is not None and result.parent is not before:
        result = result.parent
    result.parent = before
