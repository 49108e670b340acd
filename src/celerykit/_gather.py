"""Read an app's configuration into AppFacts, once, and where a call would go. No network."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from weakref import WeakKeyDictionary, ref

from celerykit._facts import AppFacts
from celerykit._priority import redis_levels
from celerykit._request import Destination

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["destination_of", "facts_of"]

_State: TypeAlias = tuple[Any, ...]

_known: Final[WeakKeyDictionary[Celery, tuple[_State, AppFacts]]] = WeakKeyDictionary()

_BROKER_VARIABLES: Final = ("CELERY_BROKER_URL", "CELERY_BROKER_WRITE_URL")
_ROUTING: Final = ("queue", "exchange", "routing_key")


def facts_of(app: Celery) -> AppFacts:
    """
    Return what *app* is configured to do; read again only after its configuration changed.

    Two threads may both read, and then agree; a forked child inherits plain values.
    """
    state = _state(app)
    known = _known.get(app)
    if known is None or known[0] != state:
        known = _known[app] = (_copied(state), _read(app))
    return known[1]


def _state(app: Any) -> _State:
    """Return what tells whether the configuration is still the one that was read."""
    if not app.configured:
        len(app.conf.changes)  # makes the app read its configuration, and replace app.conf
    # Celery reads the variables anew at each use, and they win over any setting. A conf that was
    # replaced is told by a reference to it, weak as it knows the app; a new one may have its id.
    return ref(app.conf), app.conf.changes, *map(os.environ.get, _BROKER_VARIABLES)


def _copied(state: _State) -> _State:
    """Return *state* as it is now. Only what is kept is copied: each send compares."""
    conf, changes, *variables = state
    settings = {
        name: dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
        for name, value in changes.items()
    }
    return conf, settings, *variables


def _read(app: Any) -> AppFacts:
    from kombu import serialization  # noqa: PLC0415 - keeps the import of celerykit cheap

    with app.connection_for_write() as connection:
        transport = connection.transport
        options: Mapping[str, Any] = connection.transport_options
        return AppFacts(
            transport=transport.driver_type,
            priority_levels=_levels(transport, options),
            confirms=bool(options.get("confirm_publish", False)),
            login=connection.userid or transport.default_connection_params.get("userid"),
            serializers=cast("Any", serialization).registry.name_to_type,
            compressions=_Compressions(),
            accepts=_accepted(app.conf.accept_content),
            queues=_declared(app.conf),
        )


def _accepted(content: Any) -> frozenset[str]:
    """Return the names of the serializers that workers of this configuration accept."""
    from kombu import serialization  # noqa: PLC0415 - as above

    known: Mapping[str, str] = cast("Any", serialization).registry.name_to_type
    if content is None:
        return frozenset(known)
    listed = {str(each) for each in content}
    named = {each for each in listed if "/" not in each}  # also what is registered only later
    return frozenset({*named, *(name for name, kind in known.items() if kind in listed)})


def _declared(conf: Any) -> frozenset[str] | None:
    """Return the names of the queues that task_queues, task_routes and the default declare."""
    queues: Any = conf.task_queues
    if not queues:
        return None
    routes: Any = conf.task_routes
    routed: list[Any] = [*cast("Any", routes).values()] if isinstance(routes, Mapping) else []
    routed = [cast("Any", r).get("queue") if isinstance(r, Mapping) else r for r in routed]
    every: tuple[Any, ...] = (*queues, *routed, conf.task_default_queue)
    return frozenset(str(getattr(queue, "name", queue)) for queue in every)


def _levels(transport: Any, options: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the transport's distinct priorities, least urgent first; None for AMQP."""
    if transport.driver_type == "amqp":
        return None
    if transport.driver_type == "redis":
        return redis_levels(options.get("priority_steps") or transport.Channel.priority_steps)
    if transport.driver_type == "mongodb":  # larger numbers first, as kombu's docstring says
        return tuple(range(10))
    return ()


class _Compressions:
    """The registered compressions, asked by name: kombu lists them by content type only."""

    def __contains__(self, name: object) -> bool:
        from kombu import compression  # noqa: PLC0415 - as above

        try:
            cast("Any", compression).get_encoder(name)
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        known = ("brotli", "bzip2", "gzip", "lzma", "zlib", "zstd")
        return (name for name in known if name in self)


def destination_of(
    app: Any, name: str, args: Any, kwargs: Any, options: Mapping[str, Any], task: Any
) -> Destination:
    """
    Return where Celery's own router sends this call.

    The app's routers are asked as they will be again at the send itself. A queue that the app
    creates when it is missing is created here, in the app's memory, just as a send does.
    """
    wanted = {key: getattr(task, key, None) for key in _ROUTING}
    wanted.update((key, options[key]) for key in _ROUTING if key in options)
    route = app.amqp.router.route(dict(wanted), name, args, kwargs, task)
    queue = route.get("queue")
    exchange, key = route.get("exchange"), route.get("routing_key")
    exchange = getattr(exchange, "name", exchange)
    arguments: Mapping[str, Any] = {} if queue is None else queue.queue_arguments or {}
    return Destination(
        queue=None if queue is None else queue.name,
        exchange_type=_exchange_type(queue),
        max_priority=None if queue is None else queue.max_priority or arguments.get("x-max-priority"),
        quorum=arguments.get("x-queue-type") == "quorum",
        exchange=exchange,
        routing_key=key,
        binding=None if queue is None else (queue.exchange.name, queue.routing_key),
        taken=_is_taken(app, exchange, key) if exchange and key else None,
    )


def _is_taken(app: Any, exchange: str, key: str) -> bool:
    """Return whether a queue of *app* takes what goes to *exchange* with this routing *key*."""
    return any(
        queue.exchange.name == exchange
        and (queue.exchange.type != "direct" or queue.routing_key == key)
        for queue in app.amqp.queues.values()
    )


def _exchange_type(queue: Any) -> str:
    """Return the type of the exchange as Celery's sender sees it: direct unless a queue says."""
    exchange = getattr(queue, "exchange", None)
    return "direct" if exchange is None else str(exchange.type)
