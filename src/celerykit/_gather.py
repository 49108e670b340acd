"""Read an app's configuration into AppFacts, once. No network."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast
from weakref import WeakKeyDictionary, ref

from celerykit._backend import UNMADE
from celerykit._backend_of import problem_of
from celerykit._facts import AppFacts
from celerykit._own_settings import read_own
from celerykit._priority import redis_levels
from celerykit._values import is_fallback, is_list, is_mapping, is_number
from celerykit.rules import adjustable

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["accepted_names", "declared_queues", "facts_of", "setting_of", "why_unusable"]


class _Known(NamedTuple):
    """What was read from an app, and what its configuration was then."""

    # A weak reference: a configuration knows its app, and a new one may have the id of an old one.
    conf: Callable[[], Any]
    changes: Mapping[str, Any]
    maps: int
    objects: _Objects
    facts: AppFacts

    def still_holds(self, conf: Any) -> bool:
        """Return whether *conf* is the configuration that was read, as it was."""
        # app.add_defaults() adds a map. The environment counts as it was at first: Celery's
        # connections keep it too.
        same = self.conf() is conf and self.changes == conf.changes and self.maps == len(conf.maps)
        return same and (not self.objects or all(each.is_same() for each in self.objects))


class _Object(NamedTuple):
    """An object that an app reads its settings from each time, and what they were."""

    source: Any
    names: Collection[str]
    values: list[Any]

    def is_same(self) -> bool:
        """Return whether the settings are what they were."""
        return [getattr(self.source, name, None) for name in self.names] == self.values


_Objects: TypeAlias = tuple[_Object, ...]

# What may not be there at first, and changes what a send does; tests like to set it for a while.
_MAY_COME: Final = ("task_always_eager", "task_send_sent_event", "celerykit")


def _objects(conf: Any) -> _Objects:
    """Return the objects among what *conf* looks its settings up in: modules, Django's settings."""
    prefix: str = getattr(conf, "prefix", None) or ""
    found: list[_Object] = []
    for each in conf.maps:
        source: Any = getattr(each, "obj", None)
        if source is not None:
            there = {name for name in dir(source) if name.startswith(prefix) and name[0] != "_"}
            may = {f"{prefix}{name.upper()}" if prefix else name for name in _MAY_COME}
            names = tuple(there | may)
            values = [_as_it_is(getattr(source, name, None)) for name in names]
            found.append(_Object(source, names, values))
    return tuple(found)


_known: Final[WeakKeyDictionary[Celery, _Known]] = WeakKeyDictionary()

_SQS_VISIBILITY_S: Final = 1800  # kombu's default_visibility_timeout for SQS


def facts_of(app: Celery) -> AppFacts:
    """
    Return what *app* is configured to do; read again only after its configuration changed.

    Two threads may both read, and then agree; a forked child inherits plain values.
    """
    conf = _conf(app)
    known = _known.get(app)
    if known is None or not known.still_holds(conf):
        # Only what is kept is copied: each send compares.
        changes, maps = _as_it_is(conf.changes), len(conf.maps)
        known = _known[app] = _Known(ref(conf), changes, maps, _objects(conf), _read(app))
    return known.facts


def why_unusable(app: Any) -> str:
    """Return why the transport that the broker's URL names cannot be loaded, or "" if it can."""
    try:
        with app.connection_for_write() as connection:
            _ = connection.transport
    except Exception as error:  # noqa: BLE001 - each transport fails in its own way
        return _told_by(error)
    return ""


def _told_by(error: Exception) -> str:
    """Return the first sentence of what *error* says, without the quotes of a KeyError."""
    said = " ".join(str(each) for each in error.args).partition(". ")[0].strip(" .")
    return said or type(error).__name__


def _conf(app: Any) -> Any:
    """Return the configuration of *app*, which was read from wherever it is."""
    if not app.configured:
        len(app.conf.changes)  # makes the app read its configuration, and replace app.conf
    return app.conf


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

    own = read_own(setting_of(app), adjustable())
    problem = problem_of(app)
    types: Mapping[str, str] = cast("Any", serialization).registry.name_to_type
    json = cast("Any", kombu_json)
    conf = app.conf

    def round_trip(value: Any) -> Any:
        return json.loads(json.dumps(value))

    return AppFacts(
        **_broker_facts(app),
        **_queue_facts(app),
        serializers=types,
        compressions=_Compressions(),
        fallback=is_fallback(app) and not conf.broker_url,
        counts_given=VERSION < (5, 7),
        keeps_results=problem is None,
        makes_backend=problem is None or problem.kind not in UNMADE,
        serializer=conf.task_serializer,
        accepts=accepted_names(conf.accept_content),
        round_trip=round_trip,
        severities=own.severities,
        payload_budget=own.payload_budget,
        within=own.within,
        confirm=own.confirm,
        on_unsent=own.on_unsent,
        wrong_setting=own.wrong,
    )


def _broker_facts(app: Any) -> dict[str, Any]:
    """Return what the broker's transport, which is loaded but not connected, says of itself."""
    if why_unusable(app):
        return {}  # the doctor says why; and a send fails
    with app.connection_for_write() as connection:
        # Its class: a test may have put another transport in its place.
        transport = connection.get_transport_cls()
        options: Mapping[str, Any] = connection.transport_options
        defaults: Mapping[str, Any] = connection.transport.default_connection_params
        return {
            "transport": transport.driver_type,
            "priority_levels": _levels(transport, options),
            "confirms": bool(options.get("confirm_publish", False)),
            "login": connection.userid or defaults.get("userid"),
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
    declared = declared_queues(conf.task_queues)
    kinds = {_kind_of(queue) for queue in declared.values()}
    # These two settings came with Celery 5.5.
    kinds |= {conf.get("task_default_queue_type"), conf.get("task_create_missing_queue_type")}
    named = {*declared, *_routed(conf.task_routes)}
    known = frozenset({*named, conf.task_default_queue})
    return {
        "queues": known if named or not conf.task_create_missing_queues else None,
        "declares_queues": bool(declared),
        "creates_queues": bool(conf.task_create_missing_queues),
        "has_routes": bool(conf.task_routes),
        "has_quorum_queues": "quorum" in kinds,
    }


def _kind_of(queue: Any) -> Any:
    """Return the type that *queue* is declared with, or None."""
    arguments: Mapping[str, Any] = queue.queue_arguments or {}
    return arguments.get("x-queue-type")


def declared_queues(queues: Any) -> dict[str, Any]:
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


def accepted_names(content: Any) -> frozenset[str]:
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
