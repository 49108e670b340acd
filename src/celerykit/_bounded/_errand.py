"""One piece of network work that somebody waits for, but not for ever."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event, Lock
from time import monotonic
from typing import Any

from celerykit.bulk._wire import Flushed

__all__ = ["Errand"]


class Errand(ABC):
    """
    Work for a helper thread, while the caller waits until a moment at the latest.

    Either the helper has begun what cannot be taken back, or the caller has given up: which of the
    two came first is decided once, under a lock. So what is told as not sent is never sent later.
    """

    def __init__(self, until: float, whom: str = "the broker") -> None:
        """Be waited for up to *until*, a moment of ``monotonic()``; *whom* it is about."""
        self.until = until
        self._whom = whom
        self._lock = Lock()
        self._done = Event()
        self._begun = self._given_up = False
        self._answer: Flushed | None = None
        self._trouble: BaseException | None = None

    @abstractmethod
    def run(self, desk: Any) -> None:
        """Do the work with what lies on the *desk* of a helper."""

    def work(self, desk: Any) -> None:
        """Do the work; whatever it raises, the caller hears of it and the helper goes on."""
        try:
            self.run(desk)
        except Exception as error:  # noqa: BLE001 - told to the caller, whatever it is
            desk.clear()
            self.end(Flushed("unknown" if self._begun else "not_sent", error))

    @property
    def left(self) -> float:
        """How many seconds are left; 0 when none are."""
        return max(0.0, self.until - monotonic())

    @property
    def is_wanted(self) -> bool:
        """Whether the caller still waits."""
        return not self._given_up

    def begin(self) -> bool:
        """Return whether to go on with what cannot be taken back: not if the caller gave up."""
        with self._lock:
            self._begun = not self._given_up
            return self._begun

    def begin_again(self, trouble: BaseException | None) -> None:
        """Take note that certainly nothing of it was done, because of some *trouble*."""
        with self._lock:
            self._begun, self._trouble = False, trouble

    def end(self, answer: Flushed) -> None:
        """Tell the caller what came of it."""
        self._answer = answer
        self._done.set()

    def wait(self) -> Flushed:
        """Return what came of it, or give up in time."""
        try:
            self._done.wait(self.left)
        finally:
            answer = self._give_up()
        return answer

    def _give_up(self) -> Flushed:
        with self._lock:
            if self._answer is not None:
                return self._answer
            self._given_up = True
            if self._begun:
                return Flushed("unknown", TimeoutError(f"{self._whom} did not answer in time"))
            late = TimeoutError(f"{self._whom} could not be reached in time")
            return Flushed("not_sent", self._trouble or late)
