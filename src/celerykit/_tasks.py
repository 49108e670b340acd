"""Give back the types that Celery's decorators lose. Nothing here changes what runs."""

# Without celery-types, Celery's classes take no type arguments.
# pyright: reportInvalidTypeArguments=false, reportInvalidTypeForm=false

from __future__ import annotations

from collections.abc import Callable
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    Literal,
    ParamSpec,
    TypeVar,
    cast,
    overload,
)

from celerykit._values import is_app

if TYPE_CHECKING:
    from celery import Celery, Task
    from celery.canvas import Signature
    from celery.result import AsyncResult

__all__ = ["TypedApp", "TypedTask", "retype", "shared_task", "typed_app", "untyped"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class TypedTask(Generic[P, R_co]):
    """
    How a type checker sees a task: with its parameters and its result. For annotations only.

    At run time the object is Celery's own task. This does not derive from ``celery.Task``, which
    without stubs is ``Any`` and would hide mistakes; ``untyped()`` gives that view back.
    """

    name: str

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run the body here and now."""
        raise NotImplementedError

    def delay(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResult[R_co]:
        """Send a call with these arguments and no options."""
        raise NotImplementedError

    def s(self, *args: Any, **kwargs: Any) -> Signature[R_co]:
        """Return Celery's signature."""
        raise NotImplementedError

    def si(self, *args: P.args, **kwargs: P.kwargs) -> Signature[R_co]:
        """Return Celery's immutable signature."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        """Offer whatever else Celery's task has, without types."""
        raise NotImplementedError


class TypedApp:
    """How a type checker sees an app after ``typed_app()``. For annotations only."""

    @overload
    def task(self, function: Callable[P, R], /) -> TypedTask[P, R]: ...
    @overload
    def task(
        self, /, *, bind: Literal[True], **options: Any
    ) -> Callable[[Callable[Concatenate[Any, P], R]], TypedTask[P, R]]: ...
    @overload
    def task(
        self, /, *, bind: Literal[False] = False, **options: Any
    ) -> Callable[[Callable[P, R]], TypedTask[P, R]]: ...
    def task(self, /, *_args: Any, **_options: Any) -> Any:
        """Make a task of a function, with its parameters and result kept."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        """Offer whatever else Celery's app has, without types."""
        raise NotImplementedError


def typed_app(app: Celery) -> TypedApp:
    """
    Return *app* itself; a type checker now sees what ``@app.task`` keeps.

    Celery's own stubs turn ``@app.task`` into ``Task[Any, Any]`` (celery-types up to 0.26).

    Raises:
        TypeError: *app* is no app.
    """
    if not is_app(app):
        message = f"typed_app({app!r}): that is not a Celery app. Pass what Celery(...) returned."
        raise TypeError(message)
    return cast("TypedApp", app)


@overload
def shared_task(function: Callable[P, R], /) -> TypedTask[P, R]: ...
@overload
def shared_task(
    *, bind: Literal[True], **options: Any
) -> Callable[[Callable[Concatenate[Any, P], R]], TypedTask[P, R]]: ...
@overload
def shared_task(
    *, bind: Literal[False] = False, **options: Any
) -> Callable[[Callable[P, R]], TypedTask[P, R]]: ...
def shared_task(*args: Any, **options: Any) -> Any:
    """Celery's own ``shared_task``, with its parameters and result kept for type checkers."""
    import celery  # noqa: PLC0415 - the attribute loads kombu

    return cast("Any", celery).shared_task(*args, **options)


def retype(task: Any, *, like: Callable[P, R]) -> TypedTask[P, R]:  # noqa: ARG001 - types only
    """
    Return *task* itself; a type checker now sees the parameters and result of *like*.

    For tasks that no decorator types: classes, and what ``app.tasks["name"]`` gives. *like* is
    never called.
    """
    return cast("TypedTask[P, R]", task)


@overload
def untyped(task: TypedApp) -> Celery: ...
@overload
def untyped(task: TypedTask[P, R]) -> Task[P, R]: ...
def untyped(task: Any) -> Any:
    """Return *task* itself, or an app; a type checker now sees Celery's own class."""
    return task
