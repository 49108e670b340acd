"""Tasks that live elsewhere: a typed contract here, sent by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

from celerykit._contract import Contract
from celerykit._values import is_app
from celerykit.errors import CallRejected
from celerykit.rules import blank_name, not_an_app, runs_elsewhere

if TYPE_CHECKING:
    from celery import Celery

    from celerykit._tasks import TypedApp

__all__ = ["RemoteTask", "Service", "remote"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class RemoteTask(Generic[P, R_co]):
    """
    A task that lives in another service: its name, and the parameters it takes.

    Build one with ``remote()`` or ``Service``; send it with ``call()``.
    """

    name: str
    app: Celery | None
    contract: Contract
    __wrapped__: Callable[..., Any]

    def __init__(
        self, name: str, function: Callable[P, R_co], app: Celery | TypedApp | None
    ) -> None:
        """Take the task's name, the function that shows its parameters, and the app."""
        _refuse_wrong(name, app)
        functools.update_wrapper(self, function)
        self.name = name
        self.app = cast("Celery | None", app)
        self.contract = Contract(function, inspect.signature(function).bind)

    def __call__(self, *_args: P.args, **_kwargs: P.kwargs) -> R_co:
        """Refuse: the task runs elsewhere."""
        short = getattr(self.__wrapped__, "__name__", self.name)
        raise CallRejected((runs_elsewhere(self.name, short),))

    def __repr__(self) -> str:
        """Return the name in a readable form."""
        return f"<RemoteTask {self.name}>"


def _refuse_wrong(name: object, app: object) -> None:
    """Raise CallRejected if *name* is no name of a task, or *app* no app."""
    is_name = isinstance(name, str) and name == name.strip() != ""
    found = [] if is_name else [blank_name(name)]
    if app is not None and not is_app(app):
        found.append(not_an_app("remote()", app))
    if found:
        raise CallRejected(tuple(found))


def remote(
    name: str, *, app: Celery | TypedApp | None = None
) -> Callable[[Callable[P, R]], RemoteTask[P, R]]:
    """
    Declare a task that lives elsewhere, by a function with its parameters and no body.

    Args:
        name: The task's name, as its workers know it.
        app: The app that sends it; None means Celery's current app when it is sent.

    Raises:
        CallRejected: *name* cannot be the name of a task, or *app* is no app.
    """
    _refuse_wrong(name, app)

    def declare(function: Callable[P, R]) -> RemoteTask[P, R]:
        return RemoteTask(name, function, app)

    return declare


class Service:
    """
    Several remote tasks under one prefix: each public method of a subclass is a contract.

    ::

        class Billing(Service, prefix="billing"):
            def charge(self, user: int, cents: int) -> str:
                raise NotImplementedError

        billing = Billing(app)
        call(billing.charge, 7, 1250).send()      # sends billing.charge
    """

    app: Celery | None = None
    _prefix: str = ""  # which a subclass without its own inherits; a subclass with its own renames

    def __init__(self, app: Celery | TypedApp | None = None) -> None:
        """Take the app that sends; None means Celery's current app at each send."""
        if app is not None and not is_app(app):
            raise CallRejected((not_an_app(f"{type(self).__name__}()", app),))
        self.app = cast("Celery | None", app)

    def __init_subclass__(cls, *, prefix: str | None = None, **kwargs: Any) -> None:
        """Take the *prefix* of the tasks' names, and make a contract of each public method."""
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls._prefix = prefix
        for name, function in list(vars(cls).items()):
            if inspect.isfunction(function) and not name.startswith("_"):
                setattr(cls, name, _RemoteMethod(name, function, cls._prefix_in))

    @classmethod
    def _prefix_in(cls, service: type[Service]) -> str:
        """Return the prefix of this class's own methods in *service*, which is it or extends it."""
        heirs = [each for each in service.__mro__ if issubclass(each, cls)]
        stated = (vars(each).get("_prefix") for each in (*heirs, *cls.__mro__))
        prefix: str = next(each for each in stated if each is not None)
        return prefix


class _RemoteMethod:
    """A contract in a Service: on an instance it is a RemoteTask, made at the first use."""

    __slots__ = ("_function", "_name", "_prefix_in")
    _function: Callable[..., Any]
    _name: str  # the attribute's, which need not be the function's
    _prefix_in: Callable[[type[Service]], str]

    def __init__(
        self, name: str, function: Callable[..., Any], prefix_in: Callable[[type[Service]], str]
    ) -> None:
        self._name = name
        self._function = function
        self._prefix_in = prefix_in

    def __get__(self, service: Service | None, owner: type[Service]) -> Any:
        if service is None:  # no task yet; CK101 says how to get one
            vars(self._function)["celerykit_task"] = f"{owner.__name__}(app).{self._name}"
            return self._function
        bound = self._function.__get__(service)
        prefix = self._prefix_in(owner)
        full = f"{prefix}.{self._name}" if prefix else self._name
        task: RemoteTask[..., Any] = RemoteTask(full, bound, service.app)
        # The instance's own attribute wins over this one from now on.
        vars(service)[self._name] = task
        return task
