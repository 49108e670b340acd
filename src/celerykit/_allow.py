"""allow_blocking_get(): the named, local way to say that a task means to wait."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Final

__all__ = ["ALLOWED", "allow_blocking_get"]

# Of each context, so of each thread, greenlet and asyncio task: what overlaps does not meet.
ALLOWED: Final[ContextVar[bool]] = ContextVar("celerykit_allowed", default=False)


class allow_blocking_get:  # noqa: N801 - reads as a function where it is used
    """
    Say nothing of the results that the code inside waits for: ``with allow_blocking_get():``.

    Celery's own refusal, ``RuntimeError: Never call result.get() within a task!``, is lifted for
    the same reads without touching Celery's global flag: for each ``Handle.get()``, and in an app
    under ``guard()`` for plain Celery's ``get()``, ``join()`` and ``join_native()``.

    Counts for the code inside, with the ``asyncio.to_thread`` and the asyncio tasks that it
    starts. A thread or a greenlet has to say it for itself.
    """

    __slots__ = ("_before",)
    _before: list[Token[bool]]

    def __init__(self) -> None:
        """Allow nothing yet."""
        self._before = []

    def __enter__(self) -> None:
        """Allow it from here on."""
        self._before.append(ALLOWED.set(True))

    def __exit__(self, *_failure: object) -> None:
        """Go back to what was allowed before."""
        ALLOWED.reset(self._before.pop())
