"""Let Celery make a message, and keep it instead of sending it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kombu import messaging

from celerykit.bulk._wire import Publication

__all__ = ["Capture", "Tap"]


# kombu carries no types.
_Producer: Any = vars(messaging)["Producer"]


class Capture(_Producer):  # type: ignore[misc]
    """
    A producer that hands what it is given to publish to somebody else.

    Celery's ``apply_async(producer=...)`` takes it for a real one, and does all that it does
    before a message leaves: routing, signals, stamps, events, whatever a project added.
    """

    take: Callable[[Publication], object]
    # Tells a result backend of a call that it has to know beforehand; None: in its own way.
    announce: Callable[[Any, Callable[[Any, str], Any], str], None] | None = None

    def __init__(self, connection: Any) -> None:
        """Belong to *connection*; ``take`` has to be set before it is used."""
        _Producer.__init__(self, connection, auto_declare=False)

    def publish(self, body: Any, **options: Any) -> None:
        """Keep a message."""
        self.take(Publication(body, options))


class Tap(_Producer):  # type: ignore[misc]
    """A producer that does all that kombu does to a message, but for writing it."""

    def __init__(self, channel: Any) -> None:
        """Prepare messages for *channel*."""
        self._spout = _Spout(channel)
        _Producer.__init__(self, channel, auto_declare=False)

    @property
    def channel(self) -> Any:
        """What kombu takes for the channel."""
        return self._spout

    def prepared(self, publication: Publication) -> tuple[Any, dict[str, Any]]:
        """Return the message as the transport wants it, and what ``basic_publish`` gets by name."""
        self.publish(publication.body, **{**publication.options, "retry": False, "declare": None})
        return self._spout.message, self._spout.options


class _Spout:
    """Stands for a channel, and keeps what it is to write."""

    def __init__(self, channel: Any) -> None:
        self.prepare_message = channel.prepare_message
        self.message: Any = None
        self.options: dict[str, Any] = {}

    def basic_publish(self, message: Any, **options: Any) -> None:
        self.message, self.options = message, options
