"""Ask the broker, the result backend and the workers of an app, all of it in known time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from celerykit._config import Config
from celerykit._gather import accepted_names
from celerykit._live import Live, Unanswered
from celerykit._reach import Reach, reach_backend, reach_broker
from celerykit.doctor._workers import ask_workers, consumers_of, reported

__all__ = ["live_of"]

_ROUTING: Final = ("queue", "exchange", "routing_key")


def live_of(app: Any, config: Config, within: float) -> Live:
    """Return what *app* hears within that many seconds; *config* says what to ask about."""
    deadline = monotonic() + within
    # Each gets its share of the time, and leaves the others what it does not need.
    broker = None if config.unusable else _unanswered(reach_broker(app, within / 3))
    backend = _unanswered(reach_backend(app, (deadline - monotonic()) / 2))
    heard = Live(within, broker=broker, backend=backend)
    if config.unusable or (broker is not None and broker.outcome != "unknown"):
        return heard
    return _with_workers(app, replace(heard, **_own(app, config)), deadline)


def _unanswered(reach: Reach | None) -> Unanswered | None:
    if reach is None or reach.outcome == "answers":
        return None
    return Unanswered(reach.outcome, reach.seconds, reach.detail.rstrip(" ."))


def _own(app: Any, config: Config) -> dict[str, Any]:
    """Return what is known here, and is held against what workers say."""
    from celery import __version__  # noqa: PLC0415 - keeps the import cheap

    return {
        "senders": _senders(app, config),
        "settings": _settings(app),
        "celery": str(__version__),
        "results": reported(app.bugreport(), "results") or "",
        "accepts": accepted_names(app.conf.result_accept_content or app.conf.accept_content),
    }


def _with_workers(app: Any, heard: Live, deadline: float) -> Live:
    """Return *heard* with what the workers answer."""
    from kombu.exceptions import KombuError  # noqa: PLC0415 - keeps the import cheap

    seconds = max(deadline - monotonic(), 0.1)
    connection = _bounded(app, seconds)
    try:
        connection.ensure_connection(
            max_retries=1, interval_start=0, reraise_as_library_errors=False, timeout=seconds
        )
        if "fanout" not in connection.transport.implements.exchange_type:
            name = connection.transport.driver_type
            return replace(heard, control=f"{name} does not carry questions to them")
        workers = ask_workers(app, connection, deadline)
        consumers = consumers_of(connection, heard.senders)
    except (
        *(OSError, KombuError, *connection.connection_errors),
        *connection.channel_errors,
    ) as error:
        # It answered before: now it does not, may not be asked such things, or what workers answer
        # is in a format that this app does not accept.
        return replace(heard, control=str(error).strip(" .") or type(error).__name__)
    finally:
        connection.release()
    return replace(heard, workers=tuple(workers), consumers=consumers)


def _bounded(app: Any, seconds: float) -> Any:
    """Return a connection of its own to the broker of *app*, none of whose steps takes longer."""
    # Each transport takes what it knows of them, and leaves the others.
    names = ("socket_timeout", "socket_connect_timeout", "read_timeout", "write_timeout")
    options = dict.fromkeys(names, seconds)
    return app.connection_for_write(connect_timeout=seconds, transport_options=options)


def _settings(app: Any) -> dict[str, Any]:
    """Return the settings of *app* as a worker tells its own."""
    from celery.utils.serialization import jsonify  # noqa: PLC0415 - keeps the import cheap

    table: Any = jsonify(app.conf.table(with_defaults=True), unknown_type_filter=repr)
    return dict(table)


def _senders(app: Any, config: Config) -> dict[str, tuple[str, ...]]:
    """Return the names of the tasks that this app sends to each queue, by the queue's name."""
    found: dict[str, list[str]] = {}
    route = _router(app)
    for task, options in _sent(config):
        queue = route(task, options)
        if queue is not None and task not in found.setdefault(queue, []):
            found[queue].append(task)
    return {queue: tuple(sorted(tasks)) for queue, tasks in sorted(found.items())}


def _sent(config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name of each task that is known to be sent, and what is said of its queue."""
    for entry in config.beat:
        yield entry.task, _routing(entry.options)
    for each in config.tasks:
        yield each.name, {}
    for route in config.routes:
        if route.is_name:
            yield route.pattern, {}


def _router(app: Any) -> Callable[[str, dict[str, Any]], str | None]:
    """Return what tells the queue of a task by name and options, as Celery's own router does."""
    from celery.app.routes import Router, prepare  # noqa: PLC0415 - keeps the import cheap
    from celery.exceptions import QueueNotFound  # noqa: PLC0415 - as above

    # One of its own: to ask the app's would fix its routes, and make queues in its memory.
    queues = app.amqp.Queues(app.conf.task_queues)
    router: Any = Router(prepare(app.conf.task_routes), queues, create_missing=True, app=app)

    def queue_of(task: str, options: dict[str, Any]) -> str | None:
        own = app.tasks.get(task)
        wanted = {key: getattr(own, key, None) for key in _ROUTING}
        wanted.update(options)
        try:
            route = router.route(wanted, task, (), {}, own)
        except QueueNotFound:
            return None  # it cannot be sent at all: a rule says so
        queue = route.get("queue")
        return None if queue is None else str(queue.name)

    return queue_of


def _routing(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the options of a call say of its way."""
    return {key: options[key] for key in _ROUTING if key in options}
