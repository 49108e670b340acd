"""What happened: a typed view of one sent call."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from celerykit._findings import shown
from celerykit._values import as_seconds, is_delay, is_fallback
from celerykit.errors import ResultBackendNotConfigured, ResultUnavailable

if TYPE_CHECKING:
    from celery.result import AsyncResult

__all__ = ["Handle"]

R_co = TypeVar("R_co", covariant=True)


class Handle(Generic[R_co]):
    """
    One call that was sent. Wraps Celery's ``AsyncResult``, and types what comes back.

    Do not build one yourself; ``send()`` and ``apply()`` return it.
    """

    __slots__ = ("_result",)
    _result: Any

    def __init__(self, result: Any) -> None:
        """Wrap *result*, a Celery ``AsyncResult`` or ``EagerResult``."""
        self._result = result

    @property
    def id(self) -> str:
        """The task id that Celery gave to this call."""
        return cast("str", self._result.id)

    @property
    def async_result(self) -> AsyncResult[R_co]:
        """Celery's own result object, for all that a handle does not offer."""
        return cast("AsyncResult[R_co]", self._result)

    def get(self, timeout: float | timedelta | None) -> R_co:
        """
        Wait for the result, and return it.

        What comes back has been through the result serializer: JSON turns a tuple into a list
        and a pydantic model into a dict, whatever the task's annotation says.

        With the Redis result backend Celery looks at the clock about once a second, so that a
        short timeout may take that long.

        Args:
            timeout: Seconds or a timedelta; 0 does not wait. None waits for ever, and has to be
                written.

        Raises:
            celery.exceptions.TimeoutError: The result did not arrive in time. This is not the
                builtin ``TimeoutError``.
            ResultBackendNotConfigured: The app keeps no results.
            ResultUnavailable: This call's result is not kept.
            TypeError: *timeout* is of another type.
            ValueError: *timeout* is NaN or infinite.
            Exception: The task failed; its own exception is raised, as Celery does.
        """
        if timeout is not None and not is_delay(timeout):
            message = f"timeout={shown(timeout)} is not a number of seconds, a timedelta or None"
            raise TypeError(message)
        seconds = None if timeout is None else as_seconds(timeout)
        if seconds is not None and not -inf < seconds < inf:  # NaN is neither
            message = f"timeout={seconds} is no time. Pass seconds, or None to wait for ever"
            raise ValueError(message)
        self._expect_a_result()
        if seconds is not None and seconds <= 0 and not self._result.ready():
            # Celery before 5.7 would wait for ever: there 0 is the same as None.
            raise self._result.TimeoutError("The operation timed out.")
        return cast("R_co", self._result.get(timeout=seconds))

    def _expect_a_result(self) -> None:
        """Raise at once where Celery would return None, hang or fail without saying why."""
        from celery.backends.base import DisabledBackend  # noqa: PLC0415 - loads kombu
        from celery.result import EagerResult  # noqa: PLC0415 - loads kombu

        result = self._result
        if isinstance(result, EagerResult):
            return
        if result.ignored:
            reason = (
                "the call or its task has ignore_result set, so the worker keeps nothing. "
                "Leave ignore_result out, or write .ignore_result(False) on the call"
            )
            raise ResultUnavailable(result.id, reason)
        if isinstance(result.backend, DisabledBackend):
            app = result.app
            name = f"the app {app.main!r}" if app.main else "an app without a name"
            if is_fallback(app):
                name = "Celery's fallback app (no app of yours was found)"
            raise ResultBackendNotConfigured(result.id, name, repr(app.conf.result_backend))

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a handle on the same call."""
        return isinstance(other, Handle) and self.id == other.id

    def __hash__(self) -> int:
        """Return the hash of the id."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Return the id in a readable form."""
        return f"<Handle {self.id}>"
