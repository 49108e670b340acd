"""What tests wait for: our worker beside Celery's own, capture() with run(), the unused plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from celery import Celery
from celery.contrib.testing.worker import start_worker
from promises import Line
from timing import Spread

from celerykit.testing import capture, worker

__all__ = ["lines"]

_READY_MS = 300
_TRIP_MS = 50
_TEARDOWN_MS = 500
_PLUGIN_MS = 20
_WORKERS = 3
_TRIPS = 3  # to a worker; Celery's own take about a second each
_RUNS = 20
_SUM = 5  # of 2 and 3

_OPTIONS = ("-q", "-p", "no:cacheprovider")
_PROGRAM = """
import sys, time
import pytest
assert pytest.main(sys.argv[1:]) == 0
print(time.process_time())  # of this process alone, however busy the machine
"""


def lines() -> Iterator[Line]:
    """Yield how long each takes, in milliseconds; both workers in turns."""
    ours, theirs = _Times(), _Times()
    for _ in range(_WORKERS):
        ours.take(worker)
        theirs.take(lambda app: start_worker(app, perform_ping_check=False))
    for name, limit in (("ready", _READY_MS), ("round trip", _TRIP_MS), ("teardown", _TEARDOWN_MS)):
        yield _line(f"worker(): {name}", ours.of[name], limit)
        yield _line(f"celery.contrib.testing: {name}", theirs.of[name])
    yield _line("capture(), a send, run() and get()", _captured())
    yield _line("the plugin, in a run that uses no fixture", _unused(), _PLUGIN_MS)


def _line(name: str, seconds: list[float], limit: float | None = None) -> Line:
    return Line(name, "-", Spread.of(seconds) * 1000, "ms", limit)


class _Times:
    """How long each phase of a worker took, in seconds."""

    def __init__(self) -> None:
        self.of: dict[str, list[float]] = {"ready": [], "round trip": [], "teardown": []}

    def take(self, make: Callable[[Any], AbstractContextManager[object]]) -> None:
        """Time one worker of a new app from its start to its end."""
        app, add = _app_with_a_task()
        start = perf_counter()
        with make(app):
            self.of["ready"].append(perf_counter() - start)
            for _ in range(_TRIPS):
                start = perf_counter()
                assert add.delay(2, 3).get(timeout=30) == _SUM
                self.of["round trip"].append(perf_counter() - start)
            start = perf_counter()
        self.of["teardown"].append(perf_counter() - start)
        app.close()


def _app_with_a_task() -> tuple[Any, Any]:
    app = Celery("bench", broker="memory://", backend="cache+memory://", set_as_current=False)

    @app.task(name="bench.add", shared=False)
    def add(x: int, y: int) -> int:
        return x + y

    return app, add


def _captured() -> list[float]:
    times: list[float] = []
    app, add = _app_with_a_task()
    for _ in range(_RUNS):
        start = perf_counter()
        with capture(app) as sent:
            result = add.delay(2, 3)
            sent.run()
            assert result.get(timeout=30) == _SUM
        times.append(perf_counter() - start)
    app.close()
    return times


def _unused() -> list[float]:
    """Return how much longer pytest takes with the plugin than without, run after run."""
    with TemporaryDirectory() as place:
        Path(place, "test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(place, "cache"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def spent(*options: str) -> float:
            command = [sys.executable, "-c", _PROGRAM, *_OPTIONS, *options]
            run = subprocess.run(
                command, cwd=place, env=environment, capture_output=True, text=True, check=True
            )
            return float(run.stdout.splitlines()[-1])

        spent(), spent("-p", "no:celerykit")  # compiles
        return [spent() - spent("-p", "no:celerykit") for _ in range(_RUNS)]
