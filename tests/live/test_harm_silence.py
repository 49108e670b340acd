"""
Plain Celery: what becomes of a call when its broker falls silent, or has closed the connection.
"""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from .brokers import RABBITMQ, REDIS
from .relay import Relay
from .stage import Stage

pytestmark = pytest.mark.live
on_redis = pytest.mark.parametrize("broker", [REDIS], indirect=True)
on_rabbitmq = pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)

BLOCKED_S = 2.0
PATIENCE = 30.0


@pytest.fixture
def relayed(paused: Stage) -> Iterator[tuple[Relay, str]]:
    """
    A relay to the broker, and the URL through it.
    """
    url = paused.broker.url
    there = urlsplit(url)
    assert there.hostname
    assert there.port
    with closing(Relay((there.hostname, there.port))) as relay:
        yield relay, url.replace(f":{there.port}", f":{relay.port}")


def app_at(url: str, queue: str, **settings: Any) -> Celery:
    """
    An app that has sent one call over a connection which is still open.
    """
    app = Celery("shop", broker=url, set_as_current=False)
    app.conf.update({"task_ignore_result": True, **settings})
    app.send_task("shop.add", (1, 1), queue=queue)
    return app


def send(app: Celery, queue: str) -> threading.Thread:
    """
    Send one call from a thread of its own, whatever comes of it.
    """

    def run() -> None:
        with suppress(Exception):
            app.send_task("shop.add", (2, 2), queue=queue)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def is_blocked(relay: Relay, app: Celery, queue: str) -> bool:
    """
    Whether a call through a relay that falls silent blocks, and goes on when that is closed.
    """
    relay.silence()
    thread = send(app, queue)
    thread.join(BLOCKED_S)
    blocked = thread.is_alive()
    relay.close()
    thread.join(PATIENCE)
    return blocked and not thread.is_alive()


@on_rabbitmq
def test_harm_ck607_a_call_fails_where_a_retry_would_do(
    paused: Stage, relayed: tuple[Relay, str]
) -> None:
    """
    With plain Celery a connection that was cut meanwhile fails the call without task_publish_retry,
    and is renewed without a word with it.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    settings = {"broker_transport_options": {"confirm_publish": True}}
    careful = app_at(url, parked, **settings)
    relay.cut()
    careful.send_task("shop.add", (2, 2), queue=parked)

    careless = app_at(url, parked, task_publish_retry=False, **settings)
    relay.cut()
    with pytest.raises(OperationalError):
        careless.send_task("shop.add", (2, 2), queue=parked)

    paused.wait_depth(parked, 3)
    careless.pool.force_close_all()


@on_rabbitmq
def test_harm_ck608_a_silent_broker_blocks_for_ever(
    paused: Stage, relayed: tuple[Relay, str]
) -> None:
    """
    With plain Celery and confirms a call blocks until a silent RabbitMQ closes the connection.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    app = app_at(url, parked, broker_transport_options={"confirm_publish": True})

    assert is_blocked(relay, app, parked)


@on_rabbitmq
def test_a_read_timeout_ends_it(paused: Stage, relayed: tuple[Relay, str]) -> None:
    """
    With the timeout of the remedy the call fails while RabbitMQ is still silent.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    app = app_at(
        url,
        parked,
        broker_transport_options={"confirm_publish": True, "read_timeout": 0.5},
        broker_connection_timeout=0.5,
        task_publish_retry_policy={"max_retries": 0},
    )

    relay.silence()
    thread = send(app, parked)
    thread.join(PATIENCE)

    assert not thread.is_alive()


@on_rabbitmq
def test_harm_ck609_a_silent_broker_loses_the_call(
    paused: Stage, relayed: tuple[Relay, str]
) -> None:
    """
    With plain Celery and no confirms a call to a silent RabbitMQ returns, and the message is lost.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    app = app_at(url, parked)
    paused.wait_depth(parked, 1)

    relay.silence()
    result = app.send_task("shop.add", (2, 2), queue=parked)

    (arrived,) = paused.take(parked, 1)
    assert arrived.headers["id"] != result.id
    paused.wait_depth(parked, 0)


@on_redis
def test_harm_ck606_a_silent_redis_blocks_for_ever(
    paused: Stage, relayed: tuple[Relay, str]
) -> None:
    """
    With plain Celery a call blocks until a silent Redis closes the connection.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    app = app_at(url, parked, task_publish_retry_policy={"max_retries": 0})

    assert is_blocked(relay, app, parked)


@on_redis
def test_a_socket_timeout_ends_it(paused: Stage, relayed: tuple[Relay, str]) -> None:
    """
    With the timeout of the remedy the call fails while Redis is still silent.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    quick = {"socket_timeout": 0.5, "max_retries": 1, "connect_retries_timeout": 1}
    app = app_at(
        url,
        parked,
        broker_transport_options=quick,
        task_publish_retry_policy={"max_retries": 0},
    )

    relay.silence()
    thread = send(app, parked)
    thread.join(PATIENCE)

    assert not thread.is_alive()


@on_redis
def test_harm_ck606_a_silent_result_backend_blocks_too(
    paused: Stage, relayed: tuple[Relay, str]
) -> None:
    """
    With plain Celery a call blocks when only the result backend is silent.
    """
    relay, url = relayed
    parked = paused.queue("parked")
    once = {"retry_policy": {"max_retries": 1, "interval_start": 0, "interval_max": 0}}
    app = app_at(
        paused.broker.url,
        parked,
        result_backend=url,
        result_backend_transport_options=once,
        task_ignore_result=False,
    )

    assert is_blocked(relay, app, parked)
