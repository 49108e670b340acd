"""What Celery shows to the receivers of before_task_publish, as it is before any changes it."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from celery import signals

from celerykit._snapshot import snapshot, snapshot_kwargs
from celerykit._values import is_mapping
from celerykit.bulk._spoken import HOW
from celerykit.bulk._wire import Publication

__all__ = ["Overheard", "overheard"]

_NOTHING: Final = Publication(None, {})


class Overheard:
    """The messages that were about to be published, by their ids."""

    def __init__(self) -> None:
        """Start with none."""
        self.shown: dict[Any, Mapping[str, Any]] = {}

    def untouched(self, publications: Sequence[Publication]) -> list[Publication] | None:
        """
        Return what Celery made of a call, its message as it was before receivers changed it.

        None if that was not heard. Before Celery 5.7 an app may tell nobody at all: it looks at a
        list of receivers that the signal replaces when one has gone that was held weakly.
        """
        (_, options), *events = publications or [_NOTHING]
        headers: dict[str, Any] = options.get("headers") or {}
        shown = self.shown.get(headers.get("id"))
        if shown is None:
            return None
        how = {name: value for name, value in options.items() if name in HOW}
        how.update(headers=shown["headers"], declare=shown["declare"])
        return [Publication(shown["body"], {**how, **shown["properties"]}), *events]


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

    signal: Any = signals.before_task_publish
    uid = f"celerykit-overheard-{id(heard)}"
    before = _listening.set(heard)
    try:
        # One receiver for each use: an interrupt at any moment can leave no lock behind. Its uid
        # is that of no other, as the id of a function that has gone might be.
        signal.connect(overhear, weak=False, dispatch_uid=uid)
        with signal.lock:
            receivers: list[Any] = signal.receivers
            own = next(each for each in receivers if each[1] is overhear)
            receivers.remove(own)
            receivers.insert(0, own)
        yield heard
    finally:
        signal.disconnect(dispatch_uid=uid)
        _listening.reset(before)
