"""What two messages of Celery's teach about all others of the kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeAlias, cast

from celery.utils import time as celery_time

from celerykit.bulk._encode import Texts, json_body
from celerykit.bulk._events import SentEvents, same_event
from celerykit.bulk._jsontext import json_encoder
from celerykit.bulk._line import Line
from celerykit.bulk._model import Model
from celerykit.bulk._own import clock_of
from celerykit.bulk._wire import Filler, Publication, Slots, Wire

__all__ = ["Pattern"]

_NOTHING: Final = Publication(None, {})

Show: TypeAlias = Callable[[tuple[Any, ...], dict[str, Any]], Texts]


class Pattern:
    """
    Learns from messages that Celery made, and then makes more of the kind.

    It trusts nothing that it has not seen: only when the second message, and the event that may
    go with it, are just what the first ones let expect, it is ready.

    Attributes:
        ready: Whether ``made`` may be used.
        hopeless: Whether there is no use in learning any more.
    """

    ready: bool
    hopeless: bool
    _fixed: tuple[str | None, str | None]
    _reply_to: Any

    def __init__(self, app: Any, options: Mapping[str, Any], line: Line, show: Show) -> None:
        """Learn how messages of *app* look, with *options* in Celery's form."""
        self._app, self._options, self._line, self._show = app, options, line, show
        self._encode = json_encoder()
        self._now = clock_of(app)
        self._model: Model | None = None
        self._events: SentEvents | None = None
        self._filler: Filler | None = None
        self._fixed = (None, None)
        # Else a reply goes to the thread that sends, which need not be the same each time.
        self._replies_elsewhere = bool(options.get("reply_to"))
        self._relative = {
            header: options[option]
            for header, option in (("eta", "countdown"), ("expires", "expires"))
            if _is_relative(options.get(option))
        }
        # How long is left until a moment is another property of each message.
        self.hopeless = bool(options.get("expires")) and "expires" not in self._relative
        self.ready = False

    def learn(self, publications: list[Publication]) -> None:
        """Look at what Celery made of one call."""
        first, *events = publications or [_NOTHING]
        if first is _NOTHING or len(events) > 1 or not all(map(SentEvents.is_one, events)):
            self.hopeless = True  # it was not sent at all, or something else goes with it
        elif self._model is None:
            self._model = model = Model.of(first, self._app, self._options)
            self.hopeless = model is None
            if model is not None and events:
                self._events = SentEvents(events[0], self._app, is_root=model.is_root)
        else:
            self.ready = self._foresaw(self._model, first, events)
            self.hopeless = not self.ready
            self._filler = self._proved(self._model, first) if self.ready else None

    def _foresaw(self, model: Model, first: Publication, events: list[Publication]) -> bool:
        """Return whether this is what the first call let expect."""
        args, kwargs, _ = first.body
        headers = first.options["headers"]
        self._fixed = headers["eta"], headers["expires"]
        self._reply_to = first.options.get("reply_to")
        texts = self._show(args, kwargs)
        slots = self.slots(headers["id"], args, kwargs, texts, headers["group_index"])
        if not model.predicts(first, slots) or bool(events) is not (self._events is not None):
            return False
        mine = self.events(model.slots_of(first))
        return all(same_event(*pair) for pair in zip(mine, events, strict=True))

    def _proved(self, model: Model, publication: Publication) -> Filler | None:
        """Return the writer's filler if it makes what kombu makes of *publication*."""
        writer, encode = self._line.writer, self._encode
        slots = model.slots_of(publication)
        filler = None if encode is None else writer.filler(model, slots)
        if filler is None or encode is None:
            return None
        ours = filler(slots, json_body(encode, slots.args, slots.kwargs))
        return filler if writer.alike(ours, writer.wire(model.made(slots))) else None

    def slots(
        self,
        task_id: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        texts: Texts,
        group_index: int | None = None,
    ) -> Slots:
        """Return what differs in the message of a call with these arguments, sent now."""
        eta, expires = self._fixed
        if self._relative:
            now = self._now()
            later = _later if now.tzinfo is timezone.utc else _celerys_later
            if "eta" in self._relative:
                eta = later(now, self._relative["eta"]).isoformat()
            if "expires" in self._relative:
                expires = later(now, self._relative["expires"]).isoformat()
        reply_to = self._reply_to if self._replies_elsewhere else self._app.thread_oid
        return Slots(task_id, args, kwargs, *texts, eta, expires, group_index, reply_to)

    def made(self, slots: Slots) -> Publication:
        """Return a message of the kind."""
        return cast("Model", self._model).made(slots)

    def told(self, slots: Slots) -> Publication:
        """Return the same for receivers, which may change whatever is in it."""
        return cast("Model", self._model).told(slots)

    def wire(self, slots: Slots, made: Publication | None = None) -> Wire:
        """Return a message of the kind, ready to be written; *made* is what ``made`` returned."""
        filler, encode = self._filler, self._encode
        if filler is None or encode is None:
            return self._line.writer.wire(self.made(slots) if made is None else made)
        return filler(slots, json_body(encode, slots.args, slots.kwargs))

    def written(self, publication: Publication) -> Wire:
        """Return a message that Celery made, ready to be written."""
        model = cast("Model", self._model)
        slots = model.slots_of(publication) if model.is_like(publication) else None
        if slots is None or self._filler is None or self.made(slots) != publication:
            return self._line.writer.wire(publication)
        try:
            return self.wire(slots)
        except (
            TypeError,
            ValueError,
            RecursionError,
        ):  # of a value: kombu says it in its own words
            return self._line.writer.wire(publication)

    def events(self, slots: Slots) -> list[Publication]:
        """Return the events that go with a message."""
        kept: list[Publication] = []
        if self._events is not None:
            self._events.made(slots, self._line.capture(kept.append))
        return kept


def _later(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


# From 5.7 the seconds that pass, before them those on the clock: where that is put forward or
# back, they differ.
_celerys_later: Callable[[datetime, float], datetime] = vars(celery_time).get(
    "add_seconds_to_datetime", _later
)


def _is_relative(value: object) -> bool:
    return isinstance(value, (int, float)) and bool(value)
