"""Marks that stand in a message for what differs, to find the places where to fill it in."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, cast

from celerykit.bulk._wire import Slots

__all__ = ["MARKS", "Marks", "marked"]


class Marks(NamedTuple):
    """One text for each thing that differs. None of them needs an escape in JSON."""

    task_id: str
    argsrepr: str
    kwargsrepr: str
    eta: str
    expires: str
    group_index: str
    reply_to: str
    body: str
    tag: str


# Ids and the address of replies are as long as a UUID is written: some places count them.
MARKS: Final = Marks(
    *("@celerykit.task-id.celerykit.taskid@", "@celerykit.argsrepr@"),
    *("@celerykit.kwargsrepr@", "@celerykit.eta@", "@celerykit.expires@"),
    *("@celerykit.group-index@", "@celerykit.reply-to.celerykit.reply@"),
    *("@celerykit.body@", "@celerykit.tag@"),
)


def marked(model: Slots) -> Slots:
    """Return marks in the place of all that differs: *model* tells which of it there is."""
    return Slots(
        MARKS.task_id,
        (),
        {},
        MARKS.argsrepr,
        MARKS.kwargsrepr,
        None if model.eta is None else MARKS.eta,
        None if model.expires is None else MARKS.expires,
        None if model.group_index is None else cast("Any", MARKS.group_index),
        MARKS.reply_to if model.reply_to else model.reply_to,
    )
