"""One result that arrived: a value, or the error that the task ended with."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

__all__ = ["Arrived"]

R_co = TypeVar("R_co", covariant=True)


class Arrived(Generic[R_co]):
    """
    The result of one of many calls.

    Attributes:
        position: Which of the handles it belongs to; the first is 0.
        id: The task id.
        error: The task's own exception, or ``TaskRevokedError``; None if it succeeded.
    """

    __slots__ = ("_value", "error", "id", "position")
    position: int
    id: str
    error: BaseException | None
    _value: Any

    def __init__(
        self, position: int, task_id: str, value: Any, error: BaseException | None
    ) -> None:
        """Take what the backend had. ``as_completed`` makes it."""
        self.position, self.id, self.error = position, task_id, error
        self._value = value

    def get(self) -> R_co:
        """
        Return the result; it is here already.

        Raises:
            Exception: The task failed; its own exception is raised, as ``Handle.get`` does.
        """
        if self.error is not None:
            raise self.error
        return cast("R_co", self._value)

    def __repr__(self) -> str:
        """Return the position, and how it ended."""
        end = "succeeded" if self.error is None else f"failed with {self.error!r}"
        return f"<Arrived {self.position}: {self.id} {end}>"
