"""Which call celerykit itself is sending now, so that the guard need not check it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["is_checked", "sending"]

_name: Final[ContextVar[str | None]] = ContextVar("celerykit_sending", default=None)


@contextmanager
def sending(task: str) -> Iterator[None]:
    """Say that *task* is being sent, and was checked; a task that it sends on the way was not."""
    token = _name.set(task)
    try:
        yield
    finally:
        _name.reset(token)


def is_checked(task: str) -> bool:
    """Return whether the call of *task* in this context was checked before."""
    return _name.get() == task
