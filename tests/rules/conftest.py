"""
What a worker's own code makes of the messages that plain Celery sends.
"""

from collections.abc import Callable
from typing import Any

import pytest
from celery import Celery
from celery.worker.request import Request


@pytest.fixture
def received(app: Celery, message: Callable[..., Any]) -> Callable[..., Request]:
    """
    Take the one message that waits in a queue as a worker does, without running it.
    """

    def receive(queue: str | None = None) -> Request:
        sent = message(queue)
        return Request(sent, app=app, task=app.tasks[sent.headers["task"]])

    return receive


@pytest.fixture
def outcome(app: Celery, received: Callable[..., Request]) -> Callable[..., tuple[str, Any]]:
    """
    Run the one message that waits as a worker does, and return its state and its result.
    """

    def run(queue: str | None = None) -> tuple[str, Any]:
        request = received(queue)
        request.execute()
        result = app.AsyncResult(request.id)
        return result.state, result.result

    return run
