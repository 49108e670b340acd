"""The task-sent events of messages that Celery's own code did not publish."""

from __future__ import annotations

from typing import Any, Final

from celerykit._values import is_dict
from celerykit.bulk._capture import Capture
from celerykit.bulk._wire import Publication, Slots

__all__ = ["SentEvents", "same_event"]

_TYPE: Final = "task-sent"

# What belongs to the moment, or to this process.
_OF_THE_EVENT: Final = frozenset({"type", "hostname", "utcoffset", "pid", "clock", "timestamp"})
_MOMENT: Final = frozenset({"clock", "timestamp"})


class SentEvents:
    """Makes events like one that Celery made."""

    def __init__(self, example: Publication, app: Any, *, is_root: bool) -> None:
        """Take an *example*; *is_root* says whether each task is its own root."""
        self._fields = {
            name: value for name, value in example.body.items() if name not in _OF_THE_EVENT
        }
        how = example.options
        self._retry = {"retry": how.get("retry"), "retry_policy": how.get("retry_policy")}
        self._is_root = is_root
        # As Celery's own, which publishes with whatever producer it is given.
        self._dispatcher: Any = app.events.Dispatcher(enabled=False)

    @staticmethod
    def is_one(publication: Publication) -> bool:
        """Return whether *publication* is such an event."""
        body: Any = publication.body
        return is_dict(body) and body.get("type") == _TYPE

    def made(self, slots: Slots, producer: Capture) -> None:
        """Give the event of a message to *producer*."""
        fields = {
            **self._fields,
            "uuid": slots.task_id,
            "args": slots.argsrepr,
            "kwargs": slots.kwargsrepr,
            "eta": slots.eta,
            "expires": slots.expires,
        }
        if self._is_root:
            fields["root_id"] = slots.task_id
        self._dispatcher.publish(_TYPE, fields, producer, **self._retry)


def same_event(ours: Publication, theirs: Publication) -> bool:
    """Return whether two events say the same, but for the moment."""
    mine, its = (
        {k: v for k, v in each.body.items() if k not in _MOMENT} for each in (ours, theirs)
    )
    return mine == its and ours.options == theirs.options
