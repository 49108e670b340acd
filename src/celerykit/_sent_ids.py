"""The ids that callers of this process chose themselves, as far back as can be remembered."""

from __future__ import annotations

import threading
from typing import Any, Final
from weakref import WeakKeyDictionary

__all__ = ["SentIds"]

_MOST: Final = 10_000


class SentIds:
    """Remembers the last ids that each app sent; safe to share between threads."""

    __slots__ = ("_ids", "_lock")
    _ids: WeakKeyDictionary[Any, dict[str, None]]
    _lock: threading.Lock

    def __init__(self) -> None:
        """Start with none."""
        self._ids = WeakKeyDictionary()
        self._lock = threading.Lock()

    def has(self, app: Any, task_id: str) -> bool:
        """Return whether *app* sent *task_id*, as far as it is remembered."""
        return task_id in self._ids.get(app, ())

    def add(self, app: Any, task_id: str) -> None:
        """Remember that *app* sent *task_id*, and forget the oldest if there are too many."""
        with self._lock:
            ids = self._ids.setdefault(app, {})
            ids[task_id] = None
            if len(ids) > _MOST:
                del ids[next(iter(ids))]
