"""
Plain Celery: what a setting does to a real broker or a real result backend.
"""

import logging
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

import celery
import pytest
from kombu import Consumer, Queue

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

QUIET_S = 1.0


# Celery's own: it is a worker that stores results, and there nobody sees it.
@pytest.mark.filterwarnings("ignore:Call to deprecated setex:DeprecationWarning")
@pytest.mark.parametrize("broker", [REDIS], indirect=True)
@pytest.mark.parametrize("expires", [None, 0])
def test_harm_ck619_a_result_stays_for_ever(
    make_stage: Callable[..., Stage], expires: int | None
) -> None:
    """
    With plain Celery a result without result_expires has no end in Redis, and one with it has.
    """
    lasting, passing = make_stage(result_expires=expires), make_stage(result_expires=60)

    ends = [left_of_a_result(stage) for stage in (lasting, passing)]

    assert ends[0] == -1
    assert 0 < ends[1] <= 60


def left_of_a_result(stage: Stage) -> int:
    """
    For how many seconds Redis will still keep a result; -1 is for ever.
    """
    task_id = stage.unique("result")
    stage.app.backend.store_result(task_id, 5, "SUCCESS")
    (key,) = stage.state.scan_iter(match=f"*{stage.prefix}*{task_id}*", count=1000)
    return int(stage.state.ttl(key))


@pytest.mark.skipif(celery.VERSION < (5, 5), reason="the type of a missing queue")
@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)
def test_harm_ck621_a_delayed_call_takes_the_place_of_others(
    make_stage: Callable[..., Stage], caplog: pytest.LogCaptureFixture
) -> None:
    """
    With plain Celery a countdown on a quorum queue with a direct exchange is in the queue at once,
    as Celery warns; and whoever holds it until its time cannot ask for another in its place.
    """
    caplog.set_level(logging.WARNING)
    quorum = make_stage(task_create_missing_queue_type="quorum")
    classic = make_stage()

    assert taken_with_one_held(quorum, apply_global=False) == 1
    assert "may block the worker process" in caplog.text
    assert taken_with_one_held(classic, apply_global=True) == 2


def taken_with_one_held(stage: Stage, *, apply_global: bool) -> int:
    """
    How many of two delayed calls a consumer gets that may hold one, and then asks for one more.
    """
    name = stage.queue(stage.unique("delayed"))
    for _ in range(2):
        stage.tasks.add.apply_async((2, 3), countdown=600, queue=name)
    held: list[Any] = []
    with stage.app.connection_for_read() as connection, closing(connection.channel()) as channel:
        mine = Queue(name, no_declare=True)
        consumer = Consumer(channel, [mine], on_message=held.append, auto_declare=False)
        consumer.qos(prefetch_count=1, apply_global=apply_global)
        consumer.consume()
        connection.drain_events(timeout=10)
        consumer.qos(prefetch_count=2, apply_global=apply_global)
        with suppress(TimeoutError):
            connection.drain_events(timeout=QUIET_S)
    return len(held)
