"""
Plain Celery: an option that it does not know, or a header that it does, is taken without a word.
"""

import pytest

from .brokers import RABBITMQ
from .stage import Stage

pytestmark = pytest.mark.live


def test_a_misspelt_countdown_does_not_wait(live: Stage) -> None:
    """
    With plain Celery `count_down=600` is accepted and the task runs at once.
    """
    held = live.tasks.echo.apply_async(count_down=600).get(timeout=20)
    assert held["eta"] is None


def test_a_header_named_task_runs_another_task(live: Stage) -> None:
    """
    With plain Celery a header of the caller's own, named "task", makes the worker run another task.
    """
    result = live.tasks.echo.apply_async((2, 3), headers={"task": live.tasks.add.name})
    assert result.get(timeout=20) == 5


@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)
def test_an_option_that_is_an_amqp_property_loses_two_messages(paused: Stage) -> None:
    """
    With plain Celery `user_id="bob"` loses its message without a word on RabbitMQ, and the
    exception is raised by an innocent call, whose message is lost too.
    """
    parked = paused.queue("parked")
    call = paused.program("wrong_user", parked)
    assert "PreconditionFailed" in call["told"]
    assert "user_id property set to 'bob'" in call["told"]
    assert [message.headers["id"] for message in paused.take(parked)] == [call["after"]]
    assert paused.depth(parked) == 0
