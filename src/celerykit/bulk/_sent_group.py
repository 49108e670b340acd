"""A group whose members left together: their handles are made when they are asked for."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, cast

from celery import result as celery_result

from celerykit._group_handle import GroupHandle
from celerykit._handle import Handle
from celerykit.bulk._in_order import let_know, together
from celerykit.bulk._pending import Meta

if TYPE_CHECKING:
    from celery.result import GroupResult

__all__ = ["SentGroup"]

# celery-types does not know it.
barrier: Any = vars(celery_result)["barrier"]

E_co = TypeVar("E_co", covariant=True)
S_co = TypeVar("S_co", covariant=True)


class SentGroup(GroupHandle[E_co, S_co]):
    """
    A group whose members left together.

    Ten thousand results of Celery's take longer to make than to send: most programs want their
    values alone.
    """

    __slots__ = ("_app", "_barrier", "_group_id", "_kept", "_lazy", "_values")
    _app: Any
    _barrier: Any
    _group_id: str
    _kept: dict[str, Meta]
    _lazy: Sequence[Handle[Any]]
    _values: list[Any] | None

    def __init__(
        self, app: Any, group_id: str, lazy: Sequence[Handle[Any]], shape: type[Any]
    ) -> None:
        """Take what *app* sent: the id, handles that are made when asked for, and the shape."""
        super().__init__((), shape, None)
        self._app, self._group_id, self._lazy = app, group_id, lazy
        self._kept, self._values, self._barrier = {}, None, None

    @property
    def async_result(self) -> GroupResult:
        """Celery's own result object, for all that a handle does not offer."""
        result: GroupResult = self.celerys_result()
        waiting, self._barrier = self._barrier, None
        if waiting is not None:
            # As Celery does when it sends: what is to run once all are ready waits for each.
            for each in cast("Any", result).results:
                waiting.size += 1
                each.then(waiting, weak=True)
            waiting.finalize()
        return result

    def celerys_result(self) -> Any:
        """
        Return Celery's own result, which may not yet wait for its members.

        :meta private:
        """
        if self._result is None:
            self._barrier = barrier()
            results = [each.async_result for each in self._members()]
            self._result = self._app.GroupResult(
                self._group_id, results, ready_barrier=self._barrier
            )
        return self._result

    @property
    def id(self) -> str:
        """The id that Celery gave to this group."""
        return self._group_id

    def get(self, timeout: float | timedelta | None) -> S_co:
        """Wait for all results, and return them in the order of the calls: as any group does."""
        if self._handles:
            return super().get(timeout)
        if self._values is None:
            self._values = together(self._lazy, timeout, self._kept)
        if self._values is None:
            return super().get(timeout)
        return cast("S_co", self._shape(self._values))

    def _members(self) -> tuple[Handle[Any], ...]:
        if not self._handles:
            made = tuple(self._lazy)
            let_know(made, self._kept)
            self._handles = made
        return self._handles

    def __len__(self) -> int:
        return len(self._lazy)

    def __reduce__(self) -> tuple[Any, ...]:
        """Become a plain one in another process."""
        return GroupHandle, (self._members(), self._shape, self.async_result)
