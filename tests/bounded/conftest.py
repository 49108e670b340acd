"""
What the tests of bounded sends share: apps on brokers that fail, and a look at what is left behind.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from celerykit._bounded import _helpers
from tests.bulk.amqp_server import AmqpServer, amqp_server
from tests.bulk.conftest import meaning
from tests.bulk.redis_server import RedisServer, redis_server

__all__ = ["meaning"]

NAME = "celerykit-send"
PATIENCE = 15.0
PAUSE = 0.005
ONCE = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}

SERVERS = {"Redis": redis_server, "RabbitMQ": amqp_server}


def helpers() -> list[threading.Thread]:
    """
    The helper threads that live now.
    """
    return [each for each in threading.enumerate() if each.name == NAME]


def sockets() -> int:
    """
    How many sockets this process has open.
    """
    count = 0
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # closed meanwhile
            count += str(each.readlink()).startswith("socket:")
    return count


def wait_until(condition: Callable[[], bool]) -> None:
    """
    Return when something is so.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(PAUSE)


@pytest.fixture(autouse=True)
def _no_helper_is_left() -> Iterator[None]:
    """
    Idle helpers of a test end with it.
    """
    known = _helpers._known
    yield
    for each in [*known.values()]:
        each.end()
    wait_until(lambda: not helpers())


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[AmqpServer | RedisServer]:
    """
    A broker of the test's own, which fails to order.
    """
    with SERVERS[request.param]() as running:
        yield running


@pytest.fixture
def make_add(make_app: Callable[..., Celery]) -> Callable[..., Any]:
    """
    Make a task of an app at a broker's URL, which tries to publish once.
    """

    def make(url: str, **settings: Any) -> Any:
        app = make_app(
            **{
                "broker_url": url,
                "task_default_queue": "work",
                "task_publish_retry_policy": ONCE,
                "result_backend": None,
                **settings,
            }
        )

        @app.task(name="shop.add")
        def add(x: int, y: int) -> int:
            return x + y

        return add

    return make


@pytest.fixture
def arrived() -> Callable[[AmqpServer | RedisServer], int]:
    """
    How many messages a server has got.
    """

    def count(server: AmqpServer | RedisServer) -> int:
        return (
            len(server.pushed("work")) if isinstance(server, RedisServer) else len(server.arrived)
        )

    return count
