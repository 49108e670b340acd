"""Send one call by the shortest way that keeps Celery's: as the last ones like it were sent."""

from __future__ import annotations

from typing import Any, Final, cast

from celerykit._apply import note
from celerykit._examine import Examined, target_in
from celerykit._handle import Handle
from celerykit._targets import Local, Remote
from celerykit.bulk._fresh import fresh_ids
from celerykit.bulk._kept import Kept, give, take
from celerykit.bulk._lane import Lane
from celerykit.bulk._lanes import KeptLanes
from celerykit.bulk._line import failure
from celerykit.bulk._own import is_celerys
from celerykit.bulk._wire import Publication, Wire

__all__ = ["planned"]

# With these, no other call is sent alike.
_EACH: Final = frozenset({"task_id", "redact", "retry", "retry_policy"})
_PLANNED: Final = frozenset({Local, Remote})


def planned(found: Examined) -> Handle[Any] | None:
    """
    Send what passed the rules; None if Celery's own way is the one to take.

    That is so wherever anybody else has a hand in the sending, and within tasks, whose children
    are told who their parent is.

    Raises:
        PublishError: The broker did not get it, or nobody knows whether it did, as often as the
            app's ``task_publish_retry_policy`` allows.
    """
    order = found.order
    target = target_in(order)
    if type(target) not in _PLANNED or not _EACH.isdisjoint(order.options):
        return None
    app = target.app
    if app.current_worker_task is not None:
        return None
    line = take(app, if_new=lambda: is_celerys(target))
    if line is None:
        return None
    try:
        handle = _sent(line, found)
    finally:
        give(line)
    if handle is not None:
        note(target, handle.async_result, order.options)
    return handle


def _sent(line: Kept, found: Examined) -> Handle[Any] | None:
    order = found.order
    if line.memory is None:
        line.memory = KeptLanes(), fresh_ids()
    lanes, ids = cast("tuple[KeptLanes, Any]", line.memory)
    lane = lanes.of(order, lambda: Lane(order, line, ids))
    if lane is None:
        return None
    lane.refresh(found.facts, None)
    if not lane.by_example:
        return None

    def publish(publication: Publication) -> None:
        _hand_over(line, [line.writer.wire(publication)])

    made = lane.passed(found, publish)
    if made.wires:
        _hand_over(line, made.wires)
    if made.tell is not None:
        made.tell()
    return made.maker(made.task_id)


def _hand_over(line: Kept, wires: list[Wire]) -> None:
    """Write a message and its events; raise if the message is not known to have arrived."""
    flushed = line.flush(wires, insists=True)
    outcomes = flushed.outcomes
    if flushed.error is not None:
        outcome = outcomes if isinstance(outcomes, str) else outcomes[0]
        if outcome != "sent":
            raise failure(outcome, flushed.error)
