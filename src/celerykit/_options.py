"""CallOptions: every option of a call by Celery's name, and how one joins those before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, TypeVar
from uuid import UUID

from celerykit._priority import Priority
from celerykit._snapshot import snapshot
from celerykit._values import as_seconds, is_mapping

if TYPE_CHECKING:
    # closed=True makes a misspelt key an error in every checker. At run time Celery brings no
    # promise about the version of typing_extensions, so there a plain TypedDict has to do.
    from typing_extensions import TypedDict

    class RetryPolicy(TypedDict, total=False, closed=True):
        """How often and how long the publishing of a message is tried again."""

        max_retries: int | None
        interval_start: float
        interval_step: float
        interval_max: float
        retry_errors: tuple[type[BaseException], ...] | None

    class CallOptions(TypedDict, total=False, closed=True):
        """Every option of a call, by Celery's own name."""

        queue: str
        exchange: str
        routing_key: str
        countdown: float | timedelta
        eta: datetime
        expires: float | timedelta | datetime | None
        priority: Priority | int
        retry: bool
        retry_policy: RetryPolicy
        serializer: str
        compression: str
        time_limit: float | timedelta | None
        soft_time_limit: float | timedelta | None
        task_id: str | UUID
        shadow: str
        headers: Mapping[str, Json]
        stamp: Mapping[str, Json]
        ignore_result: bool
        redact: list[str] | tuple[str, ...]

else:
    from typing import TypedDict

    class RetryPolicy(TypedDict, total=False):
        """How often and how long the publishing of a message is tried again."""

    class CallOptions(TypedDict, total=False):
        """Every option of a call, by Celery's own name."""


__all__ = ["CallOptions", "Json", "RetryPolicy", "joined", "missing_of"]

T_co = TypeVar("T_co", covariant=True)


class JsonArray(Protocol[T_co]):
    """A list or a tuple. Not bytes, which are a Sequence of int, but no JSON."""

    def __contains__(self, value: object, /) -> bool: ...
    def __getitem__(self, index: slice, /) -> Sequence[T_co]: ...


# What can travel in a header on every broker.
Json: TypeAlias = "str | int | float | bool | JsonArray[Json] | Mapping[str, Json] | None"

_Join: TypeAlias = Callable[[Any, Any], Any]


def _seconds(_before: Any, value: Any) -> Any:
    return as_seconds(value)


def _merged(before: Any, value: Mapping[str, Any]) -> dict[str, Any]:
    return {**(before or {}), **{name: snapshot(item, {}) for name, item in value.items()}}


def _added(before: Any, value: Sequence[Any]) -> tuple[Any, ...]:
    return (*(before or ()), *value)


def _text(_before: Any, value: Any) -> str:
    return str(value)


# How an option that is set again, or in another form, joins what was there; else it replaces it.
_JOINS: Final[dict[str, _Join]] = {
    **dict.fromkeys(("countdown", "expires", "time_limit", "soft_time_limit"), _seconds),
    **dict.fromkeys(("headers", "stamp", "retry_policy"), _merged),
    **dict.fromkeys(("redact", "link", "link_error"), _added),
    "task_id": _text,
}


def joined(before: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return *before* with the checked *options* added, each in the form that is kept."""
    after = dict(before)
    for name, value in options.items():
        join = _JOINS.get(name)
        after[name] = snapshot(value, {}) if join is None else join(before.get(name), value)
    return after


# Options that say one thing together: who sets one of them has decided about all.
_TOGETHER: Final = (
    frozenset({"queue", "exchange", "routing_key"}),
    frozenset({"countdown", "eta"}),
    frozenset({"retry", "retry_policy"}),
    frozenset({"time_limit", "soft_time_limit"}),
)
_MAPPINGS: Final = frozenset({"headers", "stamp"})


def missing_of(own: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of *defaults* about which a call's *own* options say nothing."""
    decided = {*own}
    for group in _TOGETHER:
        if not group.isdisjoint(own):
            decided |= group
    return {
        name: {**value, **own[name]} if name in own else value
        for name, value in defaults.items()
        if name not in decided or (name in _MAPPINGS and is_mapping(value))
    }
