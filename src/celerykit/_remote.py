"""Tasks that live elsewhere: a typed contract here, sent by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

from celerykit._contract import Contract
from celerykit.errors import CallRejected
from celerykit.rules import blank_name, runs_elsewhere

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
        if not _is_name(name):
            raise CallRejected((blank_name(name),))
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


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name == name.strip() != ""


def remote(
    name: str, *, app: Celery | TypedApp | None = None
) -> Callable[[Callable[P, R]], RemoteTask[P, R]]:
    """
    Declare a task that lives elsewhere, by a function with its parameters and no body.

    Args:
        name: The task's name, as its workers know it.
        app: The app that sends it; None means Celery's current app when it is sent.
    """

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
    _prefix: str = ""  # which a subclass without its own inherits

    def __init__(self, app: Celery | TypedApp | None = None) -> None:
        """Take the app that sends; None means Celery's current app at each send."""
        self.app = cast("Celery | None", app)

    def __init_subclass__(cls, *, prefix: str | None = None, **kwargs: Any) -> None:
        """Take the *prefix* of the tasks' names, and make a contract of each public method."""
        super().__init_subclass__(**kwargs)
        if prefix is not None:
            cls._prefix = prefix
        for name, function in list(vars(cls).items()):
            if inspect.isfunction(function) and not name.startswith("_"):
                full = f"{cls._prefix}.{name}" if cls._prefix else name
                setattr(cls, name, _RemoteMethod(full, function))


class _RemoteMethod:
    """A contract in a Service: on an instance it is a RemoteTask, made at the first use."""

    __slots__ = ("_function", "_name")
    _function: Callable[..., Any]
    _name: str

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self._name = name
        self._function = function

    def __get__(self, service: Service | None, owner: type[Service]) -> Any:
        if service is None:
            return self._function
        bound = self._function.__get__(service)
        task: RemoteTask[..., Any] = RemoteTask(self._name, bound, service.app)
        # The instance's own attribute wins over this one from now on.
        vars(service)[self._function.__name__] = task
        return task
