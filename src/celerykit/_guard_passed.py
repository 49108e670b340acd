"""What passed a guard before, so that the usual calls of an app are not examined again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from celerykit._facts import AppFacts
from celerykit._json import are_plain
from celerykit._values import is_list, is_mapping
from celerykit._verdicts import TELLING, keep
from celerykit._vocabulary import OPTION_WORDS, SECRETS

__all__ = ["PassedCalls"]

# What apply_async() hands to send_task() beside what a caller wrote.
_ASIDE: Final = frozenset({"name", "args", "kwargs", "task_type", "result_cls"})
# With these no other call is alike.
_UNIQUE: Final = frozenset({"task_id", "root_id"})
_TIMES: Final = frozenset({"eta", "expires"})
_NAMED: Final = OPTION_WORDS | SECRETS

Key: TypeAlias = tuple[Any, ...]


class PassedCalls:
    """The plain calls that passed, as many as are worth keeping; safe to share by threads."""

    __slots__ = ("_known",)
    _known: dict[Key, tuple[AppFacts, Any, Any]]

    def __init__(self) -> None:
        """Start with none."""
        self._known = {}

    def key(self, given: Mapping[str, Any], facts: AppFacts) -> Key | None:
        """
        Return what the rules' answer to a call depends on; None if that is not easily told.

        That is so for calls by name, for arguments that are not numbers and short texts, and for
        options whose equality is not the same thing as being written alike.
        """
        task: Any = given.get("task_type")
        args: Any = given.get("args") or ()
        kwargs: Any = given.get("kwargs") or {}
        if task is None or not is_list(args) or not is_mapping(kwargs):
            return None
        if not are_plain(args, kwargs) or (kwargs and not _NAMED.isdisjoint(kwargs)):
            return None
        serializer = given.get("serializer") or task.serializer
        is_known = facts.serializers is None or serializer in facts.serializers  # may change
        told: list[Any] = [
            id(facts),
            id(task),
            id(_body(task)),
            serializer,
            is_known,
            given["name"],
        ]
        for name, value in given.items():
            if value is None or name in _ASIDE:
                continue
            kind: type[Any] = type(value)  # pyright: ignore[reportUnknownVariableType]  # of Any
            if kind not in TELLING or name in _UNIQUE or (kind is float and not value):
                return None  # 0.0 equals -0.0
            if kind is str and name in _TIMES:  # as Celery writes it: a moment that passes
                return None
            told += (name, kind, value)
        return tuple(told)

    def has(self, key: Key | None) -> bool:
        """Return whether a call like this one passed."""
        return key in self._known

    def add(self, key: Key, facts: AppFacts, task: Any) -> None:
        """Remember that a call passed; what has its id in the *key* stays what that says."""
        keep(self._known, key, (facts, task, _body(task)))


def _body(task: Any) -> Any:
    """Return the function of *task*, whose parameters some rules look at."""
    run = task.run
    return getattr(run, "__func__", run)
