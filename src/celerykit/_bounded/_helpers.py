"""The threads that do network work for an app's callers: few, reused, and gone when idle."""

from __future__ import annotations

from collections import deque
from threading import Condition, Lock, Thread
from typing import Any, Final
from weakref import WeakKeyDictionary, WeakSet, finalize

from celerykit._bounded._desk import Desk
from celerykit._bounded._errand import Errand
from celerykit._fork import FORKS
from celerykit.bulk._wire import Flushed

__all__ = ["Helpers", "helpers_of"]

# A helper whose connection is in order waits so long for more to do.
_IDLE_S: Final = 30.0
_USUAL: Final = 10  # Celery's own default of broker_pool_limit


class Helpers:
    """
    The helpers of one app, each with at most one connection.

    One that waits for a broker which does not answer cannot be stopped from outside; it ends when
    its sockets time out. That there are never more than a few keeps that from adding up.
    """

    def __init__(self, most: int) -> None:
        """Have at most so many."""
        self._most = most
        self._news = Condition()
        self._waiting: deque[Errand] = deque()
        self._idle = self._count = 0
        self._over = False
        self._desks: WeakSet[Desk] = WeakSet()
        self._unconnected: tuple[Any, Any] = (None, None)

    def unconnected(self, app: Any) -> Any:
        """Return a connection of *app* that is not connected, and never will be."""
        source = app.amqp.Connection  # in tests it may be another one meanwhile
        known, connection = self._unconnected
        if known is not source:
            connection = app.connection_for_write()
            self._unconnected = source, connection
        return connection

    def carry(self, errand: Errand) -> Flushed:
        """Have *errand* done; return what came of it, in time."""
        with self._news:
            self._waiting.append(errand)
            starts = len(self._waiting) > self._idle and self._count < self._most
            if starts:
                self._count += 1
            else:
                self._news.notify()
        if starts:
            self._start()
        try:
            return errand.wait()
        finally:
            if not errand.is_wanted:
                self._forget(errand)

    def _start(self) -> None:
        try:
            Thread(target=self._work, name="celerykit-send", daemon=True).start()
        except RuntimeError:  # the system has no more: then this waits for another helper
            with self._news:
                self._count -= 1

    def _work(self) -> None:
        desk = Desk()
        self._desks.add(desk)
        try:
            while (errand := self._next(keeps=desk.line is not None)) is not None:
                errand.work(desk)
                del errand  # it holds the app
        finally:
            desk.clear()

    def _next(self, *, keeps: bool) -> Errand | None:
        """Return what is to be done next; None for a helper that is to end."""
        with self._news:
            self._idle += 1
            try:
                self._news.wait_for(self._has_news, _IDLE_S if keeps else 0)
            finally:
                self._idle -= 1
            if self._waiting:
                return self._waiting.popleft()
            self._count -= 1
            return None

    def _has_news(self) -> bool:
        return self._over or bool(self._waiting)

    def _forget(self, errand: Errand) -> None:
        with self._news:
            if errand in self._waiting:
                self._waiting.remove(errand)

    def end(self) -> None:
        """Let all go that have nothing to do."""
        with self._news:
            self._over = True
            self._news.notify_all()

    def abandon(self) -> None:
        """Let go of all sockets, in a forked child: they belong to its parent."""
        for desk in [*self._desks]:
            desk.abandon()


_known: Final[WeakKeyDictionary[Any, Helpers]] = WeakKeyDictionary()
_lock = Lock()


def helpers_of(app: Any) -> Helpers:
    """Return the helpers of *app*."""
    with _lock:
        known = _known.get(app)
        if known is None:
            limit = app.conf.broker_pool_limit
            known = _known[app] = Helpers(limit if limit and limit > 0 else _USUAL)
            finalize(app, known.end).atexit = False
        return known


def _start_anew() -> None:
    global _lock  # noqa: PLW0603 - another thread of the parent may have held it
    _lock = Lock()
    for helpers in [*_known.values()]:
        helpers.abandon()
    _known.clear()


FORKS.tell(_start_anew)
