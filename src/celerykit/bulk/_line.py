"""The way from one app to its broker, kept open while many calls are sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

from celerykit._blame import publish_error, side_of
from celerykit.bulk._announce import directly
from celerykit.bulk._capture import Capture
from celerykit.bulk._confirmed import public_writer
from celerykit.bulk._general import GeneralWriter, opened
from celerykit.bulk._ledger import Outcome
from celerykit.bulk._wire import Asks, Flushed, Publication, Wire, Writer, repeated, spread

if TYPE_CHECKING:
    from celerykit.errors import PublishError, Side

__all__ = ["Line", "connected_writer", "failure"]


class Line:
    """
    A producer of the app's, and the fastest writer that its broker allows.

    Attributes:
        app: The app.
        writer: The writer; there is one as soon as there was a connection.
    """

    app: Any
    writer: Writer

    def __init__(self, app: Any, producer: Any, asks: Asks = "batch") -> None:
        """Send over *producer*, which belongs to this until ``close()``. Connects to the broker."""
        self.app = app
        self._producer = producer
        self._policy: Mapping[str, Any] = (
            app.conf.task_publish_retry_policy
            if app.conf.task_publish_retry
            else {"max_retries": 0}
        )
        # Where Celery's would wait for each confirm, another connection does not.
        public = partial(public_writer, app, asks)
        self.writer = connected_writer(producer, asks, self._policy, public)
        self._capture = Capture(self._producer.connection)
        self._capture.announce = directly(producer)

    def close(self) -> None:
        """Give back what the writer holds; the producer is whoever's brought it."""
        self.writer.close()

    def capture(self, take: Callable[[Publication], object]) -> Capture:
        """Return a producer that gives all messages to *take*, until this is called again."""
        self._capture.take = take
        return self._capture

    def flush(self, wires: Sequence[Wire], *, insists: bool = False) -> Flushed:
        """
        Hand over *wires*; what certainly did not leave is tried again as the app's policy says.

        What may have left is written a second time only if the sender *insists*, as Celery does.
        """
        unsent = {"not_sent", "unknown"} if insists else {"not_sent"}
        outcomes: list[Outcome] = repeated("not_sent", len(wires))
        attempts = self._policy.get("max_retries")
        tried = 0
        while True:
            left = [outcome in unsent for outcome in outcomes]
            flushed = self._attempt([*compress(wires, left)], tried)
            if flushed.error is None and tried == 0:
                return flushed
            news = iter(spread(flushed, sum(left)))
            outcomes = [
                _after(outcome, next(news)) if was_left else outcome
                for was_left, outcome in zip(left, outcomes, strict=True)
            ]
            tried += 1
            again = flushed.retry or (insists and flushed.lost)
            done = not again or (attempts is not None and tried > attempts)
            if done or unsent.isdisjoint(outcomes):
                return Flushed(outcomes, flushed.error)

    def _attempt(self, wires: Sequence[Wire], tried: int) -> Flushed:
        try:
            self.writer.connect(self._left(tried) if tried else self._policy)
        except Exception as error:  # noqa: BLE001 - told in the report, whatever it is
            return Flushed("not_sent", error)  # it has tried as often as it may
        try:
            flushed = self.writer.flush(wires)
        except BaseException:
            self.writer.drop()  # half a message may be on it, or half an answer
            raise
        if flushed.error is not None:
            self.writer.drop()
        return flushed

    def _left(self, tried: int) -> Mapping[str, Any]:
        """Return the policy for what is left of it, as kombu does."""
        most = self._policy.get("max_retries")
        left = None if most is None else max(most + 1 - tried, 1)
        return {**self._policy, "max_retries": left}


def _after(before: Outcome, now: Outcome) -> Outcome:
    """Return what is known of a message after another attempt."""
    return "unknown" if before == "unknown" and now == "not_sent" else now


def connected_writer(
    producer: Any,
    asks: Asks,
    policy: Mapping[str, Any],
    public: Callable[[Any], Writer] = GeneralWriter,
) -> Writer:
    """
    Return the fastest writer for *producer*; it has reached the broker, as *policy* allows.

    For a broker that no writer was made for it is what *public* makes.
    """
    writer = opened(
        producer.connection, policy, lambda: _writer(producer, asks) or public(producer)
    )
    writer.connect(policy)
    return writer


def _writer(producer: Any, asks: Asks) -> Writer | None:
    """Return the writer made for the broker of *producer*; None if there is none."""
    channel = producer.channel
    kind = f"{type(channel).__module__}.{type(channel).__qualname__}"
    if kind == "kombu.transport.memory.Channel":
        from celerykit.bulk._memory import MemoryWriter  # noqa: PLC0415 - loads what it writes to

        return MemoryWriter(producer)
    if kind == "kombu.transport.pyamqp.Channel":
        from celerykit.bulk._amqp import AmqpWriter  # noqa: PLC0415 - as above

        return AmqpWriter(producer, asks)
    if kind == "kombu.transport.redis.Channel":
        from celerykit.bulk._fence import redis_writes_as_expected  # noqa: PLC0415 - as above
        from celerykit.bulk._redis import RedisWriter  # noqa: PLC0415 - as above

        return RedisWriter(producer) if redis_writes_as_expected(channel) else None
    return None


def failure(outcomes: Sequence[Outcome] | Outcome, error: BaseException) -> PublishError:
    """Return what a report says of a batch that failed with *error*."""
    unknown = "unknown" in ([outcomes] if isinstance(outcomes, str) else outcomes)
    is_nowhere = type(error).__name__ == "NotFound"  # py-amqp's: such as an unknown exchange
    side: Side = "message" if is_nowhere else side_of(error)
    return publish_error("unknown" if unknown else "not_sent", error, side)
