"""Lines to an app's broker that stay open from one send to the next, in this process alone."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Final, TypeVar
from weakref import WeakSet, finalize

from celerykit._facts import AppFacts
from celerykit._fork import FORKS
from celerykit._gather import facts_of
from celerykit.bulk._general import GeneralWriter
from celerykit.bulk._line import Line
from celerykit.bulk._own import Signs, connects_as_celery, connects_by

__all__ = ["Kept", "give", "take"]

T = TypeVar("T")

# An app holds its own lines: whatever held them elsewhere would hold the app too.
_NAME: Final = "_celerykit_lines"

_FAST: Final = frozenset({"amqp", "memory", "redis"})
_GOODBYE_S: Final = 1.0
_BRIEFLY_S: Final = 0.1  # an app is freed in the middle of anything
_LEAST_S: Final = 0.001
_MOST: Final = 1024  # a pool without any real limit


class Kept(Line):
    """
    A line on a connection of its own: none of the app's pool, so that Celery lacks none.

    Attributes:
        memory: What its users remember from one send to the next; lost with the line.
    """

    memory: Any

    def __init__(self, shelf: _Shelf, app: Any, connection: Any, *, confirms: bool) -> None:
        """Send over *connection*, between stays on *shelf*. Connects to the broker."""
        self.memory = None
        self.shelf, self.confirms = shelf, confirms
        # As kombu's pool makes them.
        producer = app.amqp.Producer(connection, auto_declare=False)
        super().__init__(app, producer, "confirms" if confirms else "nothing")
        # It holds no app, and may outlive this one's.
        self.end: Callable[[float], None] = partial(_end, self.writer, connection)


class _Shelf:
    """The lines of an app as it is configured now: those that are idle, and room for more."""

    def __init__(self, app: Any, facts: AppFacts, signs: Signs) -> None:
        """Keep as many as the pool of *app*, of which these are the *facts*, has connections."""
        self.facts, self.signs = facts, signs
        self.gone = False  # whether no line may stay here any more
        limit = app.conf.broker_pool_limit
        usable = facts.transport in _FAST and isinstance(limit, int) and connects_as_celery(app)
        # Lists, since their pop() and append() need no lock.
        self._room: list[None] = [None] * (min(limit, _MOST) if usable else 0)
        self._idle: dict[bool, list[Kept]] = {False: [], True: []}
        self._made: set[Kept] = set()
        self._ends: dict[int, Callable[[float], None]] = {}
        # When the app goes; when the interpreter ends, all end together.
        self._finalizer = finalize(app, _end_all, self._ends, _BRIEFLY_S)
        self._finalizer.atexit = False
        _shelves.add(self)

    def take(self, *, confirms: bool) -> Kept | None:
        """Return an idle line, if there is one."""
        line = _popped(self._idle[confirms])
        if line is not None:
            self._ends.pop(id(line))
        return line

    def give(self, line: Kept) -> None:
        """Let *line* wait here for its next use."""
        self._ends[id(line)] = line.end
        self._idle[line.confirms].append(line)
        if self.gone or _shelf_of(line.app) is not self:
            self.clear()

    def clear(self) -> None:
        """End all that is idle, now and whenever a line comes back."""
        self.gone = True
        for idle in self._idle.values():
            while (line := _popped(idle)) is not None:
                self._remove(line)
        if not self._made:
            self._finalizer.detach()

    def new(self, app: Any, *, confirms: bool) -> Kept | None:
        """Return a new line; None if there is no room."""
        if not self._room:
            other = _popped(self._idle[not confirms])
            if other is not None:
                self._remove(other)
        try:
            self._room.pop()
        except IndexError:
            return None
        connection = app.connection_for_write()
        try:
            line = Kept(self, app, connection, confirms=confirms)
        except BaseException:
            connection.release()
            self._room.append(None)
            raise
        self._made.add(line)
        if not isinstance(line.writer, GeneralWriter):
            return line
        self._remove(line)
        self._room.clear()  # no broker of this kind is written to faster than Celery does
        return None

    def _remove(self, line: Kept) -> None:
        self._made.discard(line)
        self._ends.pop(id(line), None)
        line.end(_GOODBYE_S)
        self._room.append(None)

    def end(self, patience: float) -> None:
        """End what is idle, in so many seconds; who still sends takes new lines."""
        self.gone = True
        for idle in self._idle.values():
            idle.clear()
        _end_all(self._ends, patience)

    def abandon(self) -> None:
        """Forget all lines in a forked child: they belong to its parent."""
        self.gone = True
        for line in self._made:
            line.writer.abandon()
        self._made.clear()
        self._ends.clear()
        self._idle = {False: [], True: []}
        self._finalizer.detach()


_shelves: Final[WeakSet[_Shelf]] = WeakSet()


def take(
    app: Any, *, confirms: bool = False, if_new: Callable[[], bool] = lambda: True
) -> Kept | None:
    """
    Return a line to the broker of *app* for this thread alone, until it is given back.

    None where Celery's own way is the one to take: as many lines as the app's ``broker_pool_limit``
    are in use, its connections are not kept at all, its broker is one that nothing writes to any
    faster, or its connections are not Celery's own.

    Args:
        app: The app.
        confirms: Whether the broker has to confirm each message, where it would not otherwise.
        if_new: Asked before a line is made: whether that is worth its while.

    Raises:
        Exception: It could not be reached, as often as the app's publish retry policy allows.
    """
    facts, signs = facts_of(app), connects_by(app)
    shelf = _shelf_of(app)
    if shelf is None or shelf.gone or shelf.facts is not facts or shelf.signs != signs:
        before, shelf = shelf, _Shelf(app, facts, signs)
        setattr(app, _NAME, shelf)
        if before is not None:
            before.clear()
    confirms = confirms and facts.transport == "amqp"
    line = shelf.take(confirms=confirms)
    return shelf.new(app, confirms=confirms) if line is None and if_new() else line


def give(line: Kept) -> None:
    """Give back *line*, which was taken; it stays open unless the app's settings have changed."""
    line.shelf.give(line)


def _shelf_of(app: Any) -> _Shelf | None:
    found: _Shelf | None = getattr(app, _NAME, None)
    return found


def _popped(things: list[T]) -> T | None:
    try:
        return things.pop()
    except IndexError:
        return None


def _end(writer: Any, connection: Any, patience: float) -> None:
    """
    Close a connection, waiting a little for the broker.

    RabbitMQ may not have read all yet, and forgets that with a socket that goes without a word.
    """
    writer.patience = patience
    writer.close()
    writer.drop()
    connection.release()


def _end_all(ends: dict[int, Callable[[float], None]], patience: float) -> None:
    until = monotonic() + patience  # for all of them
    while ends:
        ends.popitem()[1](max(until - monotonic(), _LEAST_S))


def _end_at_exit() -> None:
    """Let brokers read what was written, and close all: in a second for all apps together."""
    until = monotonic() + _GOODBYE_S
    for shelf in [*_shelves]:
        shelf.end(until - monotonic())


def _start_anew() -> None:
    """Let go of what the parent of this process has opened."""
    for shelf in [*_shelves]:
        shelf.abandon()


FORKS.tell(_start_anew)
atexit.register(_end_at_exit)
