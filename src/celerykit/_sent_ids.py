"""The ids that callers of this process chose themselves, as far back as can be remembered."""

from __future__ import annotations

import threading
from typing import Final

__all__ = ["SentIds"]

_MOST: Final = 10_000


class SentIds:
    """Remembers the last ids that were sent; safe to share between threads."""

    __slots__ = ("_ids", "_lock")
    _ids: dict[str, None]
    _lock: threading.Lock

    def __init__(self) -> None:
        """Start with none."""
        self._ids = {}
        self._lock = threading.Lock()

    def __contains__(self, task_id: str) -> bool:
        """Return whether *task_id* was sent, as far as it is remembered."""
        return task_id in self._ids

    def add(self, task_id: str) -> None:
        """Remember *task_id*, and forget the oldest if there are too many."""
        with self._lock:
            self._ids[task_id] = None
            if len(self._ids) > _MOST:
                del self._ids[next(iter(self._ids))]
