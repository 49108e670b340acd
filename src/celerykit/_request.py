"""One call as the rules see it: plain values, whoever made the call."""

# No `from __future__ import annotations` here: NamedTuple compiles each annotation that is text,
# which made a tenth of the import of celerykit.

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

from celerykit._backend import BackendProblem
from celerykit._facts import AppFacts
from celerykit._findings import HIDDEN, Level
from celerykit._json import PLAIN, Change, changes, weight

__all__ = ["Callback", "Destination", "Place", "Request"]

# As many changes of one argument are told as help: a list of a thousand tuples has as many.
_MOST: Final = 3

# Arguments of more bytes than this are not searched for what JSON changes.
_LOOKED_THROUGH: Final = 65_536


class Destination(NamedTuple):
    """
    Where the app's router sends a call.

    Attributes:
        queue: The queue's name, or None when the call goes to an exchange without a queue.
        exchange_type: ``"direct"``, ``"topic"`` and so on; None when it is not known.
        max_priority: The queue's ``x-max-priority``, or None when it has none.
        quorum: Whether it is a quorum queue.
        exchange: The exchange that the call or its route names, if any.
        routing_key: The routing key that the call or its route names, if any.
        binding: The exchange and the routing key that the queue itself is bound with, if known.
        taken: Whether a queue of the app takes what goes to *exchange* with *routing_key*; None
            when the call does not name both.
    """

    queue: str | None
    exchange_type: str | None
    max_priority: int | None = None
    quorum: bool = False
    exchange: str | None = None
    routing_key: str | None = None
    binding: tuple[str, str] | None = None
    taken: bool | None = None


class Callback(NamedTuple):
    """What follows a call, as Celery would call it."""

    option: str
    shown: str
    problem: str | None = None
    remedy: str = ""
    level: Level = "error"


class Place(NamedTuple):
    """
    What is doubtful about where a call stands in a flow; a call about which nothing is has none.

    Attributes:
        chord_problem: Why the results of the group that it belongs to cannot be passed on.
        ignored: Whether its result is to be passed on, and not kept.
        other_app: The app that would send it, if it is another than its own: both names.
        id_again: Whether another task of the flow has its task_id.
    """

    chord_problem: BackendProblem | None = None
    ignored: bool = False
    other_app: tuple[str, str] | None = None
    id_again: bool = False


class Request:
    """
    One call as the rules see it.

    Attributes:
        task: The task's name, or a description of what was given instead of a task.
        args: Positional arguments.
        kwargs: Keyword arguments.
        options: The options by Celery's names, as the caller wrote them.
        parameters: The names of the task's parameters; None when they are not known.
        taken: The parameter's name of each positional argument, with the index in ``*args``: "x",
            "args[0]"; "" where it is not known.
        secrets: The names of the arguments that are named like a secret, and would be shown.
        plain: Whether the arguments are numbers and short texts alone; None if nobody looked.
        destination: Where the call goes; None while that is not known.
        local: Whether the task is one of this process, rather than a name.
        serializer: The serializer that the task itself asks for; None if it does not.
        known_tasks: The names of the app's own tasks, as far as they are known; None if not.
        takes_models: Whether Celery itself turns pydantic models into plain values for it.
        rewrites: Whether the task's own ``apply_async`` may turn the arguments into others.
        from_canvas: Whether Celery itself makes this call, for a chain, a callback or a retry.
        now: The moment of sending; None at build.
        id_was_sent: Whether this process sent a call with this very task_id before.
        callbacks: What follows the call.
        backend_problem: Why its result cannot be read; None if it can, or nobody asked.
        place: What is doubtful about its place in a flow.
        alone: Whether celerykit itself sends it, and waits until the broker has answered where
            that matters.
    """

    task: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    options: Mapping[str, Any]
    parameters: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    plain: bool | None = None
    destination: Destination | None = None
    local: bool = True
    serializer: str | None = None
    known_tasks: AbstractSet[str] | None = None
    takes_models: bool = False
    rewrites: bool = False
    from_canvas: bool = False
    now: datetime | None = None
    id_was_sent: bool = False
    callbacks: tuple[Callback, ...] = ()
    backend_problem: BackendProblem | None = None
    place: Place | None = None
    alone: bool = False
    _weight: int | None = None
    _changes: list[Change] | None = None

    def __init__(
        self,
        task: str,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        options: Mapping[str, Any],
        **known: Any,
    ) -> None:
        """Take the call, and by name what else is *known*; one is made for each option written."""
        self.task = task
        self.args = args
        self.kwargs = kwargs
        self.options = options
        if known:
            vars(self).update(known)

    def written_by(self, facts: AppFacts) -> str | None:
        """Return the name of the serializer that writes the arguments, or None if not known."""
        return self.options.get("serializer") or self.serializer or facts.serializer

    def json_changes(self, facts: AppFacts) -> list[Change]:
        """Return what JSON would do to the arguments; nothing when they travel otherwise."""
        if self._changes is None:
            self._changes = self._find_changes(facts)
        return self._changes

    def weight(self, facts: AppFacts) -> int:
        """Return about how many bytes the arguments take, or that they are above the budget."""
        if self._weight is None:
            self._weight = weight(
                [self.args, dict(self.kwargs)], max(facts.payload_budget, _LOOKED_THROUGH)
            )
        return self._weight

    def _find_changes(self, facts: AppFacts) -> list[Change]:
        # What Celery passes on by itself has been through a serializer before.
        if self.from_canvas or self.rewrites or self.written_by(facts) != "json":
            return []
        if self.weight(facts) > _LOOKED_THROUGH:
            return []  # to look at everything in it would take longer than to send it
        hidden = self.options.get("redact", ())
        names = (*self.taken, *[""] * len(self.args))
        given = [
            (name.partition("[")[0], name or f"args[{index}]", value)
            for index, (name, value) in enumerate(zip(names, self.args, strict=False))
        ]
        given += [(name, name, value) for name, value in self.kwargs.items()]
        found: list[Change] = []
        for name, path, value in given:
            if type(value) not in PLAIN:
                for change in islice(changes(value, path, facts.round_trip), _MOST):
                    told = _unseen(change, path) if name in hidden else change
                    found.append(told._replace(argument=path))
        if self.takes_models:
            return [change for change in found if not hasattr(change.value, "model_dump")]
        return found


def _unseen(change: Change, path: str) -> Change:
    """Return *change* without what it says of a redacted value, its keys included."""
    becomes = "something else" if change.kind == "changed" else "its value is redacted"
    return Change(path, HIDDEN, becomes, change.kind)
