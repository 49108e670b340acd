"""The names that Celery keeps to itself and that standing in for its broker takes, in one place."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from celerykit.testing._untyped import Signal, amqp, app_base, celery_result, celery_state, signals

__all__ = [
    "Swaps",
    "app_class",
    "app_maker",
    "apps",
    "current",
    "forget_receivers",
    "in_tasks_joining_blocks",
    "keep_database_open",
    "receivers",
    "registered",
    "set_current",
    "set_default",
    "task_sender",
    "tasks_of",
]

_OURS: Final = (
    (celery_state, "_tls"),  # which app is current
    (celery_state, "default_app"),
    (celery_state, "_apps"),  # every app that is alive
    (app_base, "_register_app"),  # what a new app tells of itself
    (app_base.Celery, "_backend"),  # a property over _backend_cache and _local
    (app_base.Celery, "_get_backend"),
    (app_base.Celery, "_load_config"),
    (app_base.Celery, "_local"),
    (app_base.Celery, "_pool"),
    (app_base.Celery, "_fixups"),
    (amqp.AMQP, "_producer_pool"),
    (celery_result, "_set_task_join_will_block"),  # what allow_join_result() calls
    (celery_result, "task_join_will_block"),  # what get() asks
)

_ABSENT: Final = object()


def missing() -> list[str]:
    """Return the names that this Celery does not have."""
    given = app_base.Celery.__init__.__code__.co_names  # which has what is set on each app alone
    absent = [name for owner, name in _OURS if not hasattr(owner, name)]
    return absent + [name for name in ("_backend_cache", "_tasks") if name not in given]


def _check() -> None:
    absent = missing()
    if absent:
        message = (
            f"celerykit.testing does not fit this Celery, which has no {', '.join(absent)}. "
            "Install a release of celerykit that knows it."
        )
        raise ImportError(message)


_check()


def apps() -> list[Any]:
    """Return every app that is alive, the one that Celery makes up included."""
    return [*celery_state._apps]  # noqa: SLF001 - this file is for such names


def tasks_of(app: Any) -> Iterator[Any]:
    """Yield the tasks that *app* knows so far, without finalising it."""
    yield from [*app._tasks.values()]  # noqa: SLF001 - as above


def registered(app: Any, name: str) -> Any:
    """Return the task of *app* that has this *name*, or None; without finalising the app."""
    return app._tasks.get(name)  # noqa: SLF001 - as above


def app_maker() -> tuple[Any, str]:
    """Return where Celery looks up the function that each new app is handed to."""
    return app_base, "_register_app"


def app_class() -> Any:
    """Return the class of all apps."""
    return app_base.Celery


def task_sender(of: Any) -> Callable[..., Any]:
    """Return what *of*, an app's ``amqp``, sends tasks with, whatever was put over it."""
    kind = cast("Any", type(of))
    own = inspect.getattr_static(kind, "send_task_message")
    make = getattr(own, "func", None)  # of a cached property
    sender: Callable[..., Any] = own.__get__(of, kind) if make is None else make(of)
    return sender


def current() -> Any:
    """Return the app that is current in this thread, or None where Celery would make one up."""
    return celery_state._tls.current_app or celery_state.default_app  # noqa: SLF001 - as above


def set_default(app: Any, swaps: Swaps) -> None:
    """Make *app* the one that threads use which have no current one."""
    swaps.put(celery_state, "default_app", app)


def set_current(app: Any, swaps: Swaps) -> None:
    """Make *app* the current one of this thread, as it is in a worker."""
    swaps.put(celery_state._tls, "current_app", app)  # noqa: SLF001 - as above


def receivers() -> dict[Any, list[Any]]:
    """Return who receives each of Celery's signals."""
    names = cast("dict[str, Any]", vars(signals))
    found = [each for each in names.values() if isinstance(each, Signal)]
    return {each: [*each.receivers] for each in found}


def forget_receivers(before: dict[Any, list[Any]], after: dict[Any, list[Any]]) -> None:
    """Let those receive no more signals who did so *after* and not *before*."""
    for signal, known in after.items():
        gone = {id(each) for each in known} - {id(each) for each in before[signal]}
        with signal.lock:
            signal.receivers[:] = [each for each in signal.receivers if id(each) not in gone]
            signal.sender_receivers_cache.clear()


def in_tasks_joining_blocks(is_task: Callable[[], bool], swaps: Swaps) -> None:
    """
    Have Celery refuse ``get()`` in a task, where *is_task* says so, and leave the others alone.

    Its own switch is one for the process. In a worker it is on, and in a test it must not be.
    """
    before = celery_result.task_join_will_block
    switch = celery_result._set_task_join_will_block  # noqa: SLF001 - as above
    allowed = threading.local()

    def will_block() -> Any:
        return not getattr(allowed, "yes", False) if is_task() else before()

    def set_will_block(blocks: bool) -> None:  # noqa: FBT001 - as Celery's own
        if is_task():
            allowed.yes = not blocks
        else:
            switch(blocks)

    swaps.put(celery_result, "task_join_will_block", will_block)
    swaps.put(celery_result, "_set_task_join_will_block", set_will_block)


def keep_database_open(app: Any, swaps: Swaps) -> None:
    """Keep Celery's Django fixup from closing connections around a task, as a worker's does."""
    for fixup in app._fixups:  # noqa: SLF001 - as above
        worker = getattr(fixup, "_worker_fixup", None)  # there once a worker ran in this process
        if worker is not None:
            swaps.put(worker, "close_database", _do_nothing)
            swaps.put(worker, "close_cache", _do_nothing)


def _do_nothing(**_options: Any) -> None:
    pass


class Swaps:
    """Attributes that were replaced, to be put back exactly: what was absent is removed."""

    __slots__ = ("_before",)
    _before: list[tuple[Any, str, Any]]

    def __init__(self) -> None:
        """Start with none."""
        self._before = []

    def put(self, owner: Any, name: str, value: Any) -> None:
        """Replace the attribute *name* of *owner* itself, whatever its class has."""
        self.note(owner, name)
        setattr(owner, name, value)

    def note(self, owner: Any, name: str) -> None:
        """Put the attribute *name* of *owner* back too, whoever will change it."""
        own = cast("dict[str, Any]", vars(owner))
        self._before.append((owner, name, own.get(name, _ABSENT)))

    def __enter__(self) -> Swaps:  # noqa: PYI034 - Self came with Python 3.11
        return self

    def __exit__(self, *_error: object) -> None:
        self.undo()

    def undo(self) -> None:
        """Put everything back, the last first."""
        while self._before:
            owner, name, before = self._before.pop()
            if before is not _ABSENT:
                setattr(owner, name, before)
            elif name in vars(owner):
                delattr(owner, name)
