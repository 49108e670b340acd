"""How far a group came that Celery itself sent: told when its broker fails in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from celerykit._blame import blamed, members_before
from celerykit._call import Nodes
from celerykit._examine import target_in
from celerykit._joints import Fork, is_leaf
from celerykit._values import is_dict
from celerykit.bulk._ledger import Ledger, Outcome
from celerykit.bulk._own import is_celerys
from celerykit.bulk._report import BulkReport
from celerykit.bulk._wire import repeated
from celerykit.errors import PublishError

__all__ = ["sent_counted"]

# With these a message leaves by another way than the group's.
_OTHERS: Final = frozenset({"connection", "producer", "publisher"})


class _Counting:
    """
    A producer that counts the tasks which left.

    Attributes:
        count: How many did.
        begun: Whether there was a producer, and so anything may have left.
        failed: Whether the one after those was handed over to the broker, and that failed.
    """

    def __init__(self) -> None:
        self._producer: Any = None
        self.count = 0
        self.begun = self.failed = False

    def over(self, producer: Any) -> _Counting:
        self._producer, self.begun = producer, True
        return self

    def publish(self, body: Any, **options: Any) -> Any:
        if is_dict(body) and "type" in body:  # an event
            return self._producer.publish(body, **options)
        self.failed = True
        done = self._producer.publish(body, **options)
        self.count, self.failed = self.count + 1, False
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._producer, name)


def sent_counted(app: Any, members: Iterable[Nodes], send: Callable[[Any], Any]) -> Any:
    """
    Return what *send* returns, which is given a producer of *app* to publish *members* with.

    Raises:
        GroupPublishError: It could not be handed over.
        BaseException: Whatever else comes, with a report of how far the group had come.
    """
    counting = _Counting()
    try:
        with app.producer_or_acquire() as producer:
            return send(counting.over(producer))
    except BaseException as error:
        told = blamed(error) if isinstance(error, Exception) else None
        ledger = Ledger(keep_ids=False)
        outcomes = _outcomes([*members], counting, error, told)
        ledger.mark([ledger.take() for _ in outcomes], outcomes)
        ledger.finished = True
        report: BulkReport[Any] = BulkReport(ledger)
        if told is None:
            report.attach(error)
            raise
        raise report.failure(error, told.side) from error


def _outcomes(
    members: Sequence[Nodes],
    counting: _Counting,
    error: BaseException,
    told: PublishError | None,
) -> list[Outcome]:
    """Return what is known of each of *members*, which Celery sends one after the other."""
    size = len(members)
    if not counting.begun:
        return repeated("not_sent", size)
    outcome: Outcome = "unknown" if told is None else told.outcome
    done = members_before(error)
    if done is None:  # it had not begun with the first, or all were over
        return repeated(outcome, size)
    before, nodes = members[:done], members[done]
    if isinstance(nodes[0], Fork):
        outcome = "unknown"  # a part of it may have left
    elif told is None and not counting.failed:
        outcome = _counted(before, nodes, counting.count)
    return [*repeated("sent", done), outcome, *repeated("not_sent", size - done - 1)]


def _counted(before: Sequence[Nodes], nodes: Nodes, count: int) -> Outcome:
    """Return whether a member has left, by how many left that use our producer for sure."""
    singles = [each for each in (*before, nodes) if _is_single(each)]
    if not _is_single(nodes) or not all(map(_uses_ours, singles)):
        return "unknown"
    return "sent" if count == len(singles) else "not_sent"


def _uses_ours(nodes: Nodes) -> bool:
    order = nodes[0].order
    return is_celerys(target_in(order)) and _OTHERS.isdisjoint(order.options)


def _is_single(nodes: Nodes) -> bool:
    return len(nodes) == 1 and is_leaf(nodes[0])
