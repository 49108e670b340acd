"""
Plain Celery: what one number for `priority` means, as seen in the order of execution.
"""

import pytest

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

SENT = [5, 0, 9, None, 3, 6, 1, 2]
RAN = {
    REDIS: [0, None, 1, 2, 5, 3, 6, 9],
    RABBITMQ: [9, 6, 5, 3, 2, 1, 0, None],
}


def order(stage: Stage, queue: str) -> list[int | None]:
    """
    Send one note for each priority, start a worker after that, and say in which order they ran.
    """
    trail = stage.unique()
    for priority in SENT:
        stage.tasks.note.apply_async((trail, priority), queue=queue, priority=priority)
    stage.wait_depth(queue, len(SENT))
    stage.start(queue)
    return [note.label for note in stage.notes(trail, len(SENT))]


def test_the_same_number_is_first_on_one_broker_and_last_on_the_other(paused: Stage) -> None:
    """
    With plain Celery priority 9 runs first on RabbitMQ and last on Redis, and no priority is the
    least urgent on the one and among the most urgent on the other.
    """
    assert order(paused, paused.ranked) == RAN[paused.broker.name]


@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)
def test_harm_ck630_a_queue_without_x_max_priority_ignores_it(paused: Stage) -> None:
    """
    On RabbitMQ a queue declared without x-max-priority runs in the order of sending, silently.
    """
    assert order(paused, paused.high) == SENT
