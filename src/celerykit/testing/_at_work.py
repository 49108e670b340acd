"""What holds in this process while a worker works in it, and nowhere afterwards."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

from celerykit._guard import guard_of
from celerykit._watched_reads import unwatch_reads, watch_reads
from celerykit.testing._celerys import Swaps, in_tasks_joining_blocks
from celerykit.testing._stand_in import Rules
from celerykit.testing._untyped import worker_state

__all__ = ["HERE", "joining_blocks", "reads_watched", "state_as_before"]

# Of each thread: whether it runs the tasks of such a worker.
HERE: Final = threading.local()

_swaps: Final = Swaps()
_workers: Final[list[None]] = []
_lock: Final = threading.Lock()


@contextmanager
def joining_blocks() -> Generator[None]:
    """Have Celery refuse to wait in tasks, as it does in production, and nowhere else."""
    with _lock:
        if not _workers:
            in_tasks_joining_blocks(lambda: getattr(HERE, "is_task", False), _swaps)
        _workers.append(None)
    try:
        yield
    finally:
        with _lock:
            _workers.pop()
            if not _workers:
                _swaps.undo()


class _Policy:
    """What is done about reads of an app that has no guard."""

    def __init__(self, rules: Rules) -> None:
        self.action = rules.action
        self.allowed = rules.allowed


@contextmanager
def reads_watched(app: Any, rules: Rules) -> Generator[None]:
    """Ask the rules about each read of a result, unless the project's own guard does."""
    policy = _Policy(rules)
    if guard_of(app) is None:
        watch_reads(app, policy)
    try:
        yield
    finally:
        if guard_of(app) is None:
            unwatch_reads(app)


@contextmanager
def state_as_before(app: Any) -> Generator[None]:
    """Have Celery forget what a worker of *app* was told: it keeps that for the whole process."""
    revoked = {*worker_state.revoked}
    stamps = {**worker_state.revoked_stamps}
    try:
        yield
    finally:
        for task_id in {*worker_state.revoked} - revoked:
            worker_state.revoked.discard(task_id)
        worker_state.revoked_stamps.clear()
        worker_state.revoked_stamps.update(stamps)
        for task_id, request in [*worker_state.requests.items()]:
            if request.app is app:
                del worker_state.requests[task_id]
