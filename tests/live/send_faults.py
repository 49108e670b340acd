"""
One bounded send through each fault: how long it took, what it said, and what the broker really has.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu import Connection

from celerykit import PublishError, call
from tests.faults import FAULTS, HOST

from .brokers import Broker
from .relay import Relay

# In mid-connection: what is done to the way to the broker after a first good send.
MIDWAY = {"falls silent": Relay.silence, "cut": Relay.cut}
BACKEND = "result backend "
BUSY = "all pooled connections taken"
NONE = "none"
CASES = (NONE, *FAULTS, *MIDWAY, BUSY, *(f"{BACKEND}{each}" for each in FAULTS))

# What each has to say: "" is a send that returned.
EXPECTED = {
    **dict.fromkeys(FAULTS, "not_sent"),
    "falls silent": "unknown",
}


@dataclass(frozen=True)
class Seen:
    """
    What one send did: seconds, the outcome and what failed ("" if it returned), why, and how many
    of its messages the broker has.
    """

    took: float
    outcome: str
    side: str
    cause: str
    there: int


def urls(broker: Broker, port: int) -> str:
    """
    The URL of something that stands in for a broker.
    """
    parts = urlsplit(broker.url)
    return parts._replace(
        netloc=f"{parts.netloc.rpartition('@')[0]}@{HOST}:{port}".lstrip("@")
    ).geturl()


@contextmanager
def app_through(broker: Broker, case: str) -> Iterator[tuple[Celery, str, Callable[[], None]]]:
    """
    An app on a broker with one fault, its queue, and what brings the fault about.
    """
    queue = f"cklive{uuid.uuid4().hex[:10]}"
    with ExitStack() as held:
        url, backend, act = broker.url, None, lambda: None
        if case in FAULTS:
            url = urls(broker, held.enter_context(FAULTS[case]()))
        elif case in MIDWAY:
            parts = urlsplit(broker.url)
            relay = held.enter_context(closing(Relay((parts.hostname or HOST, parts.port or 0))))
            url, act = urls(broker, relay.port), lambda: MIDWAY[case](relay)
        elif case.startswith(BACKEND):
            port = held.enter_context(FAULTS[case.removeprefix(BACKEND)]())
            backend = f"redis://{HOST}:{port}/0"
        app = Celery("bounded", broker=url, backend=backend, set_as_current=False)
        app.conf.update(task_default_queue=queue, broker_pool_limit=2)
        if case == BUSY:
            act = lambda: [  # noqa: E731 - beside the others
                held.enter_context(app.producer_pool.acquire(block=True)) for _ in range(2)
            ]
        yield app, queue, act


def seen(broker: Broker, case: str, within: float, **terms: Any) -> Seen:
    """
    Send once through a fault.
    """
    with app_through(broker, case) as (app, queue, act):

        @app.task(name="bounded.add")
        def add(x: int, y: int) -> int:
            raise NotImplementedError

        base = call(add, 1, 2)
        base.check()  # loads what a first send loads
        before = 0 if case in FAULTS else 1
        if before:
            base.send(within=30, **terms)
        act()
        start = time.monotonic()
        outcome = side = cause = ""
        try:
            base.send(within=within, **terms)
        except PublishError as error:
            outcome, side, cause = error.outcome, error.side, error.cause
        took = time.monotonic() - start
        return Seen(took, outcome, side, cause, there(broker, queue) - before)


def there(broker: Broker, queue: str) -> int:
    """
    How many messages a queue has; it is deleted.
    """
    with Connection(broker.url) as connection, connection.SimpleQueue(queue) as found:
        count = found.queue.queue_declare()[1]  # it may be that nobody has declared it
        found.queue.delete()
        return int(count)


def helpers() -> set[threading.Thread]:
    """
    The helper threads that live now.
    """
    return {each for each in threading.enumerate() if each.name == "celerykit-send"}
