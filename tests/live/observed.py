"""
Questions that a live test may ask the workers themselves, through Celery's remote control.
"""

import time
from datetime import datetime
from typing import Any

from .stage import SOON, Stage


def scheduled(stage: Stage, task_id: str) -> float:
    """
    The moment until which a worker of this stage holds this task, as the worker says it.
    """
    hosts = [worker.hostname for worker in stage.workers]
    inspect = stage.app.control.inspect(destination=hosts, timeout=2, limit=len(hosts))
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        for held in (inspect.scheduled() or {}).values():
            for entry in held:
                if entry["request"]["id"] == task_id:
                    return datetime.fromisoformat(entry["eta"]).timestamp()
    message = f"no worker ever held {task_id}:\n{stage.logs()}"
    raise AssertionError(message)


def listen(stage: Stage, queue: str, **binding: Any) -> None:
    """
    Tell the one worker of this stage to read one more queue, and return when it does.
    """
    (host,) = [worker.hostname for worker in stage.workers]
    stage.app.control.add_consumer(queue, destination=[host], **binding)
    inspect = stage.app.control.inspect(destination=[host], timeout=2, limit=1)
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if queue in [each["name"] for each in (inspect.active_queues() or {}).get(host, [])]:
            return
    message = f"the worker never read {queue}:\n{stage.logs()}"
    raise AssertionError(message)
