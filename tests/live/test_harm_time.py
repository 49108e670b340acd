"""
Plain Celery: a time without a zone means another moment to the worker than to its caller.
"""

import time
from datetime import datetime
from typing import Any

import pytest

from .stage import Stage

pytestmark = pytest.mark.live

HOUR = 3600
TOKYO = "JST-9"  # spelt so that no zone files are needed
NEW_YORK = "EST5"
PATIENCE = 20


def scheduled(stage: Stage, hostname: str, task_id: str) -> float:
    """
    The moment until which this worker holds this task, asked of the worker itself.
    """
    inspect = stage.app.control.inspect(destination=[hostname], timeout=2, limit=1)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        held: list[dict[str, Any]] = (inspect.scheduled() or {}).get(hostname, [])
        for entry in held:
            if entry["request"]["id"] == task_id:
                return datetime.fromisoformat(entry["eta"]).timestamp()
    message = f"the worker never held {task_id}:\n{stage.logs()}"
    raise AssertionError(message)


def test_in_ten_minutes_in_tokyo_is_nine_hours_late(paused: Stage) -> None:
    """
    With plain Celery "ten minutes from now" by a clock in Tokyo waits nine hours more.
    """
    worker = paused.start()
    call = paused.program("naive_eta", paused.default, TZ=TOKYO)
    held = scheduled(paused, worker.hostname, call["id"])
    assert held - call["meant"] == pytest.approx(9 * HOUR, abs=1)


def test_in_ten_minutes_in_new_york_runs_at_once(live: Stage) -> None:
    """
    With plain Celery "ten minutes from now" by a clock in New York does not wait at all.
    """
    call = live.program("naive_eta", live.default, TZ=NEW_YORK)
    held = live.app.AsyncResult(call["id"]).get(timeout=PATIENCE)
    assert held["eta"] == call["wrote"]
    assert held["ran_at"] < call["meant"] - 500
