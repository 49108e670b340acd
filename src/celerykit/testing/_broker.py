"""A broker in memory that belongs to one app, and that takes only what a real one would."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime, timezone
from itertools import count
from queue import Empty
from threading import Lock
from time import monotonic
from typing import Any, Final, NamedTuple, TypeAlias

from dateutil.parser import isoparse

from celerykit._facts import STAND_INS
from celerykit._values import is_list, is_mapping
from celerykit.errors import CallRejected
from celerykit.rules import refused_by_broker
from celerykit.testing._news import News, Service
from celerykit.testing._untyped import (
    BrokerState,
    Channel,
    Connection,
    ConnectionPool,
    HashedSeq,
    Message,
    Transport,
    dumps_amqp,
    json,
    pools,
)

__all__ = [
    "GIVEN",
    "Broker",
    "Published",
    "connection_class",
    "forget_pools",
    "leads_to",
    "next_turn",
    "task_of",
]

# What this thread's innermost send_task was given: the broker sees only what became of it.
GIVEN: Final[ContextVar[Mapping[str, Any]]] = ContextVar("celerykit_given")

_turns: Final = count()

_CONTROL: Final = ".pidbox"  # how the exchanges end through which workers are told things


class Published(NamedTuple):
    """
    One message, as a broker got it.

    Attributes:
        message: Its body, headers and properties, encoded as they travel.
        exchange: Where it was published; "" is the exchange that knows each queue by its name.
        routing_key: The key that it was published with.
        queues: The queues that it goes to; empty if it is lost.
        received: What a worker gets of it, decoded on demand.
        number: Its place in the order of all messages of the process.
        turn: Its place in the order of what waits: another one if it was given back.
        eta: Before when no worker runs it, as a worker reads it; None: in its turn, which is also
            what a worker makes of an eta that was over when the message was sent.
        given: What ``send_task`` was given for it, as far as that is known.
    """

    message: Mapping[str, Any]
    exchange: str
    routing_key: str
    queues: tuple[str, ...]
    received: Any
    number: int
    turn: int
    eta: datetime | None
    given: Mapping[str, Any]


def next_turn() -> int:
    """Return the place behind all messages of the process."""
    return next(_turns)


Keep: TypeAlias = Callable[[Published], None]


class Broker:
    """
    Exchanges and queues that no other app sees: kombu's own in-memory ones are one for a process.

    Attributes:
        now: What time it is.
        keep: Is told of each message of a task, which then waits here and in no queue; while it is
            None, or a worker serves, they go to the queues, where workers find them.
        service: The worker that takes what is in the queues, while there is one.
        news: Tells of what comes and goes.
        waiting: The messages that nobody has run yet.
        revoked: The ids of the tasks that workers were told to revoke.
        revoked_stamps: The stamps that they were told to revoke, and the values.
    """

    now: Callable[[], datetime]
    keep: Keep | None
    service: Service | None
    news: News
    waiting: list[Published]
    revoked: set[str]
    revoked_stamps: dict[str, list[Any]]
    state: Any
    queues: dict[str, Any]
    _channel: Any

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Start empty; *now* says what time it is."""
        self.now = now
        self.keep = None
        self.service = None
        self.news = News()
        self._lock = Lock()
        self.waiting = []
        self.revoked = set()
        self.revoked_stamps = {}
        self.state = BrokerState()
        self.queues = {}
        self._channel = None

    def pending(self) -> list[Published]:
        """Return what waits; what is in queues waits here from now on, until ``put_back()``."""
        taken: list[Published] = []
        for name, queue in [*self.queues.items()]:
            with queue.mutex:
                items = [*queue.queue]
                queue.queue.clear()
                for item in items:
                    if task_of(item[-1]) is None:
                        queue.queue.append(item)
                    else:
                        taken.append(self._from_queue(name, *item))
        self.waiting += sorted(taken, key=lambda published: published.turn)
        return [*self.waiting]

    def _from_queue(
        self, name: str, turn: int, eta: datetime | None, message: Mapping[str, Any]
    ) -> Published:
        if self._channel is None:
            self._channel = connection_class(self)("memory://").default_channel
        received = self._channel.message_to_python(message)
        way = message["properties"]["delivery_info"]
        exchange, key = way["exchange"], way["routing_key"]
        return Published(message, exchange, key, (name,), received, turn, turn, eta, {})

    def put_back(self) -> None:
        """Let what waits here wait in its queue again, if it came from there."""
        if self.keep is None:
            self._put_back()

    def _put_back(self) -> None:
        for published in self.waiting:
            for name in published.queues:
                queue = self.queues.get(name)
                if queue is not None:  # or a task has deleted it, and what was in it
                    with queue.mutex:
                        queue.queue.append((published.turn, published.eta, published.message))
        self.waiting.clear()

    def serve(self, service: Service) -> None:
        """Let a worker find what waits, and what comes from now on."""
        with self._lock:
            self.service = service
            self._put_back()
        for name, queue in [*self.queues.items()]:
            if any(task_of(item[-1]) is not None for item in [*queue.queue]):
                service.hear(name)

    def take(self, published: Published, keep: Keep) -> bool:
        """Tell *keep* of a message, which may refuse it; return whether it waits here."""
        keep(published)
        with self._lock:
            if self.service is None:
                self.waiting.append(published)
            return self.service is None

    def give_back(self, published: Published, turn: int) -> None:
        """Let a message wait again, marked as delivered before, in its *turn*."""
        delivery = {**published.message["properties"]["delivery_info"], "redelivered": True}
        published.received.delivery_info = delivery
        self.waiting.append(published._replace(turn=turn))

    def until(self, message: Mapping[str, Any]) -> datetime | None:
        """Return until when a task's *message* that is sent now has to wait, if it has to."""
        eta = _eta_of(message)
        return None if eta is None or eta <= self.now() else eta

    def told(self, command: Mapping[str, Any]) -> None:
        """Do what a worker does when it is told to revoke."""
        arguments: Mapping[str, Any] = command.get("arguments") or {}
        if command.get("method") == "revoke":
            ids = arguments.get("task_id") or ()
            self.revoked.update([ids] if isinstance(ids, str) else ids)
        if command.get("method") == "revoke_by_stamped_headers":
            for name, values in arguments["headers"].items():
                known = self.revoked_stamps.setdefault(name, [])
                known += values if is_list(values) else [values]


def _eta_of(message: Mapping[str, Any]) -> datetime | None:
    """Return the eta of a task's *message* as a worker reads it: without a zone it is UTC."""
    text = message["headers"].get("eta")
    if text is None:
        return None
    moment: datetime = isoparse(text)
    return moment.replace(tzinfo=timezone.utc) if moment.utcoffset() is None else moment


def task_of(message: Mapping[str, Any]) -> str | None:
    """Return the name of the task in whose *message* this is, or None if it is another's."""
    headers = message.get("headers")
    return headers.get("task") if is_mapping(headers) else None


class _Channel(Channel):  # type: ignore[misc]
    """kombu's channel in memory, on the queues of one broker."""

    def __init__(self, connection: Any, **options: Any) -> None:
        own: Any = super()
        own.__init__(connection, **options)
        self.queues = connection.broker.queues

    def basic_publish(
        self, message: dict[str, Any], exchange: str = "", routing_key: str = "", **options: Any
    ) -> Any:
        """Take *message* as the real broker would, or refuse it."""
        broker: Broker = self.connection.broker
        task = task_of(message)
        if task is not None:
            _refuse_unsendable(task, message, self.connection.driver_type)
        # Whoever sent it keeps the headers, and may change them.
        message = copy.deepcopy(message)
        if task is not None and broker.keep is not None:
            published = self._published(copy.deepcopy(message), exchange, routing_key)
            if broker.take(published, broker.keep):
                return None
        if exchange.endswith(_CONTROL):
            told = self._published(copy.deepcopy(message), exchange, routing_key)
            broker.told(told.received.payload)
        own: Any = super()
        return own.basic_publish(message, exchange, routing_key, **options)

    def _published(self, message: dict[str, Any], exchange: str, routing_key: str) -> Published:
        self._inplace_augment_message(message, exchange, routing_key)
        queues = tuple(name for name in self._lookup(exchange, routing_key) if name)
        received = self.message_to_python(message)
        task = task_of(message)
        eta = None if task is None else self.connection.broker.until(message)
        given: Mapping[str, Any] = GIVEN.get({})
        if given.get("name") != task:  # a receiver of a signal sends another meanwhile
            given = {}
        turn = next_turn()
        return Published(message, exchange, routing_key, queues, received, turn, turn, eta, given)

    def _put(self, queue: str, message: dict[str, Any], **_options: Any) -> None:
        broker: Broker = self.connection.broker
        task = task_of(message)
        if message.get("redelivered"):  # which kombu's own in memory keeps from the task
            message["properties"]["delivery_info"]["redelivered"] = True
        eta = None if task is None else broker.until(message)
        self._queue_for(queue).put((next_turn(), eta, message))
        if broker.service is not None and task is not None:
            broker.service.hear(queue)
        broker.news.tell()

    def _put_fanout(
        self, exchange: str, message: dict[str, Any], routing_key: str = "", **_options: Any
    ) -> None:
        for queue in self._lookup(exchange, routing_key):
            self._put(queue, message)

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002 - kombu's own
        return self._queue_for(queue).get(block=False)[-1]

    def basic_ack(self, *args: Any, **options: Any) -> None:
        """Take note that a message is done with, so that its consumer may have the next."""
        own: Any = super()
        own.basic_ack(*args, **options)
        self.connection.broker.news.tell()


class _Transport(Transport):  # type: ignore[misc]
    """kombu's transport in memory, which says that it is the real one: that decides the rules."""

    Channel = _Channel

    def __init__(self, client: Any, broker: Broker) -> None:
        own: Any = super()
        own.__init__(client)
        self.broker = broker
        self.state = broker.state
        self.real = client.get_transport_cls()
        self.driver_type = self.real.driver_type
        self.driver_name = self.real.driver_name
        self._is_woken = False

    def wake(self) -> None:
        """Have who waits here for messages look elsewhere for a moment."""
        self._is_woken = True
        self.broker.news.tell()

    def drain_events(self, _connection: Any, timeout: float | None = None) -> None:
        """Deliver one message as soon as there is one: kombu's own looks once a second."""
        until = None if timeout is None else monotonic() + timeout
        while True:
            number = self.broker.news.number
            try:
                self.cycle.get(self._deliver, timeout=timeout)
            except Empty:
                left = None if until is None else max(until - monotonic(), 0)
                if self._is_woken or not self.broker.news.wait_beyond(number, left):
                    self._is_woken = False
                    raise TimeoutError from None  # which is socket.timeout
            else:
                return

    @property
    def default_connection_params(self) -> Any:
        """What the real transport connects with when nothing is given."""
        return self.real(client=self.client).default_connection_params


class _Pool(ConnectionPool):  # type: ignore[misc]
    """kombu's pool, of connections like the one that it is for."""

    def new(self) -> Any:
        """Return one connection more."""
        return self.connection.clone()


def connection_class(broker: Broker) -> Any:
    """
    Return a class of connections that lead to *broker*, whatever address they are given.

    They keep the address, since it decides what the rules say.
    """

    class StandInConnection(Connection):  # type: ignore[misc]
        """A connection that knows the address of the real broker, and never goes there."""

        leads_to = broker

        def create_transport(self) -> Any:
            """Return a transport in memory."""
            return _Transport(self, broker)

        def Pool(self, limit: int | None = None, **_options: Any) -> Any:  # noqa: N802 - kombu's name
            """Return a pool of such connections: kombu's own would make them of its own class."""
            return _Pool(self, limit)

        def __eqhash__(self) -> Any:
            """Return what kombu's pools tell connections by: the real one is another."""
            own: Any = super()
            return HashedSeq(id(broker), *own.__eqhash__())

    return StandInConnection


def leads_to(connection: Any, broker: Broker) -> bool:
    """Return whether *connection* is one of *broker*'s."""
    return getattr(connection, "leads_to", None) is broker


def forget_pools(broker: Broker) -> None:
    """Close what kombu keeps open to *broker*: its pools are one for the process."""
    for group in (pools.producers, pools.connections):
        for key in [key for key in group if key[0] == id(broker)]:
            group.pop(key).force_close_all()


def _refuse_unsendable(task: str, message: Mapping[str, Any], driver: str) -> None:
    """Raise CallRejected if the broker that *driver* is for could not carry *message*."""
    if driver != "amqp":
        _refuse(task, "Redis", lambda: json.dumps({**message, "body": ""}))
    if driver == "amqp" or driver in STAND_INS:
        _refuse(task, "RabbitMQ", lambda: _as_amqp(message))


def _refuse(task: str, broker: str, encode: Callable[[], object]) -> None:
    try:
        encode()
    except Exception as error:  # each encoder raises what it likes: struct.error, AttributeError
        raise CallRejected((refused_by_broker(task, broker, error),)) from error


def _as_amqp(message: Mapping[str, Any]) -> None:
    """Encode the headers and the properties of *message* as py-amqp does."""
    values = {
        **message["properties"],
        "application_headers": message["headers"],
        "content_type": message["content-type"],
        "content_encoding": message["content-encoding"],
    }
    for name, kind in Message.PROPERTIES:
        if values.get(name) is not None:
            dumps_amqp(kind, [values[name]])
