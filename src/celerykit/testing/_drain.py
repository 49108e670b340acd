"""Run what waits, in the test's own thread, in the order in which a worker would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from celerykit.testing._broker import Broker, Published
from celerykit.testing._execute import execute, task_for
from celerykit.testing._order import Waiting, next_due
from celerykit.testing.errors import EndlessRun

__all__ = ["LIMIT", "Drain"]

LIMIT = 1000


class Drain:
    """Runs the messages that wait in some brokers, up to a number of them."""

    ran: list[tuple[Any, Published]]

    def __init__(
        self, brokers: Callable[[], Iterable[tuple[Any, Broker]]], limit: int, *, reraise: bool
    ) -> None:
        """Take what tells the apps and their brokers, and how far to go."""
        given: Any = limit
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            message = f"limit={limit!r} is not a number of tasks. Pass 1 or more."
            raise ValueError(message)
        self._brokers = brokers
        self._limit = limit
        self._reraise = reraise
        self.ran = []

    def run(self) -> None:
        """
        Run all that is due, and what that sends, until nothing more is due.

        Raises:
            EndlessRun: There is no end.
            Exception: A task failed; what is left still waits.
        """
        __tracebackhide__ = True
        try:
            while (due := next_due(self._waiting(), _now)) is not None:
                if len(self.ran) >= self._limit:
                    ran = [published for _app, published in self.ran]
                    raise EndlessRun(self._limit, _loop(ran), len(self._waiting()))
                due.broker.waiting.remove(due.published)
                self.ran.append((due.app, due.published))
                failure = execute(*due)
                if failure is not None and self._reraise:
                    raise failure
        finally:
            self._put_back()

    def _put_back(self) -> None:
        for _app, broker in self._brokers():
            broker.put_back()

    def next_eta(self) -> datetime | None:
        """Return when the next message comes due that is not due now, or None."""
        moments = [each.published.eta for each in self._waiting()]
        self._put_back()
        return min((moment for moment in moments if moment is not None), default=None)

    def _waiting(self) -> list[Waiting]:
        return [
            Waiting(app, broker, published)
            for app, broker in self._brokers()
            for published in broker.pending()
            if task_for(app, published) is not None
        ]


def _now(app: Any) -> datetime:
    now: datetime = app.now()
    return now


def _loop(ran: Sequence[Published]) -> tuple[str, ...]:
    """Return the names of the tasks that sent each other last, from one to the same again."""
    by_id = {each.message["headers"]["id"]: each.message["headers"] for each in ran}
    headers = ran[-1].message["headers"]
    names: list[str] = [headers["task"]]
    seen = {headers["id"]}  # a caller's own ids may come again
    while (parent := by_id.get(headers.get("parent_id"))) and parent["id"] not in seen:
        headers = parent
        seen.add(headers["id"])
        names.insert(0, headers["task"])
        if names[0] == names[-1]:
            return tuple(names)
    ((most, _times),) = Counter(each.message["headers"]["task"] for each in ran).most_common(1)
    return (most, most)
