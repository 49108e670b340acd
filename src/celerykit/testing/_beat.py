"""Periodic tasks: send what an app's beat_schedule says, when the clock has come to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from celerykit.testing._untyped import Scheduler

__all__ = ["Beat"]


class Beat:
    """The schedule of one app, by Celery's own entries; it runs when it is told."""

    def __init__(self, app: Any) -> None:
        """Start to count now."""
        self._app = app
        self._scheduler = Scheduler(app=app, lazy=True)
        self._entries: dict[str, Any] = {}
        self._refresh()

    def _refresh(self) -> None:
        """Learn of entries that came and went: tasks may add some when the app is finalised."""
        _ = self._app.tasks
        schedule: Mapping[str, Any] = self._app.conf.beat_schedule
        for name in self._entries.keys() - schedule.keys():
            del self._entries[name]
        for name in schedule.keys() - self._entries.keys():
            entry = self._scheduler.Entry(**{**schedule[name], "name": name, "app": self._app})
            self._entries[name] = entry

    def next_due(self) -> datetime | None:
        """Return when the next entry comes due, or None if there is none."""
        self._refresh()
        now: datetime = self._app.now()
        # What is due says when it will be due again.
        seconds = [
            0 if due else wait for due, wait in (each.is_due() for each in self._entries.values())
        ]
        return now + timedelta(seconds=min(seconds)) if seconds else None

    def send_due(self) -> int:
        """Send what is due now, and return how many calls that were."""
        due = [name for name, entry in self._entries.items() if entry.is_due().is_due]
        for name in due:
            entry = self._entries[name]
            self._entries[name] = entry.next()
            self._scheduler.apply_async(entry, advance=False)
        return len(due)
