"""Which task runs here, in whatever pool: what Celery knows, and what its signals told."""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Hashable, Iterator
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

__all__ = ["LIVE", "Run", "Sent", "likeliest", "running", "watch_tasks"]

# The runs of this process that have begun and not ended, by the identity of each.
LIVE: Final[dict[int, Run]] = {}

# The runs that this context is part of, the innermost last: asyncio.to_thread takes them along,
# and may outlive them.
_RUNS: Final[ContextVar[tuple[Run, ...]]] = ContextVar("celerykit_runs", default=())

# The threads in which a worker itself works, once this process is one.
_homes: Final[set[int]] = set()

_watching = threading.Event()
# Whether it began while no task ran, as far as could be seen: then each is in LIVE.
_from_the_start = threading.Event()

_MOST: Final = 10_000

# Where workers are made that run beside the test that reads what they do.
_TESTS: Final = ("celery.contrib.testing", "celerykit.testing")


class Sent(NamedTuple):
    """What a task sent: the name of the other task, and its queue if that is known."""

    task: str
    queue: str | None


class Run:
    """
    One run of a task.

    Attributes:
        name: The name of the task.
        kin: The ids of the run itself, of what started it, and of the root of them all.
        thread: The thread or greenlet that it began in.
        sent: What it sent, by id, as far as it is remembered.
        polls: How often it looked for a result that was not there, by id and line.
    """

    __slots__ = ("kin", "name", "polls", "sent", "thread")
    name: str
    kin: frozenset[str | None]
    thread: int
    sent: dict[str, Sent]
    polls: dict[Hashable, int]

    def __init__(self, task: Any) -> None:
        """Take the *task* whose request is being served."""
        request = task.request
        self.name = task.name
        self.kin = frozenset((request.id, request.root_id, request.parent_id))
        self.thread = threading.get_ident()
        self.sent = {}
        self.polls = {}

    def note(self, task_id: str, sent: Sent) -> None:
        """Remember what it *sent*, up to so many."""
        if len(self.sent) < _MOST:
            self.sent.setdefault(task_id, sent)


class Here(NamedTuple):
    """The run that the code of a caller is part of, for certain or likely."""

    run: Run
    certain: bool


def running(app: Any) -> Here | None:
    """
    Return the run of a task, of whichever app, that the calling code belongs to.

    Celery itself knows it in the thread, or the greenlet, that runs the task. Its signals tell of
    the code that ``asyncio.to_thread`` and copied contexts take elsewhere, and gevent of the
    greenlets that a task spawned. Of a thread nobody knows who started it: in a worker process
    with a task that runs, it likely was that task.
    """
    if not LIVE and _from_the_start.is_set():
        return None
    task = app.current_worker_task
    if task is not None:
        request = id(task.request_stack.top)
        return Here(LIVE.get(request) or Run(task), certain=True)
    for run in reversed(_RUNS.get()):
        if run in LIVE.values():
            return Here(run, certain=True)
    spawned = next(_spawned_by(), None)
    if spawned is not None:
        return Here(spawned, certain=True)
    return likeliest(()) if _may_be_a_tasks() else None


def likeliest(wanted: Collection[str]) -> Here | None:
    """
    Return the run that a thread which waits for *wanted* may work for.

    That is one which sent it; else the newest, since all are as likely. It is not the awaited task
    itself, nor what that started.
    """
    others = [run for run in reversed([*LIVE.values()]) if run.kin.isdisjoint(wanted)]
    senders = (run for run in others if not run.sent.keys().isdisjoint(wanted))
    found = next(senders, None) or next(iter(others), None)
    return None if found is None else Here(found, certain=False)


def _spawned_by() -> Iterator[Run]:
    """Yield the live runs whose greenlets, by way of others perhaps, spawned this one."""
    gevent = sys.modules.get("gevent")
    greenlet = None if gevent is None else gevent.getcurrent()
    while (parent := getattr(greenlet, "spawning_greenlet", None)) is not None:
        greenlet = parent()
        yield from (run for run in [*LIVE.values()] if run.thread == id(greenlet))


def _may_be_a_tasks() -> bool:
    """Return whether this thread of a worker's may have been started by a task."""
    me = threading.get_ident()
    return bool(_homes) and me not in _homes and me != threading.main_thread().ident


def watch_tasks(app: Any) -> None:
    """Have Celery tell of each task that begins and ends in this process, from now on."""
    if _watching.is_set():
        return
    from celery import signals  # noqa: PLC0415 - loads kombu

    # For the life of the process: a task that began must be seen to end.
    signals.task_prerun.connect(_begin, weak=False)
    signals.task_postrun.connect(_end, weak=False)
    signals.worker_init.connect(_at_home, weak=False)
    task = app.current_worker_task
    if task is None:
        _from_the_start.set()
    else:  # it began before, and others may have
        _begin(task)
    _watching.set()


def _begin(task: Any, **_given: Any) -> None:
    run = LIVE[id(task.request_stack.top)] = Run(task)
    _RUNS.set((*_RUNS.get(), run))


def _end(task: Any, **_given: Any) -> None:
    run = LIVE.pop(id(task.request_stack.top), None)
    _RUNS.set(tuple(each for each in _RUNS.get() if each is not run))


def _at_home(sender: Any, **_given: Any) -> None:
    """Note that this process is a worker, unless it is a test that runs one beside itself."""
    kinds = type(sender).__mro__
    if not any(kind.__module__.startswith(_TESTS) for kind in kinds):
        _homes.add(threading.get_ident())
