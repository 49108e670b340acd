"""clock(): Celery's time stands still, and moves when it is told."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any
from weakref import WeakKeyDictionary

from celerykit._findings import shown
from celerykit._now import STOPPED
from celerykit._values import as_seconds, is_delay, is_moment
from celerykit.testing._beat import Beat
from celerykit.testing._calls import Calls
from celerykit.testing._celerys import Swaps, apps
from celerykit.testing._drain import LIMIT, Drain
from celerykit.testing._new_apps import new_apps
from celerykit.testing._run_pending import brokers_in_memory
from celerykit.testing._sent_call import sent_call
from celerykit.testing.errors import EndlessRun

__all__ = ["Clock", "clock"]


class Clock:
    """Celery's time, for every app of the process. ``clock()`` makes it."""

    def __init__(self, start: datetime | None) -> None:
        """Stand still at *start*, or now."""
        self._start = datetime.now(timezone.utc) if start is None else start
        self._moved = timedelta()
        self._beats: WeakKeyDictionary[Any, Beat] = WeakKeyDictionary()

    @property
    def now(self) -> datetime:
        """What time it is, in UTC."""
        start = datetime.now(timezone.utc) if _is_moved_elsewhere() else self._start
        return (start + self._moved).astimezone(timezone.utc)

    def advance(
        self,
        duration: float | timedelta,
        *,
        run: bool = True,
        limit: int = LIMIT,
        reraise: bool = True,
    ) -> Calls[Any]:
        """
        Move the time on by *duration*, and run what comes due on the way, each at its own moment.

        That is what is captured, or waits for an app of ``memory_app()``: what is due already,
        then countdowns, etas, retries and what these send, and the entries of each app's
        ``beat_schedule``, which count from the first such call. When a task fails, the time
        stays at the moment of it.

        Args:
            duration: Seconds or a timedelta, 0 or more.
            run: With False the time moves alone; a later run finds all that came due at once.
            limit: How many tasks may be run, 1 or more.
            reraise: Whether the error of a task that fails is raised here.

        Returns:
            The calls that were run, in that order.

        Raises:
            EndlessRun: After *limit* tasks there are still more.
            TypeError: *duration* is of another type.
            ValueError: *duration* is less than 0, or *limit* less than 1.
        """
        __tracebackhide__ = True
        if not is_delay(duration):
            message = f"duration={shown(duration)} is not a number of seconds or a timedelta"
            raise TypeError(message)
        if as_seconds(duration) < 0:
            message = f"duration={shown(duration)} is less than 0: the time only moves on"
            raise ValueError(message)
        target = self.now + timedelta(seconds=as_seconds(duration))
        drain = Drain(brokers_in_memory, limit, reraise=reraise)
        if run:
            self._run_until(target, drain, limit)
        self._move_to(target)
        return Calls([sent_call(app, published) for app, published in drain.ran])

    def _run_until(self, target: datetime, drain: Drain, limit: int) -> None:
        """Run what comes due until *target*, step by step."""
        __tracebackhide__ = True
        beats = self._schedules()
        sent = 0
        drain.run()
        while True:
            coming = [drain.next_eta(), *(beat.next_due() for beat in beats)]
            moments = [moment for moment in coming if moment is not None]
            if not moments or min(moments) > target:
                return
            self._move_to(min(moments))
            sent += sum(beat.send_due() for beat in beats)
            if sent > limit:
                raise EndlessRun(limit, ("beat_schedule", "beat_schedule"), sent - limit)
            drain.run()

    def _schedules(self) -> list[Beat]:
        """Return the schedules of the apps that are run; a new one counts from now."""
        found: list[Beat] = []
        for app, _broker in brokers_in_memory():
            if app not in self._beats:
                self._beats[app] = Beat(app)
            found.append(self._beats[app])
        return found

    def _move_to(self, moment: datetime) -> None:
        self._moved += max(moment - self.now, timedelta())

    def __repr__(self) -> str:
        return f"<Clock at {self.now.isoformat()}>"


def _is_moved_elsewhere() -> bool:
    """Return whether freezegun or time-machine says what time it is."""
    freezegun: Any = sys.modules.get("freezegun.api")
    machine: Any = sys.modules.get("time_machine")
    return bool(
        (freezegun is not None and freezegun.freeze_factories)
        or (machine is not None and machine.escape_hatch.is_travelling())
    )


@contextmanager
def clock(start: datetime | None = None) -> Generator[Clock]:
    """
    Stop the time of Celery, and of celerykit's rules, for every app until the block ends.

    Countdowns, etas, expiry, the back-off of retries, results that expire and periodic tasks go by
    it. Python's own time goes on: stop it with freezegun or time-machine beside. Where one of
    them is at work, it says what time it is, and ``advance()`` adds to it.

    Args:
        start: An aware datetime; None means now.

    Raises:
        ValueError: *start* is not an aware datetime.
    """
    if start is not None and not is_moment(start):
        message = f"start={shown(start)} is not an aware datetime"
        raise ValueError(message)
    made = Clock(start)

    def tell() -> datetime:
        return made.now

    with Swaps() as swaps:
        stopped: set[int] = set()

        def stop(app: Any) -> None:
            if id(app) in stopped:
                return
            stopped.add(id(app))
            swaps.put(app, "now", lambda: made.now.astimezone(app.timezone))

        with new_apps(stop):
            for app in apps():
                stop(app)
            STOPPED.append(tell)
            try:
                yield made
            finally:
                STOPPED.remove(tell)
