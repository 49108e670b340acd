"""What was sent while calls were captured, as it goes on."""

from __future__ import annotations

from typing import Any

from celerykit.testing._broker import Broker
from celerykit.testing._calls import Calls
from celerykit.testing._drain import LIMIT, Drain
from celerykit.testing._sent_call import SentCall

__all__ = ["Sent"]


class Sent(Calls[Any]):
    """
    Everything that was sent so far; ``capture()`` makes it, and more comes as more is sent.

    What was sent goes nowhere by itself: ``run()`` runs it, here and now.
    """

    _calls: list[SentCall[Any]]

    def __init__(self) -> None:
        """Start with none."""
        super().__init__([])
        self._brokers: list[tuple[Any, Broker]] = []
        self._is_over = False
        self._was_eager = False

    def run(self, *, limit: int = LIMIT, reraise: bool = True) -> Calls[Any]:
        """
        Run what was sent and is due, in this thread, as a worker would; and what that sends.

        Each message goes through Celery's own request and tracer, so that retries, callbacks,
        chains, chords, signals, expiry and revocation work as they do there. First come those
        without an eta, by priority and age, then the others by their eta. Nothing is waited for:
        what is not due yet stays, and so do tasks that are not of the app.

        Args:
            limit: How many tasks may be run, 1 or more.
            reraise: Whether the error of a task that fails is raised here, after Celery has
                dealt with it. What is left then waits for the next ``run()``.

        Returns:
            The calls that were run, in that order.

        Raises:
            EndlessRun: After *limit* tasks there are still more.
            RuntimeError: The capture is over, or a ``worker()`` runs what is sent.
            ValueError: *limit* is not 1 or more.
        """
        __tracebackhide__ = True
        if self._is_over:
            message = "run() after the capture ended: call it inside `with capture() as sent:`"
            raise RuntimeError(message)
        if any(broker.service is not None for _app, broker in self._brokers):
            message = "run() while a worker runs what is sent: read the results, which it brings"
            raise RuntimeError(message)
        drain = Drain(lambda: self._brokers, limit, reraise=reraise)
        drain.run()
        return self.calls_of(published for _app, published in drain.ran)

    def calls_of(self, messages: Any) -> Calls[Any]:
        """
        Return the calls that were sent as these *messages*.

        :meta private:
        """
        known = {call.number: call for call in self.calls}
        return Calls([known[each.number] for each in messages if each.number in known])

    def clear(self) -> None:
        """Forget what was sent: it is neither run nor listed any more."""
        numbers = {call.number for call in self.calls}
        for _app, broker in self._brokers:
            broker.waiting[:] = [each for each in broker.waiting if each.number not in numbers]
        self._calls.clear()

    # -- for capture()

    def add(self, call: SentCall[Any]) -> None:
        """
        Take one call more.

        :meta private:
        """
        self._calls.append(call)

    def watch(self, app: Any, broker: Broker) -> None:
        """
        Run what *app* sends too.

        :meta private:
        """
        self._brokers.append((app, broker))

    def end(self) -> None:
        """
        Run nothing any more.

        :meta private:
        """
        self._was_eager = self._is_eager()
        self._is_over = True
        self._brokers.clear()

    # -- for failures

    def _none(self) -> str:
        none = "nothing was sent at all"
        if self._is_eager():
            return f"{none}: task_always_eager is set, with which calls run and are not sent"
        return none

    def _is_eager(self) -> bool:
        """Return whether an app runs its calls; one that was never configured has made none."""
        return self._was_eager or any(
            app.configured and app.conf.task_always_eager for app, _broker in self._brokers
        )
