"""
Everything that running captured calls raises by itself.

::

    CelerykitError
    +- EndlessRun                        tasks that send each other, and no end
    +- ResultUnavailable
       +- ResultPending                  a result was asked for before its task was run
"""

from __future__ import annotations

from celerykit.errors import CelerykitError, ResultUnavailable
from celerykit.testing._untyped import CeleryTimeoutError

__all__ = ["EndlessRun", "ResultPending"]


class EndlessRun(CelerykitError):  # noqa: N818 - says what happened, as the others do
    """
    More tasks were run than a test is likely to mean: they seem to send each other for ever.

    Attributes:
        limit: How many tasks were run.
        loop: The names of the tasks that sent each other, the last one last.
        waiting: How many messages still wait.
    """

    limit: int
    loop: tuple[str, ...]
    waiting: int

    def __init__(self, limit: int, loop: tuple[str, ...], waiting: int) -> None:
        """Take how many were run, the names of those that sent each other, and how many wait."""
        super().__init__(limit, loop, waiting)
        self.limit = limit
        self.loop = loop
        self.waiting = waiting

    def __str__(self) -> str:
        """Return who sends whom, and what to do."""
        return (
            f"{self.limit} tasks were run and {self.waiting} still "
            f"{'waits' if self.waiting == 1 else 'wait'}. They send each other: "
            f"{' -> '.join(self.loop)}. Pass limit=... if so many are meant."
        )


class ResultPending(ResultUnavailable, CeleryTimeoutError):  # noqa: N818 - as its bases
    """
    A result was asked for before its task was run, where nothing runs by itself.

    It is Celery's ``TimeoutError`` too, which is what code that waits would get in production.
    """
