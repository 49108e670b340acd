"""What Celery shows to the receivers of before_task_publish, as it is before any changes it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from celery import signals

from celerykit._snapshot import snapshot, snapshot_kwargs
from celerykit._values import is_mapping
from celerykit.bulk._spoken import HOW
from celerykit.bulk._wire import Publication

__all__ = ["Overheard", "overheard"]


class Overheard:
    """The messages that were about to be published, by their ids."""

    def __init__(self) -> None:
        """Start with none."""
        self.shown: dict[Any, Mapping[str, Any]] = {}

    def untouched(self, publication: Publication) -> list[Publication]:
        """Return a message as it was before receivers changed it; none if that was not heard."""
        options = publication.options
        headers: dict[str, Any] = options.get("headers") or {}
        shown = self.shown.get(headers.get("id"))
        if shown is None:
            return []
        how = {name: value for name, value in options.items() if name in HOW}
        how.update(headers=shown["headers"], declare=shown["declare"])
        return [Publication(shown["body"], {**how, **shown["properties"]})]


_listening: Final[ContextVar[Overheard | None]] = ContextVar("celerykit_overheard", default=None)


@contextmanager
def overheard() -> Generator[Overheard]:
    """Listen meanwhile, before all other receivers, to what is published in this context."""
    heard = Overheard()

    def overhear(
        body: Any = None, headers: Any = None, declare: Any = None, properties: Any = None, **_: Any
    ) -> None:
        if _listening.get() is heard and is_mapping(headers):
            heard.shown[headers.get("id")] = {
                "body": snapshot(body, {}),
                "headers": snapshot_kwargs(headers),
                "declare": declare,
                "properties": snapshot_kwargs(properties),
            }

    signal = signals.before_task_publish
    before = _listening.set(heard)
    try:
        # One receiver for each use: an interrupt at any moment can leave no lock behind.
        signal.connect(overhear, weak=False)
        signal.receivers.insert(0, signal.receivers.pop())
        yield heard
    finally:
        signal.disconnect(overhear)
        _listening.reset(before)
