"""What is called: a Celery task of this process, or the name of one elsewhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, cast

from celerykit._contract import Contract
from celerykit._remote import RemoteTask

__all__ = ["Local", "Remote", "target_of"]


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
        is_proxy = issubclass(type(app), _proxy_class())
        return app._get_current_object() if is_proxy else app  # noqa: SLF001 - a proxy's public way

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


def target_of(thing: Any) -> Local | Remote | None:
    """Return *thing* as a target, or None if it is no task."""
    is_proxy = issubclass(type(thing), _proxy_class())
    found = thing._get_current_object() if is_proxy else thing  # noqa: SLF001 - a proxy's public way
    if isinstance(found, _task_class()):
        # The proxy of a shared task finds its app anew at each use; any other finds it once.
        task = thing if type(thing) is _proxy_class() else found
        # A task that was never registered may lack a name, and no worker could find it.
        return Local(task, found) if found.name else None
    return Remote(cast("RemoteTask[..., Any]", found)) if isinstance(found, RemoteTask) else None
