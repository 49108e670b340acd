"""Wait until something has changed, and not a moment longer: nothing here polls."""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition

__all__ = ["News", "Service"]


class News:
    """Tells threads that wait that something is new: a message, a result, the end of a worker."""

    _number: int

    def __init__(self) -> None:
        """Start with none."""
        self._changed = Condition()
        self._number = 0

    @property
    def number(self) -> int:
        """How many there were. Ask before you look: then none is missed."""
        return self._number

    def tell(self) -> None:
        """Wake all who wait."""
        with self._changed:
            self._number += 1
            self._changed.notify_all()

    def wait_beyond(self, number: int, timeout: float | None) -> bool:
        """Wait for more than *number*, up to *timeout* seconds; return whether there are."""
        with self._changed:
            return self._changed.wait_for(lambda: self._number != number, timeout)


class Service:
    """
    What a broker, and those who wait for a result, know of the worker that serves them.

    Attributes:
        hear: Takes the name of a queue that messages come to.
        is_over: Whether it takes no more messages.
        failure: What ended it, if it was not asked to end.
    """

    hear: Callable[[str], None]
    is_over: bool
    failure: BaseException | None

    def __init__(self, hear: Callable[[str], None]) -> None:
        """Begin."""
        self.hear = hear
        self.is_over = False
        self.failure = None
