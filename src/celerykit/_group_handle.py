"""What happened to several calls: a typed view of one sent group."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from celerykit._handle import Handle
from celerykit._values import as_seconds, is_delay

if TYPE_CHECKING:
    from celery.result import GroupResult

__all__ = ["GroupHandle"]

E_co = TypeVar("E_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)

# So few are read as fast one after the other.
_FEW: Final = 8


class GroupHandle(Generic[E_co, S_co]):
    """
    A group that was sent: the handles of its members, in their order, and all their results.

    Do not build one yourself; the ``send()`` and ``apply()`` of a group return it.
    """

    __slots__ = ("_before", "_handles", "_result", "_shape")
    _before: tuple[Handle[Any], ...]
    _handles: tuple[Handle[Any], ...]
    _result: Any
    _shape: type[Any]

    def __init__(
        self,
        handles: Sequence[Handle[Any]],
        shape: type[Any],
        result: Any,
        before: Sequence[Handle[Any]] = (),
    ) -> None:
        """
        Take the members' handles, what their results come in, and Celery's own result.

        *before* are those that have to be done first, where no member waits for them by itself.
        """
        self._handles = tuple(handles)
        self._shape = shape
        self._result = result
        self._before = tuple(before)

    @property
    def async_result(self) -> GroupResult:
        """Celery's own result object, for all that a handle does not offer."""
        return cast("GroupResult", self._result)

    @property
    def id(self) -> str:
        """The id that Celery gave to this group."""
        return cast("str", self._result.id)

    def get(self, timeout: float | timedelta | None) -> S_co:
        """
        Wait for all results, and return them in the order of the calls.

        Args:
            timeout: Seconds or a timedelta for all of them together; 0 does not wait. None waits
                for ever, and has to be written.

        Returns:
            A tuple if the group was written out, ``group(a, b)``; a list if it was made of an
            iterable, ``group([a, b])``.

        Raises:
            celery.exceptions.TimeoutError: Not all results arrived in time.
            ResultBackendNotConfigured: The app keeps no results.
            ResultUnavailable: The result of a member is not kept.
            TypeError: *timeout* is of another type.
            ValueError: *timeout* is NaN or infinite.
            Exception: A task failed; the exception of the first in order is raised.
        """
        handles = [*self._before, *self._members()]
        for handle in handles:
            if handle.async_result.ignored:
                handle.get(timeout)  # raises: better now than after waiting for the others
        found = _together(handles, timeout)
        if found is None:
            found = _one_by_one(handles, timeout)
        return cast("S_co", self._shape(found[len(self._before) :]))

    def _members(self) -> tuple[Handle[Any], ...]:
        return self._handles

    def __iter__(self) -> Iterator[Handle[E_co]]:
        """Iterate over the handles of the members."""
        return iter(self._members())

    def __getitem__(self, index: int) -> Handle[E_co]:
        """Return the handle of one member."""
        return self._members()[index]

    def __len__(self) -> int:
        """Return how many members there are."""
        return len(self._handles)

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a handle on the same group."""
        return isinstance(other, GroupHandle) and self.id == other.id

    def __hash__(self) -> int:
        """Return the hash of the id."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Return the id and the size in a readable form."""
        return f"<GroupHandle {self.id}: {len(self)} calls>"


def _together(handles: Sequence[Handle[Any]], timeout: Any) -> list[Any] | None:
    """Return the results of *handles*, asked for at once; None where that does not pay."""
    if len(handles) < _FEW:
        return None
    from celerykit.bulk._in_order import together  # noqa: PLC0415 - loads Celery's backends

    return together(handles, timeout, {})


def _one_by_one(handles: Sequence[Handle[Any]], timeout: Any) -> list[Any]:
    started = monotonic()
    found: list[Any] = []
    for handle in handles:
        left = timeout
        if timeout is not None and is_delay(timeout):
            left = max(as_seconds(timeout) - (monotonic() - started), 0) if found else timeout
        found.append(handle.get(left))
    return found
