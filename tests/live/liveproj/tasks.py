"""
The app and its tasks. Everything that differs between two runs comes from the environment.

LIVE_BROKER and LIVE_BACKEND are URLs. LIVE_QUEUE_PREFIX begins the name of every queue, exchange
and Redis key, so that two runs never meet. LIVE_SETTINGS is JSON: more Celery settings, for a test
that needs a particular one. The tasks are not shared: a test loads this module more than once, and
each app keeps to its own.
"""

import json
import os
import sys
import time
from typing import Any

from celery import Celery
from kombu import Exchange, Queue
from pydantic import BaseModel
from redis import Redis

PREFIX = os.environ["LIVE_QUEUE_PREFIX"]
BROKER = os.environ["LIVE_BROKER"]
BACKEND = os.environ["LIVE_BACKEND"]
MAX_PRIORITY = 10
KEY_LIFE = 600

exchange = Exchange(PREFIX, type="direct")
on_redis = BROKER.startswith("redis")
forgotten = {} if on_redis else {"x-expires": KEY_LIFE * 1000}
unacked = {
    name: f"{PREFIX}:{name}" for name in ("unacked_key", "unacked_index_key", "unacked_mutex_key")
}
apart = unacked if on_redis else {"client_properties": {"connection_name": PREFIX}}


def named(name: str, **arguments: int) -> Queue:
    """
    A queue of this project: RabbitMQ forgets it by itself should a run be killed.
    """
    full = f"{PREFIX}.{name}"
    return Queue(full, exchange, routing_key=full, queue_arguments={**forgotten, **arguments})


app = Celery("liveproj", broker=BROKER, backend=BACKEND, set_as_current=False)
app.conf.update(
    task_queues=[
        named("default"),
        named("high"),
        named("ranked", **{"x-max-priority": MAX_PRIORITY}),
    ],
    task_default_queue=f"{PREFIX}.default",
    task_default_exchange=PREFIX,
    task_default_routing_key=f"{PREFIX}.default",
    control_exchange=PREFIX,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options=apart,
    result_backend_transport_options={"global_keyprefix": PREFIX},
    result_expires=KEY_LIFE,
)
for setting, value in json.loads(os.environ.get("LIVE_SETTINGS", "{}")).items():
    merged = {**app.conf[setting], **value} if isinstance(value, dict) else value
    app.conf.update({setting: merged})


def append(key: str, entry: dict[str, Any]) -> None:
    """
    Write one entry to a Redis list, where the caller can wait for it.
    """
    full = f"{PREFIX}:{key}"
    with Redis.from_url(BACKEND) as redis:
        redis.rpush(full, json.dumps(entry))
        redis.expire(full, KEY_LIFE)


def plain(value: Any) -> Any:
    """
    The value as JSON can carry it, an unknown kind as its repr: what matters is to see it.
    """
    return json.loads(json.dumps(value, default=repr))


@app.task(shared=False, name="live.add")
def add(x: int, y: int) -> int:
    """
    Add two numbers.
    """
    return x + y


@app.task(shared=False, name="live.bound", bind=True)
def bound(self: Any, word: str) -> dict[str, Any]:
    """
    Say which task ran, and with what.
    """
    return {"id": self.request.id, "name": self.name, "word": word}


class Order(BaseModel):
    """
    What a customer asked for.
    """

    sku: str
    count: int = 1


@app.task(shared=False, name="live.double", pydantic=True)
def double(order: Order) -> Order:
    """
    Take a model and return a model, as Celery's pydantic=True allows.
    """
    return Order(sku=order.sku, count=order.count * 2)


@app.task(shared=False, name="live.first")
def first(label: int) -> list[Any]:
    """
    The first task of a flow: it returns its label.
    """
    return [label]


@app.task(shared=False, name="live.later")
def later(value: Any, label: int) -> list[Any]:
    """
    A later task of a flow: it returns its label, and the value before it.
    """
    return [label, value]


SEEN = (
    "id",
    "task",
    "eta",
    "expires",
    "timelimit",
    "headers",
    "stamps",
    "stamped_headers",
    "delivery_info",
    "properties",
    "correlation_id",
    "reply_to",
    "root_id",
    "parent_id",
    "group",
    "group_index",
    "shadow",
    "retries",
    "ignore_result",
    "argsrepr",
    "kwargsrepr",
    "origin",
    "hostname",
)


def _knows_celerykit() -> bool:
    """
    Whether more of celerykit is loaded than the command that it adds to Celery's own.
    """
    command = {"doctor", "doctor._command", "_values", "_findings"}
    loaded = {name for name in sys.modules if name.startswith("celerykit.")}
    return not loaded <= {f"celerykit.{name}" for name in command}


@app.task(shared=False, name="live.echo", bind=True)
def echo(self: Any, *args: Any, **anything: Any) -> dict[str, Any]:
    """
    Return what the worker really held when it ran this task.
    """
    held = {name: plain(getattr(self.request, name, None)) for name in SEEN}
    links = [link["task"] for link in self.request.callbacks or []]
    errbacks = [link["task"] for link in self.request.errbacks or []]
    here = {"ran_at": time.time(), "knows_celerykit": _knows_celerykit()}
    return {
        **held,
        **here,
        "args": plain(args),
        "kwargs": plain(anything),
        "callbacks": links,
        "errbacks": errbacks,
    }


@app.task(shared=False, name="live.note", ignore_result=True)
def note(trail: str, label: Any) -> None:
    """
    Add a label to a trail, so that the order of execution can be read afterwards.
    """
    append(f"trail:{trail}", {"label": label, "monotonic": time.monotonic(), "wall": time.time()})


@app.task(shared=False, name="live.flaky", bind=True, max_retries=5)
def flaky(self: Any, trail: str, failures: int) -> int:
    """
    Fail a number of times, then return how many retries it took; every attempt leaves a note.
    """
    note.run(trail, self.request.retries)
    if self.request.retries < failures:
        raise self.retry(countdown=0)
    return int(self.request.retries)


@app.task(shared=False, name="live.nap")
def nap(seconds: float) -> float:
    """
    Take that long.
    """
    time.sleep(seconds)
    return seconds


@app.task(shared=False, name="live.boom")
def boom(message: str = "boom") -> None:
    """
    Always fail.
    """
    raise ValueError(message)


@app.task(shared=False, name="live.record_error")
def record_error(request: Any, exc: Exception, traceback: Any) -> None:
    """
    An errback of three parameters: Celery runs it in the worker process where the task failed.
    """
    entry = {
        "label": repr(exc),
        "monotonic": time.monotonic(),
        "wall": time.time(),
        "traced": bool(traceback),
    }
    append(f"trail:error:{request.id}", entry)


@app.task(shared=False, name="live.record_failed_id", ignore_result=True)
def record_failed_id(failed: str) -> None:
    """
    An errback of one parameter: Celery queues it with the id of the task that failed.
    """
    note.run(f"failed:{failed}", failed)
