"""
What the tests share: an app in memory, new for each test, and a few tasks in it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from celery import Celery, _state
from celery.backends.redis import RedisBackend
from celery.result import denied_join_result
from hypothesis import settings
from kombu.transport.memory import Channel

from .bulk.redis_server import RedisServer, redis_server
from .faults import FAST

_numbers = count(1)

# A machine that is busy with something else fails no test.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")


@pytest.fixture
def make_app(_no_celery_environment: None) -> Iterator[Callable[..., Celery]]:
    """
    Make an app with more settings, or of another class; its default queue is nobody else's.
    """
    made: list[Celery] = []

    def make(kind: type[Celery] = Celery, **settings: Any) -> Celery:
        name = f"shop{next(_numbers)}"
        made.append(kind(name, set_as_current=False))
        made[-1].conf.update(
            {
                "broker_url": "memory://",
                "result_backend": "cache+memory://",
                "task_default_queue": name,
                **settings,
            }
        )
        return made[-1]

    yield make
    for app in made:
        _hang_up(app)
        app.close()
    Channel.queues.clear()


def _hang_up(app: Celery) -> None:
    """
    Close the connections of an app: kombu keeps them for the process, beyond the app.

    The first app without a pool (`broker_pool_limit=0`) would have it drop them all, still open.
    """
    if app._pool is not None:
        app.pool.resize(app.pool.limit, reset=True)  # apps with the same broker go on to share it
    backend = vars(app._local).get("backend")
    if isinstance(backend, RedisBackend):
        backend.result_consumer.stop()
        backend.client.connection_pool.disconnect()


@pytest.fixture
def app(make_app: Callable[..., Celery]) -> Celery:
    """
    An app whose messages wait in memory until the test takes them.
    """
    return make_app()


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """
    A Redis of the test's own, which fails as the test says.
    """
    with redis_server() as running:
        yield running


@pytest.fixture
def make_add_at(make_app: Callable[..., Celery]) -> Callable[..., Any]:
    """
    Make a task of an app whose broker is at a URL, with more settings; results are not kept.
    """

    def make(url: str, **settings: Any) -> Any:
        app = make_app(
            **{
                "broker_url": url,
                "task_default_queue": "work",
                "task_publish_retry_policy": FAST,
                "result_backend": None,
                **settings,
            }
        )

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return add

    return make


@pytest.fixture
def set_current(monkeypatch: pytest.MonkeyPatch) -> Callable[[Celery], None]:
    """
    Make an app the current one until the test is over.
    """
    return partial(monkeypatch.setattr, _state._tls, "current_app")


@pytest.fixture
def messages(app: Celery) -> Callable[..., list[Any]]:
    """
    Take all messages that wait in a queue, the oldest first.
    """

    def take(queue: str | None = None) -> list[Any]:
        name = queue or app.conf.task_default_queue
        with app.connection_for_read() as connection:
            receive = partial(connection.default_channel.basic_get, name, no_ack=True)
            return list(iter(receive, None))

    return take


@pytest.fixture
def message(messages: Callable[..., list[Any]]) -> Callable[..., Any]:
    """
    Take the one message that waits in a queue.
    """

    def take(queue: str | None = None) -> Any:
        (only,) = messages(queue)
        return only

    return take


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """
    Call a function in many threads at the same moment, and return what each got.
    """

    def run(function: Callable[[int], Any], threads: int = 8) -> list[Any]:
        start = Barrier(threads)

        def one(number: int) -> Any:
            start.wait()
            return function(number)

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(one, range(threads)))

    return run


@pytest.fixture
def denied() -> Callable[[], Any]:
    """
    Celery's own guard, which is on in most pools: a context manager.
    """
    return denied_join_result


@pytest.fixture
def add(app: Celery) -> Any:
    """
    A task that adds two numbers.
    """

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


@pytest.fixture
def greet(app: Celery) -> Any:
    """
    A task with a default.
    """

    @app.task(name="shop.greet")
    def greet(name, *, loud=False):
        return f"HELLO {name.upper()}" if loud else f"hello {name}"

    return greet


@pytest.fixture
def whoami(app: Celery) -> Any:
    """
    A bound task, which says what it knows of its own message.
    """

    @app.task(name="shop.whoami", bind=True)
    def whoami(self, key="id"):
        return getattr(self.request, key)

    return whoami
