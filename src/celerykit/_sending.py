"""Which call celerykit itself is sending now, so that the guard need not check it again."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

__all__ = ["SENDING", "is_checked"]

# The name of the task that is being sent, and was checked; one that it sends on the way was not.
SENDING: Final[ContextVar[str | None]] = ContextVar("celerykit_sending", default=None)


def is_checked(task: str) -> bool:
    """Return whether the call of *task* was checked before; once, since a second one was not."""
    if SENDING.get() != task:
        return False
    SENDING.set(None)
    return True
