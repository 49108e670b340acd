"""Read an app's configuration into AppFacts, once. No network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from weakref import WeakKeyDictionary, ref

from celerykit._facts import AppFacts
from celerykit._priority import redis_levels
from celerykit._severity import read_setting
from celerykit._values import is_fallback, is_list, is_mapping, is_number
from celerykit.rules import adjustable

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["facts_of", "setting_of"]

_State: TypeAlias = tuple[Any, Mapping[str, Any]]

_known: Final[WeakKeyDictionary[Celery, tuple[_State, AppFacts]]] = WeakKeyDictionary()

_NO_BACKEND: Final = frozenset({None, "", "disabled", "disabled://"})
_SQS_VISIBILITY_S: Final = 1800  # kombu's default_visibility_timeout for SQS


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
    # A conf that was replaced is told by a reference to it, weak as it knows the app; a new one
    # may have its id. The environment counts as it was at first: Celery's connections keep it too.
    return ref(app.conf), app.conf.changes


def _copied(state: _State) -> _State:
    """Return *state* as it is now. Only what is kept is copied: each send compares."""
    conf, changes = state
    return conf, _as_it_is(changes)


def _as_it_is(value: Any) -> Any:
    """Return *value* with each dict and each list in it copied, since those may change in place."""
    if is_mapping(value):
        return {name: _as_it_is(each) for name, each in value.items()}
    if is_list(value) and type(value) is list:  # a tuple equals no list
        return [*map(_as_it_is, value)]
    return value


def setting_of(app: Any) -> Any:
    """Return what the project set as ``app.conf.celerykit``, whatever it is."""
    return app.conf.get("celerykit")


def _read(app: Any) -> AppFacts:
    from celery import VERSION  # noqa: PLC0415 - keeps the import of celerykit cheap
    from kombu import serialization  # noqa: PLC0415 - as above
    from kombu.utils import json as kombu_json  # noqa: PLC0415 - as above

    severities, budget, problem = read_setting(setting_of(app), adjustable())
    types: Mapping[str, str] = cast("Any", serialization).registry.name_to_type
    json = cast("Any", kombu_json)
    conf = app.conf
    return AppFacts(
        **_broker_facts(app),
        **_queue_facts(app),
        serializers=types,
        compressions=_Compressions(),
        fallback=is_fallback(app) and not conf.broker_url,
        counts_given=VERSION < (5, 7),
        keeps_results=bool(app.backend_cls) or conf.result_backend not in _NO_BACKEND,
        serializer=conf.task_serializer,
        accepts=_accepted(conf.accept_content),
        round_trip=lambda value: json.loads(json.dumps(value)),
        severities=severities,
        payload_budget=budget,
        wrong_setting=problem,
    )


def _broker_facts(app: Any) -> dict[str, Any]:
    """Return what the broker's transport, which is loaded but not connected, says of itself."""
    with app.connection_for_write() as connection:
        transport = connection.transport
        options: Mapping[str, Any] = connection.transport_options
        return {
            "transport": transport.driver_type,
            "priority_levels": _levels(transport, options),
            "confirms": bool(options.get("confirm_publish", False)),
            "login": connection.userid or transport.default_connection_params.get("userid"),
            "visibility_timeout": _visibility(transport, options),
        }


def _visibility(transport: Any, options: Mapping[str, Any]) -> float | None:
    """Return after how many seconds the broker delivers an unfinished message again."""
    if transport.driver_type == "redis" and options.get("ack_emulation", True):
        default: float | None = transport.Channel.visibility_timeout
    else:
        default = _SQS_VISIBILITY_S if transport.driver_type == "sqs" else None
    given = None if default is None else options.get("visibility_timeout", default)
    return given if is_number(given) else None


def _queue_facts(app: Any) -> dict[str, Any]:
    """Return which queues the configuration names, and whether any is a quorum queue."""
    conf = app.conf
    declared = _declared(conf.task_queues)
    kinds = {_kind_of(queue) for queue in declared.values()}
    # These two settings came with Celery 5.5.
    kinds |= {conf.get("task_default_queue_type"), conf.get("task_create_missing_queue_type")}
    known = {*declared, conf.task_default_queue, *_routed(conf.task_routes)}
    return {
        "queues": frozenset(known) if declared or not conf.task_create_missing_queues else None,
        "creates_queues": bool(conf.task_create_missing_queues),
        "has_routes": bool(conf.task_routes),
        "has_quorum_queues": "quorum" in kinds,
    }


def _kind_of(queue: Any) -> Any:
    """Return the type that *queue* is declared with, or None."""
    arguments: Mapping[str, Any] = queue.queue_arguments or {}
    return arguments.get("x-queue-type")


def _declared(queues: Any) -> dict[str, Any]:
    """Return the queues of the setting ``task_queues`` by name: a list of Queues, or a dict."""
    from kombu.entity import Queue  # noqa: PLC0415 - as above

    if is_mapping(queues):
        made_of = cast("Any", Queue).from_dict
        return {
            name: value if isinstance(value, Queue) else made_of(name, **value)
            for name, value in queues.items()
        }
    return {queue.name: queue for queue in queues or ()}


def _routed(routes: Any) -> Iterator[str]:
    """Yield the queues that the setting ``task_routes`` names; a router function names none."""
    if is_mapping(routes):
        for route in routes.values():
            queue = route.get("queue") if is_mapping(route) else route
            if queue is not None:
                yield str(getattr(queue, "name", queue))
    elif is_list(routes):
        for each in routes:
            yield from _routed(each)


def _accepted(content: Any) -> frozenset[str]:
    """Return the names of the serializers that workers of this configuration accept."""
    from kombu import serialization  # noqa: PLC0415 - as above

    known: Mapping[str, str] = cast("Any", serialization).registry.name_to_type
    listed = known if content is None else {*content}
    return frozenset(name for name, kind in known.items() if name in listed or kind in listed)


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
