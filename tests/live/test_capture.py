"""
What is captured does not reach a real broker or result backend, whose pools are open.
"""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery, chord
from kombu import Connection

from celerykit import call
from celerykit.testing import capture

from .brokers import Broker

pytestmark = pytest.mark.live

PATIENCE = 10


@pytest.fixture
def app(broker: Broker, backend: Broker) -> Iterator[Celery]:
    """
    An app on a real broker, whose queue is nobody else's.
    """
    made = Celery(f"captured-{uuid4().hex[:8]}", set_as_current=False)
    made.conf.update(
        broker_url=broker.url, result_backend=backend.url, task_default_queue=made.main
    )
    yield made
    with made.connection_for_write() as connection:
        connection.default_channel.queue_delete(made.main)
    made.close()


def waiting(app: Celery) -> int:
    """
    How many messages wait in the queue of an app, by a connection that is none of its own.
    """
    with Connection(app.conf.broker_url) as connection:
        return int(connection.default_channel.queue_declare(app.main, passive=True).message_count)


def test_nothing_arrives(app: Celery) -> None:
    """
    The app has sent before, so that its pool is open; what is captured does not arrive.
    """

    @app.task(name="captured.add")
    def add(x: int, y: int) -> int:
        return x + y

    before = add.delay(1, 2)
    real = app.backend
    assert waiting(app) == 1

    with capture(app) as sent:
        results: list[Any] = [add.delay(3, 4), call(add, 5, 6).send().async_result]
        thread = threading.Thread(target=lambda: results.append(add.delay(7, 8)))
        thread.start()
        thread.join(PATIENCE)
        results.append(chord([add.s(1, 1), add.s(2, 2)], app.signature("captured.sum")).delay())
        with app.connection_for_write() as connection:
            add.apply_async((9, 10), connection=connection)
        app.control.revoke(before.id)
        sent.run()

        assert [each.get() for each in results[:3]] == [7, 11, 15]
        assert len(sent) == 7

    assert waiting(app) == 1
    assert app.backend is real
    assert real.get(real.get_key_for_task(results[0].id)) is None
    add.delay(11, 12)
    assert waiting(app) == 2


def test_a_producer_of_the_broker(app: Celery) -> None:
    """
    A producer that was taken from the app's own pool before is not used while calls are captured.
    """
    with app.producer_or_acquire() as producer:
        app.send_task("captured.first", producer=producer)
        with capture(app) as sent:
            app.send_task("captured.second", producer=producer)
        app.send_task("captured.third", producer=producer)

    assert [each.task for each in sent] == ["captured.second"]
    assert waiting(app) == 2
