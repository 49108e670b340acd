"""
One send with recommended_settings() ends in time, whatever is broken; without, it does not.
"""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from kombu import Connection

from tests.faults import FAULTS, HOST, silent

from .brokers import RABBITMQ, REDIS, Broker, find
from .relay import Relay

pytestmark = pytest.mark.live

WITHIN = 3.0
GRACE = 0.5
# What a process needs to start, on a machine that has other things to do.
STARTING = 20

PROGRAM = """
import json, sys, time
from celery import Celery
from celerykit import recommended_settings

asked = json.loads(sys.argv[1])
app = Celery("bounded", broker=asked["broker"], backend=asked["backend"])
app.conf.task_default_queue = asked["queue"]
app.conf.result_expires = 60
if asked["within"]:
    app.conf.update(recommended_settings(app, within=asked["within"]))

@app.task(name="bounded.add")
def add(x, y):
    return x + y

if asked["first"]:
    add.delay(1, 2)
print("ready", flush=True)
sys.stdin.readline()
start = time.monotonic()
try:
    add.delay(1, 2)
    error = ""
except Exception as raised:
    error = type(raised).__name__
print(json.dumps([time.monotonic() - start, error]), flush=True)
"""


class Sender:
    """
    A process of its own that makes one call when it is told to.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        """
        Keep the process, which is ready.
        """
        self.process = process

    def send(self, patience: float) -> tuple[float, str] | None:
        """
        How many seconds one delay() took, and the error it raised; None when patience ended first.
        """
        try:
            said, _ = self.process.communicate("go\n", timeout=patience)
        except subprocess.TimeoutExpired:
            return None
        took, error = json.loads(said)
        return took, error


@contextmanager
def sender(broker: str, backend: str | None = None, **asked: Any) -> Iterator[Sender]:
    """
    A sender that is ready; it is killed at the end if it still waits.
    """
    given = {"broker": broker, "backend": backend, "within": None, "first": False, "queue": "q"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, json.dumps({**given, **asked})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: value for name, value in os.environ.items() if not name.startswith("CELERY_")},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield Sender(process)
        finally:
            process.kill()


def urls(kind: str, port: int) -> dict[str, Any]:
    """
    Where the broken server is: the broker, or the result backend beside a broker in memory.
    """
    if kind == "results":
        return {"broker": "memory://", "backend": f"redis://{HOST}:{port}/0"}
    scheme, rest = ("redis", "/0") if kind == "redis" else ("amqp", "//")
    return {"broker": f"{scheme}://{HOST}:{port}{rest}"}


@pytest.mark.parametrize("kind", ["redis", "amqp", "results"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_send_ends_in_time(kind: str, fault: str) -> None:
    """
    With the settings a send to a server that refuses, is silent or has no room ends with an error
    within the time that was asked for.
    """
    with FAULTS[fault]() as port, sender(**urls(kind, port), within=WITHIN) as one:
        done = one.send(STARTING)

    assert done is not None
    took, error = done
    assert took < WITHIN + GRACE
    assert error == ("RuntimeError" if kind == "results" else "OperationalError")


@pytest.mark.parametrize("kind", ["redis", "results"])
def test_harm_without_them_a_send_goes_on(kind: str) -> None:
    """
    With Celery's defaults a send to a silent Redis is still waiting when it would have ended long
    ago, be it the broker or the result backend.
    """
    with silent() as port, sender(**urls(kind, port)) as one:
        assert one.send(2 * (WITHIN + GRACE)) is None


@pytest.fixture(params=[REDIS, RABBITMQ])
def relayed(request: pytest.FixtureRequest) -> Iterator[tuple[Broker, Relay, str, str]]:
    """
    A real broker behind a relay that can fall silent: the broker, the relay, its URL, and a queue.
    """
    broker = find(request.param)
    queue = f"cklive{uuid.uuid4().hex[:10]}"
    with Connection(broker.url) as known:
        port = known.port
        with closing(Relay((known.hostname or HOST, port))) as relay:
            url = broker.url.replace(f":{port}", f":{relay.port}")
            yield broker, relay, url, queue
        with known.SimpleQueue(queue) as left:
            left.queue.delete()


def test_a_broker_that_falls_silent_is_told(relayed: tuple[Broker, Relay, str, str]) -> None:
    """
    With the settings a send over a connection whose broker has fallen silent ends with an error in
    time.
    """
    _, relay, url, queue = relayed

    with sender(url, queue=queue, within=WITHIN, first=True) as one:
        relay.silence()
        done = one.send(STARTING)

    assert done is not None
    assert done[0] < WITHIN + GRACE
    assert done[1] == "OperationalError"


def test_harm_without_them_it_is_lost_or_waited_for(
    relayed: tuple[Broker, Relay, str, str],
) -> None:
    """
    With Celery's defaults the same send goes on waiting (Redis), or says that it succeeded while
    its message is lost (RabbitMQ).
    """
    broker, relay, url, queue = relayed

    with sender(url, queue=queue, first=True) as one:
        relay.silence()
        done = one.send(2 * (WITHIN + GRACE))

    if broker.name == REDIS:
        assert done is None
    else:
        assert done is not None
        assert done[1] == ""
        with Connection(broker.url) as direct, direct.SimpleQueue(queue) as left:
            assert left.qsize() == 1  # the first one
