"""Which calls celerykit itself is sending now, so that the guard need not check them again."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

__all__ = ["SENDING", "is_checked"]

# The name of the task that is being sent, and was checked; for a flow, how often it sends each
# name. What a task sends on the way was not.
SENDING: Final[ContextVar[str | dict[str, int] | None]] = ContextVar(
    "celerykit_sending", default=None
)


def is_checked(task: str) -> bool:
    """Return whether the call of *task* was checked before; once, since a second one was not."""
    sending = SENDING.get()
    if isinstance(sending, dict):
        left = sending.get(task, 0)
        sending[task] = left - 1
        return left > 0
    if sending != task:
        return False
    SENDING.set(None)
    return True
