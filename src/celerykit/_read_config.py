"""Read an app's whole configuration into a Config. No network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, cast

from celerykit._backend_of import in_words, problem_of
from celerykit._config import ROUTING, Beat, Config, Line, Route, TaskClass
from celerykit._facts import UNKNOWN
from celerykit._gather import accepted_names, declared_queues, facts_of, why_unusable
from celerykit._provenance import settings_of
from celerykit._values import is_fallback, is_list, is_mapping

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["config_of"]

# Attributes whose value a task may take from the settings of its app.
_READY: Final = (
    *("serializer", "priority", "time_limit", "soft_time_limit"),
    *("acks_late", "reject_on_worker_lost", "ignore_result"),
    *("max_retries", "default_retry_delay", "retry_backoff", "retry_backoff_max"),
)
_NO_BACKEND: Final = frozenset({None, "", "disabled", "disabled://"})


def config_of(app: Celery) -> Config:
    """
    Return the whole configuration of *app*. Reads it anew each time.

    Tasks that are in no imported module are not known; import them first, as a worker does.
    """
    from celery import VERSION  # noqa: PLC0415 - keeps the import cheap

    settings = settings_of(app)
    unusable = why_unusable(app)
    return Config(
        app=in_words(app),
        settings=settings,
        facts=UNKNOWN if unusable else facts_of(app),
        options={} if unusable else _transport_options(app),
        backend_problem=problem_of(app, elsewhere=True),
        backend=_scheme(app),
        tasks=tuple(_tasks(app)),
        beat=tuple(_beat(settings["beat_schedule"].value)),
        routes=tuple(_routes(settings["task_routes"].value)),
        declared=bool(settings["task_queues"].value),
        queues=tuple(_queues(app.conf)),
        result_accepts=_result_accepts(app.conf),
        # Django's TIME_ZONE counts as well: Celery reads it with its own settings.
        local_time=not app.conf.timezone and not app.conf.enable_utc,
        **_sharing(),
        stale_routes=_has_stale_routes(app, settings["task_routes"].value),
        in_tests=_in_tests(),
        compares_limits=VERSION >= (5, 5),
        unusable=unusable,
    )


def _transport_options(app: Any) -> dict[str, Any]:
    with app.connection_for_write() as connection:
        return dict(connection.transport_options)


def _scheme(app: Any) -> str:
    backend = app.conf.result_backend
    if not isinstance(backend, str) or backend in _NO_BACKEND:
        return ""
    return backend.partition(":")[0].rpartition("+")[0] or backend.partition(":")[0]


def _tasks(app: Any) -> Iterator[TaskClass]:
    for name, task in sorted(app.tasks.items()):
        if not name.startswith("celery."):
            ready = {attribute: getattr(task, attribute, None) for attribute in _READY}
            yield TaskClass(name, type(task).__module__, _own(task, app.conf), ready)


def _own(task: Any, conf: Any) -> dict[str, Any]:
    """Return the attributes of *task*'s class that only its author can have written."""
    from celery import Task  # noqa: PLC0415 - keeps the import cheap

    bases = type(task).__mro__
    written = bases[: next(number for number, base in enumerate(bases) if base is Task)]
    found = {name: value for base in reversed(written) for name, value in vars(base).items()}
    settings: dict[str, str] = dict(cast("Any", Task).from_config)
    usual = {name: conf.get(settings[name]) if name in settings else None for name in ROUTING}
    known = {*dir(Task), *settings}
    return {
        name: value
        for name, value in found.items()
        if (name in ROUTING and value != usual[name])
        or not (name.startswith("_") or name in known or callable(value))
    }


def _beat(schedule: Any) -> Iterator[Beat]:
    for name, entry in schedule.items() if is_mapping(schedule) else ():
        fields = _fields(entry)
        options = fields.get("options")
        hours = _is_on_the_hour(fields.get("schedule"))
        yield Beat(
            str(name), str(fields.get("task")), options if is_mapping(options) else {}, hours
        )


def _fields(entry: Any) -> Any:
    """Return *entry* as a dict; beat itself makes an object of one."""
    return cast("Any", entry if is_mapping(entry) else vars(entry))


def _is_on_the_hour(schedule: Any) -> bool:
    """Return whether *schedule* is a crontab that does not take each hour of each day."""
    whole = {"hour": 24, "day_of_week": 7, "day_of_month": 31, "month_of_year": 12}
    return any(len(getattr(schedule, part, range(all_))) < all_ for part, all_ in whole.items())


def _routes(routes: Any) -> Iterator[Route]:
    if is_mapping(routes):
        for pattern, options in routes.items():
            text = getattr(pattern, "pattern", pattern)
            yield Route(str(text), options if is_mapping(options) else {"queue": options})
    for each in routes if is_list(routes) else ():
        # One router of several: a dict, or a list of pairs. A function says nothing before a call.
        yield from _routes(dict(cast("Any", each)) if is_list(each) else each)


def _queues(conf: Any) -> Iterator[Line]:
    """Yield the queues of ``task_queues``, else the default queue, as Celery would declare them."""
    rank = conf.task_queue_max_priority
    more: dict[str, Any] = {} if rank is None else {"x-max-priority": rank}
    kind = conf.task_default_exchange_type
    declared = declared_queues(conf.task_queues)
    for name, queue in declared.items():
        # A queue that names no exchange gets the default one.
        own = queue.exchange.type if queue.exchange is not None and queue.exchange.name else kind
        given = {} if queue.max_priority is None else {"x-max-priority": queue.max_priority}
        yield Line(name, own, {**more, **(queue.queue_arguments or {}), **given})
    if not declared:
        if conf.get("task_default_queue_type") == "quorum":  # came with Celery 5.5
            more["x-queue-type"] = "quorum"
        yield Line(conf.task_default_queue, kind, more)


def _sharing() -> dict[str, Any]:
    """Return whether there are shared tasks, and an app for them in each thread."""
    from celery import _state  # noqa: PLC0415 - keeps the import cheap

    state = cast("Any", _state)
    # Private: without it no task counts as shared.
    finalizers: Any = getattr(state, "_on_app_finalizers", ())
    shared = any(getattr(each, "__module__", "") == "celery.app" for each in finalizers)
    default: Any = state.default_app
    return {"shared_tasks": shared, "default_app": default is not None and not is_fallback(default)}


def _result_accepts(conf: Any) -> frozenset[str]:
    accepted = conf.result_accept_content
    return accepted_names(conf.accept_content if accepted is None else accepted)


def _has_stale_routes(app: Any, routes: Any) -> bool:
    """Return whether the app's router, once made, has other routes than the setting."""
    from celery.app.routes import prepare  # noqa: PLC0415 - keeps the import cheap

    router = _made(_made(app, "amqp"), "router")
    if router is None:
        return False
    now: Any = cast("Any", prepare)(routes)
    return [*map(_known_by, router.routes)] != [*map(_known_by, now)]


def _made(thing: Any, name: str) -> Any:
    """Return a property of *thing* that was made, or None: to ask for it would make it."""
    return None if thing is None else thing.__dict__.get(name)


def _known_by(route: Any) -> Any:
    """Return what tells one prepared route from another."""
    if hasattr(route, "map"):
        return route.map, dict(route.patterns)
    return getattr(route, "_args", route)  # a router that is named waits to be imported


def _in_tests() -> bool:
    """Return whether a test runs: pytest is loaded, or it is ``manage.py test``."""
    return "pytest" in sys.modules or sys.argv[1:2] == ["test"]
