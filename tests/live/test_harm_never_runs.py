"""
Plain Celery: calls that are accepted, and never run.
"""

import logging
from datetime import datetime, timedelta, timezone

import pytest
from celery.exceptions import TaskRevokedError

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20


def test_harm_ck207_an_expiry_before_the_start(live: Stage) -> None:
    """
    With plain Celery a call that expires before its countdown is held by the worker for nothing.
    """
    result = live.tasks.add.apply_async((2, 3), countdown=0.3, expires=0.1)

    with pytest.raises(TaskRevokedError):
        result.get(timeout=PATIENCE)


@pytest.mark.parametrize(
    "expires", [0, datetime.now(timezone.utc) - timedelta(hours=1)], ids=["0", "past"]
)
def test_harm_ck204_ck207_an_expiry_that_is_over(
    paused: Stage, expires: float | datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """
    With plain Celery an expiry of zero, or a past one, is published. RabbitMQ drops it, and whoever
    waits for the result waits for ever; on Redis the worker revokes it.
    """
    caplog.set_level(logging.ERROR)
    result = paused.tasks.add.apply_async((2, 3), expires=expires)
    paused.tasks.add.delay(1, 1)
    paused.wait_depth(paused.default, {RABBITMQ: 1, REDIS: 2}[paused.broker.name])

    paused.start()

    if paused.broker.name == REDIS:
        with pytest.raises(TaskRevokedError):
            result.get(timeout=PATIENCE)
    else:
        assert paused.tasks.add.delay(1, 1).get(timeout=PATIENCE) == 2
        assert result.state == "PENDING"


def test_harm_ck226_a_misspelt_queue_keeps_its_message(live: Stage) -> None:
    """
    With plain Celery a misspelt queue is made on the broker, and no worker reads it.
    """
    slip = live.queue(f"hihg-{live.unique()}")

    live.tasks.add.apply_async((2, 3), queue=slip)

    live.wait_depth(slip, 1)


def test_harm_ck301_pickle_is_thrown_away(paused: Stage) -> None:
    """
    With plain Celery pickle is sent, the worker refuses to read it, and the result never comes.
    """
    worker = paused.start()
    refused = paused.tasks.add.apply_async((2, 3), serializer="pickle")

    assert paused.tasks.add.delay(1, 1).get(timeout=PATIENCE) == 2

    assert "Refusing to deserialize" in worker.log()
    assert refused.state == "PENDING"
