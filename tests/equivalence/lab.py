"""
A project on some broker, whose messages nobody takes but the test.
"""

import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import Any

from celery import Celery
from kombu import Exchange, Queue

from celerykit import Priority, remote

MEMORY = "memory://"
DAY = timedelta(days=1)
NOON = datetime.now(timezone.utc).replace(hour=12, minute=0, second=0, microsecond=0) + DAY
TEN = 10
SERIALIZERS = ["json", "pickle", "yaml", "msgpack"]

# What a word of priority is worth, written down once more: RabbitMQ's queues go from 0 to 10, the
# largest first; Redis has the steps 0, 3, 6 and 9, the smallest first; memory has no order.
LEVELS = {
    "amqp": {"LOWEST": 0, "LOW": 2, "NORMAL": 5, "HIGH": 8, "HIGHEST": 10},
    "redis": {"LOWEST": 9, "LOW": 9, "NORMAL": 6, "HIGH": 3, "HIGHEST": 0},
    "memory": {"LOWEST": 0, "LOW": 2, "NORMAL": 4, "HIGH": 7, "HIGHEST": 9},
}


class NoonApp(Celery):
    """
    An app for which it is always noon tomorrow: whenever two messages are sent, their times agree.
    """

    def now(self) -> datetime:
        """
        The time from which Celery counts.
        """
        return NOON.astimezone(self.timezone)


class Lab:
    """
    An app with queues of its own on one broker. `close()` deletes them, and nobody else's.
    """

    def __init__(self, url: str = MEMORY, **settings: Any) -> None:
        """
        Make the app and declare its queues.
        """
        self.prefix = f"ckequal{uuid.uuid4().hex[:10]}"
        self.high = self.name("high")
        self.orders = Exchange(self.name("orders"), type="topic")
        self.parcels = Exchange(self.name("parcels"), type="direct")
        self.topic = Queue(self.name("topic"), self.orders, routing_key="eu.#", max_priority=TEN)
        self.bound = Queue(self.name("bound"), self.parcels, routing_key="heavy", max_priority=TEN)
        self.app = NoonApp("equal", broker=url, set_as_current=False)
        self.app.conf.update(self._settings(url), **settings)
        self._declare_tasks()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Any app in this process gives its tasks to all others, if two have the same name too.
            self.app.finalize()
        self.connection = self.app.connection_for_write()
        self.transport = self.connection.transport.driver_type
        self.login = self.connection.userid or "guest"
        self.channel = self.connection.channel()
        self.producer = self.app.amqp.Producer(self.channel, auto_declare=False)
        simple = [self._simple(name) for name in (self.name("default"), self.high)]
        self.queues = [queue(self.channel) for queue in (*simple, self.topic, self.bound)]
        for queue in self.queues:
            queue.declare()

    def name(self, word: str) -> str:
        """
        A name that only this lab uses.
        """
        return f"{self.prefix}.{word}"

    def level(self, priority: Priority) -> int:
        """
        The number that this broker should get for a word.
        """
        return LEVELS[self.transport][priority.name]

    def _settings(self, url: str) -> dict[str, Any]:
        """
        The app's settings: everything that has a name on the broker is named after the lab.
        """
        options: dict[str, Any] = {"lab": self.prefix}
        if url.startswith("redis"):
            # Longer than any delay in these tests, as Redis needs it.
            options = {"global_keyprefix": f"{self.prefix}:", "visibility_timeout": 90 * 86_400}
        if url.startswith("amqp"):
            # Confirmed is arrived: what was sent can be read at once.
            options = {"confirm_publish": True, "client_properties": {"lab": self.prefix}}
        return {
            "accept_content": SERIALIZERS,
            # An id is given to two sends on purpose: it is their messages that are compared.
            "celerykit": {"severity": {"CK217": "off"}},
            "result_backend": "cache+memory://",
            "broker_transport_options": options,
            "task_default_queue": self.name("default"),
            "task_queue_max_priority": TEN,
            "task_queues": [self.topic, self.bound],
            "task_routes": {"equal.special": {"queue": self.high}},
        }

    def _simple(self, name: str) -> Queue:
        """
        A queue as Celery makes it when it is missing.
        """
        return Queue(name, Exchange(name), routing_key=name, max_priority=TEN)

    def _declare_tasks(self) -> None:
        """
        Declare the tasks that most tests call: of two arguments, of any, for errors, elsewhere.
        """

        @self.app.task(name="equal.add", shared=False)
        def add(x: Any, y: Any) -> Any:
            return x + y

        @self.app.task(name="equal.anything", shared=False)
        def anything(*args: Any, **kwargs: Any) -> None:
            """Take whatever comes."""

        @self.app.task(name="equal.report", bind=True, shared=False)
        def report(self: Any, *args: Any, **kwargs: Any) -> None:
            """Take whatever comes, in a message of its own."""

        @remote("elsewhere.add", app=self.app)
        def elsewhere(x: Any, y: Any) -> Any:
            raise NotImplementedError

        self.add, self.anything, self.report, self.elsewhere = add, anything, report, elsewhere

    def arrived(self) -> Iterator[tuple[str, Any]]:
        """
        Take every message that waits, each with the name of its queue but for the prefix.
        """
        for queue in self.queues:
            name = queue.name.removeprefix(f"{self.prefix}.")
            while message := queue.get(no_ack=True, accept=SERIALIZERS):
                yield name, message

    def close(self) -> None:
        """
        Delete the queues and exchanges, and close every connection.
        """
        with closing(self.channel):
            for queue in self.queues:
                queue.delete()
                queue.exchange.delete()
        self.connection.release()
        self.app.pool.force_close_all()
        self.app.close()
