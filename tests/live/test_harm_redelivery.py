"""
Plain Celery on Redis: a call that waits longer than the visibility timeout is handed out again.
"""

import time
from collections.abc import Callable
from typing import Any

import pytest
from celery.beat import Scheduler

from .brokers import REDIS
from .stage import Stage

pytestmark = [pytest.mark.live, pytest.mark.parametrize("broker", [REDIS], indirect=True)]

PATIENCE = 60


def test_harm_ck230_two_workers_hold_one_call(make_stage: Callable[..., Stage]) -> None:
    """
    With plain Celery a countdown beyond the visibility timeout is delivered to a second worker
    while the first one holds it: both will run it.
    """
    every_second = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    stage = make_stage(broker_transport_options={"visibility_timeout": 1, **every_second})
    result = stage.tasks.add.apply_async((2, 3), countdown=600)

    workers = [stage.start(), stage.start()]

    for worker in workers:
        wait_until_held(stage, worker.hostname, result.id)


def wait_until_held(stage: Stage, hostname: str, task_id: str) -> None:
    """
    Return when a worker, asked itself, says that it holds this call for later.
    """
    inspect = stage.app.control.inspect(destination=[hostname], timeout=2, limit=1)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        entries: list[dict[str, Any]] = (inspect.scheduled() or {}).get(hostname, [])
        if task_id in [entry["request"]["id"] for entry in entries]:
            return
    message = f"{hostname} never held {task_id}:\n{stage.logs()}"
    raise AssertionError(message)


def test_harm_ck610_beat_sends_what_two_workers_hold(make_stage: Callable[..., Stage]) -> None:
    """
    With plain Celery an entry of beat whose countdown is beyond the visibility timeout is delivered
    to a second worker while the first one holds it.
    """
    every_second = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    stage = make_stage(broker_transport_options={"visibility_timeout": 1, **every_second})
    entry = {"task": "live.add", "schedule": 3600.0, "args": (2, 3), "options": {"countdown": 600}}
    scheduler = Scheduler(stage.app, lazy=True)
    scheduler.update_from_dict({"later": entry})
    result = scheduler.apply_async(scheduler.schedule["later"], advance=False)

    workers = [stage.start(), stage.start()]

    for worker in workers:
        wait_until_held(stage, worker.hostname, result.id)
