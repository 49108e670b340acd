"""Whether what sends a task is Celery's own code, or a project's or a package's."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, Final, TypeAlias, cast

import celery
import kombu
from celery.app import base
from celery.app.amqp import AMQP
from celery.app.routes import MapRoute, Router
from celery.app.task import Task

from celerykit._guard import Guard
from celerykit._targets import Local, Remote, itself

__all__ = [
    "Signs",
    "amqp_of",
    "cached",
    "clock_of",
    "connects_as_celery",
    "connects_by",
    "is_celerys",
    "is_own",
    "signs_of",
]

# The folders of Celery and kombu: code from elsewhere has its file elsewhere, however it was
# wrapped; functools.wraps copies the name and the module, but not the file.
_HOMES: Final = tuple(
    os.path.join(os.path.dirname(package.__file__), "")  # noqa: PTH118, PTH120 - plain prefixes
    for package in (cast("Any", celery), cast("Any", kombu))
)

_OF_TASK: Final = ("apply_async", "shadow_name", "_get_exec_options", "_get_app")
_OF_AMQP: Final = ("create_task_message", "send_task_message", "Router")
_CACHED: Final = ("create_task_message", "send_task_message", "router")
_OF_PRODUCER: Final = ("publish", "_publish", "_prepare")
_CONNECTS: Final = ("connection_for_write", "producer_or_acquire")

# The classes carry no types.
_PROPERTY: Any = vars(base.Celery)["amqp"]
_Task: Any = Task
_Amqp: Any = AMQP

Signs: TypeAlias = tuple[Any, ...]


def is_celerys(target: Local | Remote) -> bool:
    """
    Return whether nothing but Celery's own code takes part in making a message for *target*.

    Then two messages differ in what every two differ in, and in nothing else.
    """
    app = target.app
    return (
        _is_plain_task(target)
        and is_own(_unguarded(app))
        and _is_plain_amqp(amqp_of(app))
        and is_own(_kind_of(app).current_worker_task.fget)
    )


def signs_of(target: Local | Remote) -> Signs:
    """Return what ``is_celerys`` looks at: as long as that is the same, so is the answer."""
    # Private names are only compared.
    app = target.app
    amqp, of_app, own = amqp_of(app), _kind_of(app), _own(app)
    producer = amqp.Producer
    signs = (
        *(own.get("send_task"), of_app, of_app.send_task, of_app.current_worker_task),
        *(own.get("now"), of_app.now, vars(base).get("datetime")),
        *(producer, producer.publish, producer._publish, producer._prepare),  # noqa: SLF001
        *(amqp, _kind_of(amqp), *[cached(amqp, name) for name in _CACHED], *amqp.routes),
    )
    if isinstance(target, Remote):
        return signs
    task = itself(target.task)
    own, kind = _own(task), _kind_of(task)
    theirs = kind.apply_async, kind.shadow_name, kind._get_exec_options  # noqa: SLF001 - as above
    return (*signs, kind, *map(own.get, _OF_TASK), *theirs)


def connects_as_celery(app: Any) -> bool:
    """Return whether *app* gets its connections where Celery does, and nobody stands in for it."""
    is_kombus = amqp_of(app).Connection is cast("Any", kombu).Connection
    return is_kombus and all(is_own(getattr(app, name)) for name in _CONNECTS)


def connects_by(app: Any) -> Signs:
    """Return what ``connects_as_celery`` looks at, likewise."""
    own, of_app = _own(app), _kind_of(app)
    mine = own.get("connection_for_write"), own.get("producer_or_acquire")
    theirs = of_app.connection_for_write, of_app.producer_or_acquire
    return (amqp_of(app).Connection, *mine, *theirs)


def amqp_of(app: Any) -> Any:
    """Return ``app.amqp``, without the lock that kombu's cached properties take each time."""
    known = _own(app).get("amqp")
    kinds: tuple[type[Any], ...] = _kind_of(app).__mro__
    found = next(filter(None, [vars(kind).get("amqp") for kind in kinds]))
    return known if known is not None and found is _PROPERTY else app.amqp


def cached(amqp: Any, name: str) -> Any:
    """Return a cached property of ``app.amqp``, likewise."""
    known = _own(amqp).get(name)
    return getattr(amqp, name) if known is None else known


def clock_of(app: Any) -> Callable[[], datetime]:
    """Return what tells the time as ``app.now()`` does, which takes its time for UTC."""
    now: Callable[[], datetime] = app.now
    if is_own(now) and vars(base)["datetime"] is datetime and now().tzname() == "UTC":
        return _utc_now
    return now


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def _own(thing: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", vars(thing))


def _kind_of(thing: Any) -> Any:
    return cast("Any", type(thing))


def is_own(function: Any) -> bool:
    """Return whether *function* is Celery's or kombu's own code."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code is not None and code.co_filename.startswith(_HOMES)


def _is_plain_task(target: Local | Remote) -> bool:
    if isinstance(target, Remote):
        return True
    task = target.task
    if not all(is_own(getattr(task, name, getattr(_Task, name))) for name in _OF_TASK):
        return False
    # Before 5.5 a task may have a self of its own, which goes before the arguments.
    odd = getattr(task, "__v2_compat__", False) or getattr(task, "__self__", None) is not None
    return not odd and not target.takes_models


def _is_plain_amqp(amqp: Any) -> bool:
    try:
        return _has_celerys_parts(amqp)
    except KeyError:  # Celery 5.4 looks its default queue up for that, and says so at the send
        return False


def _has_celerys_parts(amqp: Any) -> bool:
    return (
        type(amqp) is _Amqp
        and amqp.Producer is cast("Any", kombu).Producer
        and all(is_own(getattr(amqp.Producer, name)) for name in _OF_PRODUCER)
        and all(is_own(getattr(amqp, name)) for name in _OF_AMQP)
        and type(amqp.router) is Router
        and all(type(route) is MapRoute for route in amqp.routes)  # which ask for the name alone
    )


def _unguarded(app: Any) -> Any:
    """Return the app's ``send_task`` behind celerykit's own guard, which changes no message."""
    found = app.send_task
    while isinstance(getattr(found, "__self__", None), Guard):
        found = found.__self__.behind
    return found
