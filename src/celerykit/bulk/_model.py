"""Make messages like one that Celery made, changing what differs in each and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from celerykit._snapshot import snapshot, snapshot_args, snapshot_kwargs
from celerykit.bulk._spoken import HOW
from celerykit.bulk._wire import Publication, Slots

__all__ = ["Model"]

_OWN_HEADERS: Final = ("id", "argsrepr", "kwargsrepr", "eta", "expires", "group_index")
_OWN_PROPERTIES: Final = (
    *("correlation_id", "reply_to", "expiration", "priority"),
    *("immediate", "mandatory"),  # of the task
)
_DELAYS: Final = "celery_delayed"  # kombu's exchanges for native delayed delivery
_TOLERANCE: Final = timedelta(seconds=10)


class Model:
    """
    One message as Celery made it, and what it takes to make more of the kind.

    Attributes:
        publication: That message, without what the project's signal receivers added.
        follows: What stands in its body behind the arguments.
        is_root: Whether each message is its own root, as it is outside a running task.
    """

    publication: Publication
    follows: Any
    is_root: bool
    _headers: dict[str, Any]
    _own: frozenset[str]

    def __init__(self, publication: Publication, own: frozenset[str]) -> None:
        """Take what Celery made; *own* are the names of headers and properties of the call's."""
        body, options = publication
        headers = options["headers"]
        known = {**options, "headers": {name: headers[name] for name in headers if name in own}}
        known = {name: known[name] for name in known if name in HOW or name in own}
        self.publication = Publication(body, known)
        self.follows = body[2]
        self.is_root = headers["root_id"] == headers["id"]
        self._headers = known["headers"]
        self._own = own

    @classmethod
    def of(cls, publication: Publication, app: Any, more: Mapping[str, Any]) -> Model | None:
        """Return the model of a message with the options *more*, or None if it is none of ours."""
        body, options = publication
        headers: dict[str, Any] = options.get("headers") or {}
        if str(options.get("exchange")).startswith(_DELAYS):
            return None  # the routing key tells the seconds that are left
        if not isinstance(body, tuple) or options.get("correlation_id") != headers.get("id", ""):
            return None  # task protocol 1, or something else altogether
        pristine = app.amqp.create_task_message("", "").headers
        if not {*_OWN_HEADERS, "root_id"}.issubset(pristine.keys() & headers.keys()):
            return None
        own = {*pristine, *_OWN_PROPERTIES, *more}
        return cls(publication, frozenset({*own, *(more.get("headers") or ())}))

    def made(self, slots: Slots) -> Publication:
        """Return a message of this kind."""
        headers = dict(self._headers)
        headers["id"] = task_id = slots.task_id
        if self.is_root:
            headers["root_id"] = task_id
        headers["argsrepr"], headers["kwargsrepr"] = slots.argsrepr, slots.kwargsrepr
        headers["eta"], headers["expires"] = slots.eta, slots.expires
        headers["group_index"] = slots.group_index
        options = dict(self.publication.options)
        options["headers"] = headers
        options["correlation_id"] = task_id
        if "reply_to" in options:
            options["reply_to"] = slots.reply_to
        return Publication((slots.args, slots.kwargs, self.follows), options)

    def told(self, slots: Slots) -> Publication:
        """Return the same, sharing nothing that can be changed with another one."""
        (args, kwargs, follows), options = self.made(slots)
        options["headers"] = snapshot_kwargs(options["headers"])
        body = snapshot_args(args), snapshot_kwargs(kwargs), snapshot(follows, {})
        return Publication(body, options)

    def is_like(self, publication: Publication) -> bool:
        """Return whether a message that Celery made has the same parts, whatever is in them."""
        mine, its = self.publication.options, publication.options
        return mine.keys() == its.keys() and self._headers.keys() == its["headers"].keys()

    def slots_of(self, publication: Publication) -> Slots:
        """Return what differs in a message that Celery made."""
        args, kwargs, _ = publication.body
        headers = publication.options["headers"]
        shown = headers["argsrepr"], headers["kwargsrepr"], headers["eta"], headers["expires"]
        more = headers["group_index"], publication.options.get("reply_to")
        return Slots(headers["id"], args, kwargs, *shown, *more)

    def predicts(self, publication: Publication, slots: Slots) -> bool:
        """Return whether *slots* make just the message that Celery made."""
        theirs = Model(publication, self._own).publication
        ours = self.made(slots)
        if ours.body != theirs.body or ours.options.keys() != theirs.options.keys():
            return False
        mine, its = dict(ours.options.pop("headers")), dict(theirs.options.pop("headers"))
        times = all(_is_close(mine.pop(name), its.pop(name)) for name in ("eta", "expires"))
        return times and mine == its and ours.options == theirs.options


def _is_close(ours: str | None, theirs: str | None) -> bool:
    """Return whether two times are written alike and nearly the same."""
    if ours == theirs or ours is None or theirs is None:
        return ours == theirs
    mine, its = datetime.fromisoformat(ours), datetime.fromisoformat(theirs)
    return mine.utcoffset() == its.utcoffset() and abs(mine - its) < _TOLERANCE
