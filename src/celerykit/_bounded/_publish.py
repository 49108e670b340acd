"""Hand one message over to the broker, beside the thread that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from time import sleep
from typing import Any

from celerykit._blame import of_value
from celerykit._bounded._desk import Desk, SocketLine
from celerykit._bounded._errand import Errand
from celerykit.bulk._wire import Flushed, Publication

__all__ = ["Publish"]


class Publish(Errand):
    """
    Connects, declares, writes, and waits for the answer.

    What certainly did not leave is tried again as the message's retry policy says, while there is
    time. What may have left is never written again.
    """

    def __init__(self, app: Any, publication: Publication, until: float, *, confirms: bool) -> None:
        """Publish *publication*, whose body is serialized already, by *until*."""
        super().__init__(until)
        self._app, self._publication, self._confirms = app, publication, confirms
        options = publication.options
        retries: Mapping[str, Any] = options.get("retry_policy") or {}
        self._policy = retries if options.get("retry") else {"max_retries": 0}

    def run(self, desk: Desk) -> None:
        """Do the work."""
        tried, pause = 0, self._policy.get("interval_start", 0)
        most = self._policy.get("max_retries")
        while self.is_wanted:
            flushed = self._attempt(desk)
            if flushed is None:
                return
            tried += 1
            enough = most is not None and tried > most
            if not flushed.retry or enough or pause >= self.left:
                self.end(flushed)
                return
            self.begin_again(flushed.error)
            sleep(pause)
            pause = min(
                pause + self._policy.get("interval_step", 0.2),
                self._policy.get("interval_max", 0.2),
            )

    def _attempt(self, desk: Desk) -> Flushed | None:
        """Return what came of one attempt; None if nobody wants to know any more."""
        line = None
        try:
            line = desk.line_for(self._app, self.left, confirms=self._confirms)
            writer = line.reach()
            writer.patience = self.left
            wire = writer.wire(self._publication)
            writer.declare()
        except Exception as error:  # noqa: BLE001 - told to the caller, whatever it is
            if not of_value(error):
                desk.clear()
            return Flushed("not_sent", error, _is_passing(line, error))
        if not self.begin():
            return None
        writer.patience = max(self.left, 0.001)
        flushed = writer.flush([wire])
        if flushed.error is not None:
            desk.clear()
        return flushed


def _is_passing(line: SocketLine | None, error: Exception) -> bool:
    """Return whether another attempt may go better."""
    from kombu.exceptions import OperationalError  # noqa: PLC0415 - loads kombu

    known = () if line is None else line.connection.recoverable_connection_errors
    return isinstance(error, (OSError, OperationalError, *known))
