"""Hear of each app that is made, and of one that nobody knows when it sends."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final

from celerykit.testing._celerys import Swaps, app_class, app_maker

__all__ = ["new_apps"]

_swaps: Final = Swaps()
_hearing: Final[list[Callable[[Any], None]]] = []
_lock: Final = threading.RLock()


@contextmanager
def new_apps(hear: Callable[[Any], None]) -> Generator[None]:
    """
    Call *hear* with each app that is made meanwhile, in whatever thread: Celery has no signal.

    And with each that is about to send by itself, perhaps not for the first time: an app that was
    closed is no longer among those that Celery knows, and sends all the same.
    """
    with _lock:
        if not _hearing:
            _swaps.put(*app_maker(), _telling(getattr(*app_maker())))
            _swaps.put(app_class(), "send_task", _noticing(app_class().send_task))
        _hearing.append(hear)
    try:
        yield
    finally:
        with _lock:
            _hearing.remove(hear)
            if not _hearing:
                _swaps.undo()


def _tell(app: Any) -> None:
    for hear in [*_hearing]:
        hear(app)


def _telling(own: Callable[[Any], None]) -> Callable[[Any], None]:
    def register(app: Any) -> None:
        own(app)
        _tell(app)

    return register


def _noticing(own: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(own)
    def send_task(app: Any, *args: Any, **options: Any) -> Any:
        if "send_task" in vars(app):  # which has its turn before
            return own(app, *args, **options)
        _tell(app)
        known = "send_task" in vars(app)
        return app.send_task(*args, **options) if known else own(app, *args, **options)

    return send_task
