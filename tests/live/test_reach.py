"""
Whether real brokers and result backends answer, by their own words.
"""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from celery import Celery
from kombu import Connection
from redis import Redis
from redis.exceptions import RedisError

from celerykit._reach import reach, reach_broker
from tests.faults import HOST

from .brokers import RABBITMQ, Broker, find

pytestmark = pytest.mark.live

WITHIN = 5.0
SOON = 20.0
PASSWORD = "s3cret"  # noqa: S105 - of a server that lives for a test


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[int]:
    """
    A Redis of our own that wants a password: its port.
    """
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", HOST, "--save", ""]
    with subprocess.Popen(
        [*command, "--requirepass", PASSWORD, "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    ) as server:
        try:
            wait_for(port)
            yield port
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    """
    Return when the Redis at this port answers.
    """
    until = time.monotonic() + SOON
    with Redis(port=port, password=PASSWORD) as client:
        while time.monotonic() < until:
            with suppress(RedisError):
                client.ping()
                return
    pytest.fail(f"redis-server does not answer at port {port}")


def make(broker: str, backend: str | None = None) -> Celery:
    """
    An app of its own.
    """
    return Celery("reaching", broker=broker, backend=backend, set_as_current=False)


def test_those_that_answer(broker: Broker, backend: Broker) -> None:
    """
    Brokers and a result backend that run are reached, and quickly.
    """
    found = reach(make(broker.url, backend.url), WITHIN)

    assert [each.outcome for each in found] == ["answers", "answers"]
    assert max(each.seconds for each in found) < WITHIN


def test_rpc_is_reached_through_its_broker(broker: Broker) -> None:
    """
    Where results come as messages, the broker answers for them.
    """
    found = reach(make(broker.url, "rpc://"), WITHIN)

    assert [each.outcome for each in found] == ["answers", "answers"]


@pytest.mark.parametrize("password", ["", ":wr0ng@"], ids=["none", "wrong"])
def test_a_redis_that_wants_another_password(locked: int, password: str) -> None:
    """
    A Redis that keeps us out is told as such, broker or result backend, without the password.
    """
    url = f"redis://{password}{HOST}:{locked}/0"

    found = reach(make(url, url), WITHIN)

    assert [each.outcome for each in found] == ["unauthorised", "unauthorised"]
    assert "wr0ng" not in str(found)


def test_a_redis_that_knows_the_password(locked: int) -> None:
    """
    With the right one it answers.
    """
    url = f"redis://:{PASSWORD}@{HOST}:{locked}/0"

    assert [each.outcome for each in reach(make(url, url), WITHIN)] == ["answers", "answers"]


@pytest.mark.parametrize("wrong", ["login", "vhost"])
def test_a_rabbitmq_that_keeps_us_out(wrong: str) -> None:
    """
    So is a RabbitMQ that does not know the user, or the virtual host.
    """
    with Connection(find(RABBITMQ).url) as known:
        host = f"{known.hostname}:{known.port}"
        login = f"{known.userid}:{known.password}"
    url = f"amqp://nobody:wr0ng@{host}//" if wrong == "login" else f"amqp://{login}@{host}/no-such"

    found = reach_broker(make(url), WITHIN)

    assert found.outcome == "unauthorised"
    assert found.seconds < WITHIN
    assert "wr0ng" not in found.detail


def test_connections_do_not_stay(locked: int) -> None:
    """
    A server that was asked ten times holds no connection of ours.
    """
    url = f"redis://:{PASSWORD}@{HOST}:{locked}/0"
    with Redis(port=locked, password=PASSWORD) as client:
        before = len(client.client_list())

        for _ in range(10):
            reach(make(url, url), WITHIN)

        until = time.monotonic() + SOON
        while len(client.client_list()) > before and time.monotonic() < until:
            client.ping()
        assert len(client.client_list()) == before
