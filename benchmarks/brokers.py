"""The brokers that a message goes through: one in memory, Redis, and RabbitMQ."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

from celery import Celery
from kombu import Connection
from kombu.exceptions import KombuError

from celerykit import TypedTask, typed_app

__all__ = ["URLS", "Stage", "open_stage", "silence_of"]

URLS = {
    "memory": "memory://",
    "Redis": os.environ.get("CELERYKIT_LIVE_REDIS", "redis://127.0.0.1:6379/0"),
    "RabbitMQ": os.environ.get("CELERYKIT_LIVE_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//"),
}


@dataclass(frozen=True)
class Stage:
    """An app with one task on one broker, and a queue that nobody else knows."""

    transport: str
    queue: str
    app: Celery
    add: TypedTask[[int, int], int]


def silence_of(url: str) -> str:
    """Return why no broker answers at *url*, or "" if one does."""
    with Connection(url, connect_timeout=3) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=3)
        except (OSError, KombuError) as error:
            return f"nothing answers at {connection.as_uri()} ({error})"
    return ""


@contextmanager
def open_stage(transport: str, **settings: object) -> Iterator[Stage]:
    """Make a stage on the broker called *transport*; leave nothing behind on it."""
    queue = f"celerykit-bench-{uuid4().hex[:8]}"
    app = Celery("bench", broker=URLS[transport], set_as_current=False)
    app.conf.update(task_default_queue=queue, **settings)

    @typed_app(app).task(name="bench.add")
    def add(x: int, y: int) -> int:
        return x + y

    try:
        yield Stage(transport, queue, app, add)
    finally:
        _remove(app, queue)
        app.close()


def _remove(app: Celery, queue: str) -> None:
    with app.connection_for_write() as connection, connection.channel() as channel:
        channel.queue_delete(queue)
        channel.exchange_delete(queue)  # which Celery declared along with the queue
        if connection.transport.driver_type == "redis":  # where bindings outlive their queue
            mine = channel.client.scan_iter(match=f"_kombu.*{queue}", count=1000)
            channel.client.delete(*mine)
