"""What is called: a Celery task of this process, or the name of one elsewhere."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, Final, cast

from celerykit._contract import Contract
from celerykit._remote import RemoteTask

__all__ = ["Local", "Mapped", "Remote", "itself", "target_of"]


class Local:
    """A task of this process: Celery's own object, or the proxy that stands for it."""

    __slots__ = ("contract", "name", "task")
    contract: Contract
    name: str
    task: Any

    def __init__(self, task: Any, found: Any) -> None:
        """Keep *task*, and what is known of it: *found* is the task that it stands for now."""
        self.name = found.name
        self.task = task
        self.contract = _contract(found)

    @property
    def app(self) -> Any:
        """The app that the task belongs to."""
        return self.task.app

    @property
    def own_backend(self) -> Any:
        """The result backend of the task itself, or None if it uses its app's."""
        if self.task.__class__.backend is not _task_class().backend:
            return self.task.backend
        return getattr(self.task, "_backend", None)  # private: to ask .backend makes the app's

    @property
    def takes_current_app(self) -> bool:
        """Whether the app is the current one, whichever that is: that of a shared task is."""
        return type(self.task) is _proxy_class()

    @property
    def own_app(self) -> Any:
        """The same, or None if it is whichever is the current one."""
        return None if self.takes_current_app else self.app

    def within(self, app: Any) -> Local:
        """Return this, in a flow that *app* sends: a shared task is one of its own."""
        if self.own_app is not None or self.app is app:
            return self
        task = app.tasks[self.name]
        return Local(task, task)

    @property
    def takes_models(self) -> bool:
        """Whether Celery turns pydantic models into plain values: ``pydantic=True``, from 5.6."""
        return getattr(self.task, "_dump_pydantic_arguments", None) is not None

    @property
    def rewrites(self) -> bool:
        """Whether a class of the project's own overrides ``apply_async``."""
        return self.task.__class__.apply_async is not _task_class().apply_async

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is the task of this name in the same app."""
        return isinstance(other, Local) and self.name == other.name and self.app is other.app

    def __hash__(self) -> int:
        """Return the hash of the name."""
        return hash(self.name)


class Mapped(Local):
    """``celery.map`` or ``celery.starmap``: tasks of Celery's that call another for each."""

    __slots__ = ("inner",)
    inner: Local | Remote

    def __init__(self, inner: Local | Remote, name: str) -> None:
        """Keep *inner*, the task that is called, and the *name* of the one that calls it."""
        self.inner = inner
        self.name = name
        self.contract = _ANY

    @property
    def task(self) -> Any:
        """The task of this name, which each app has."""
        return self.app.tasks[self.name]

    @property
    def app(self) -> Any:
        """The app of the task that is called."""
        return self.inner.app

    @property
    def own_app(self) -> Any:
        """The same, or None if it has none of its own."""
        return self.inner.own_app

    def within(self, app: Any) -> Mapped:
        """Return this, in a flow that *app* sends."""
        inner = self.inner.within(app)
        return self if inner is self.inner else Mapped(inner, self.name)

    def __eq__(self, other: object) -> bool:
        """Return whether *other* calls the same task in the same way."""
        return isinstance(other, Mapped) and (self.name, self.inner) == (other.name, other.inner)

    def __hash__(self) -> int:
        """Return the hash of both names."""
        return hash((self.name, self.inner))


class Remote:
    """The name of a task elsewhere, with its contract."""

    __slots__ = ("task",)
    task: RemoteTask[..., Any]

    def __init__(self, task: RemoteTask[..., Any]) -> None:
        """Keep *task*."""
        self.task = task

    @property
    def name(self) -> str:
        """The task's name, as its workers know it."""
        return self.task.name

    @property
    def app(self) -> Any:
        """The app that sends: the declared one, else Celery's current app."""
        app: Any = self.task.app
        if app is None:
            from celery import current_app  # noqa: PLC0415 - loads kombu

            app = current_app
        return itself(app)

    @property
    def own_app(self) -> Any:
        """The declared app, or None."""
        return None if self.task.app is None else self.app

    def within(self, app: Any) -> Remote:
        """Return this, in a flow that *app* sends."""
        if self.task.app is not None:
            return self
        task = copy.copy(self.task)
        task.app = app
        return Remote(task)

    @property
    def own_backend(self) -> None:
        """A result backend of the task itself is not known here."""
        return

    @property
    def takes_current_app(self) -> bool:
        """Whether the app is the current one, since none was declared."""
        return self.task.app is None

    @property
    def contract(self) -> Contract:
        """The parameters of the task."""
        return self.task.contract

    def __eq__(self, other: object) -> bool:
        """Return whether *other* is a task of this name that the same app sends."""
        if not isinstance(other, Remote):
            return False
        return self.name == other.name and self.task.app is other.task.app

    def __hash__(self) -> int:
        """Return the hash of the name."""
        return hash(self.name)


def _for_each(it: Any) -> None:
    """Stand for the function of ``celery.map``, as far as a caller sees it."""


_ANY: Final = Contract(_for_each)


def _contract(task: Any) -> Contract:
    """Return the parameters of *task*, without ``self`` if it is bound."""
    header = getattr(task, "__header__", None)
    owner: type[Any] = task.__class__
    if not task.typing or (header is None and owner.__call__ is not _task_class().__call__):
        # typing=False says not to check. A class with its own __call__ may add arguments.
        return Contract(task.run, owner=owner)
    # Celery compiles __header__ for a decorated function: 20 times faster than bind().
    return Contract(task.run, header or _bind(task.run), owner)


def _bind(function: Callable[..., Any]) -> Callable[..., object] | None:
    """Return what raises TypeError for arguments that *function* cannot take, if that is known."""
    try:
        return inspect.signature(function).bind
    except ValueError:  # a callable written in C may have no signature
        return None


@cache
def _task_class() -> Any:
    from celery.app.task import Task  # noqa: PLC0415 - loads kombu

    return Task


@cache
def _proxy_class() -> Any:
    from celery import local  # noqa: PLC0415 - as above

    return cast("Any", local).Proxy


def itself(thing: Any) -> Any:
    """Return *thing*, or what it stands for if it is a proxy of Celery's."""
    is_proxy = issubclass(type(thing), _proxy_class())
    return thing._get_current_object() if is_proxy else thing  # noqa: SLF001 - a proxy's public way


def target_of(thing: Any) -> Local | Remote | None:
    """Return *thing* as a target, or None if it is no task."""
    found = itself(thing)
    if isinstance(found, _task_class()):
        # The proxy of a shared task finds its app anew at each use; any other finds it once.
        task = thing if type(thing) is _proxy_class() else found
        # A task that was never registered may lack a name, and no worker could find it.
        return Local(task, found) if found.name else None
    return Remote(cast("RemoteTask[..., Any]", found)) if isinstance(found, RemoteTask) else None
