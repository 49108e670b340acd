"""What happened: a typed view of one sent call."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeGuard, TypeVar, cast

from celerykit._allow import ALLOWED
from celerykit._backend_of import problem_with
from celerykit._blocking import before_poll, before_read, may_wait
from celerykit._reader import asks
from celerykit._running import watch_tasks
from celerykit._values import timeout_of
from celerykit.errors import ResultBackendNotConfigured, ResultUnavailable

if TYPE_CHECKING:
    from celery.result import AsyncResult

    from celerykit.errors import PublishError

__all__ = ["Handle", "is_handle"]

R_co = TypeVar("R_co", covariant=True)


class Handle(Generic[R_co]):
    """
    One call that was sent. Wraps Celery's ``AsyncResult``, and types what comes back.

    Do not build one yourself; ``send()`` and ``apply()`` return it.
    """

    __slots__ = ("_allowed", "_answered_to", "_result", "_unsent")
    _allowed: frozenset[str]
    _unsent: PublishError | None
    _result: Any
    _answered_to: str | None

    def __init__(
        self,
        result: Any,
        answered_to: str | None = None,
        allowed: frozenset[str] = frozenset(),
        unsent: PublishError | None = None,
    ) -> None:
        """Wrap *result*, a Celery ``AsyncResult`` or ``EagerResult``; its call *allowed* codes."""
        self._unsent = unsent
        if result.app is not None:  # of an EagerResult, which is there
            watch_tasks(result.app)
        self._result = result
        self._answered_to = answered_to  # of a handle that was pickled
        self._allowed = allowed

    @property
    def id(self) -> str:
        """The task id that Celery gave to this call."""
        return cast("str", self._result.id)

    @property
    def unsent(self) -> PublishError | None:
        """
        Why this call was not sent, or may not have been; None for one that was.

        Only where ``on_unsent`` has taken care of it: otherwise ``send()`` raises that error. Its
        result is waited for as any other, since whoever took care may send the call later.
        """
        return self._unsent

    @property
    def async_result(self) -> AsyncResult[R_co]:
        """Celery's own result object, for all that a handle does not offer."""
        return cast("AsyncResult[R_co]", self._result)

    @asks
    def get(self, timeout: float | timedelta | None) -> R_co:
        """
        Wait for the result, and return it.

        What comes back has been through the result serializer: JSON turns a tuple into a list
        and a pydantic model into a dict, whatever the task's annotation says.

        With the Redis result backend Celery looks at the clock about once a second, so that a
        short timeout may take that long.

        Inside a task it warns (``BlockingGetWarning``) before it waits, and Celery itself refuses
        with ``RuntimeError`` in most pools; ``with allow_blocking_get():`` lets it wait. Inside a
        running asyncio loop it warns too (``GetInEventLoopWarning``). A result that is there
        already is returned in either.

        Args:
            timeout: Seconds or a timedelta; 0 does not wait. None waits for ever, and has to be
                written.

        Raises:
            celery.exceptions.TimeoutError: The result did not arrive in time. This is not the
                builtin ``TimeoutError``. Its cause is ``unsent``, where that is set.
            ResultBackendNotConfigured: The app keeps no results, and why.
            ResultUnavailable: This call's result is not kept, or goes to another process.
            ReadRefused: Inside a task of an app under ``guard(app, action="raise")``.
            TypeError: *timeout* is of another type.
            ValueError: *timeout* is NaN or infinite.
            Exception: The task failed; its own exception is raised, as Celery does.
        """
        seconds = timeout_of(timeout)
        self.expect_a_result()
        try:
            return self._waited_for(seconds)
        except self._result.TimeoutError as late:
            if self._unsent is None:
                raise
            raise late from self._unsent  # why it may never come

    def _waited_for(self, seconds: float | None) -> R_co:
        result = self._result
        if seconds is not None and seconds <= 0 and may_wait(result):
            before_poll(result, result.app, "Handle.get", allowed=self._allowed)
            if not result.ready():
                # Celery before 5.7 would wait for ever: there 0 is the same as None.
                raise result.TimeoutError("The operation timed out.")
        if not may_wait(result) or ALLOWED.get():  # where Celery's own refusal would be in the way
            return cast("R_co", result.get(timeout=seconds, disable_sync_subtasks=False))
        before_read(result, result.app, "Handle.get", bounded=True, allowed=self._allowed)
        return cast("R_co", result.get(timeout=seconds))

    def expect_a_result(self) -> None:
        """
        Raise at once where Celery would return None, hang or fail without saying why.

        :meta private:
        """
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
        problem = problem_with(result.app, result.backend)
        if problem is not None:
            raise ResultBackendNotConfigured(problem, result.id)
        if self._answered_to is not None and self._answered_to != _answers_to(result):
            reason = (
                "with the result backend rpc:// the worker answers the process that sent the "
                "call, and this handle was pickled there. Read it there, or use a backend that "
                "all processes reach, for example 'redis://localhost:6379/1'"
            )
            raise ResultUnavailable(result.id, reason)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep, for another process, to whom the worker answers."""
        answered_to = self._answered_to or _answers_to(self._result)
        return type(self), (self._result, answered_to, self._allowed, self._unsent)

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a handle on the same call."""
        return isinstance(other, Handle) and self.id == other.id

    def __hash__(self) -> int:
        """Return the hash of the id."""
        return hash(self.id)

    def __repr__(self) -> str:
        """Return the id in a readable form."""
        return f"<Handle {self.id}>"


def is_handle(value: Any) -> TypeGuard[Handle[Any]]:
    """Return whether *value* is a handle, of whatever type its result is."""
    return isinstance(value, Handle)


def _answers_to(result: Any) -> str | None:
    """Return the queue that a worker answers to, if that is how the result comes: rpc."""
    return getattr(result.backend, "oid", None)
