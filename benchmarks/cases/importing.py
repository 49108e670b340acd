"""Importing celerykit, in a program that uses Celery anyway."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from promises import Line
from timing import Spread

__all__ = ["lines"]

_FORBIDDEN = {"asyncio", "celery.canvas", "django", "kombu", "pytest", "redis"}
_LIMIT_MS = 5.0
_TIMES = 25

# `import celery` alone loads next to nothing; a program with a task has loaded its app too.
_BEFORE = {
    "import celerykit, after `import celery`": "import celery",
    "the same, after `from celery import Celery`": "from celery import Celery",
}

_PROGRAM = """
import sys, time
{before}
start = time.process_time()  # of this process alone, however busy the machine
import celerykit
print((time.process_time() - start) * 1000)
print(*sys.modules)
"""


def lines() -> Iterator[Line]:
    """Yield the time of the import, and how many modules it loads that it must not."""
    with TemporaryDirectory() as cache:
        # Compiled files, as an installed package has them, whatever this shell says of them.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for name, before in _BEFORE.items():
            _run(before, environment)  # compiles
            runs = [_run(before, environment) for _ in range(_TIMES)]
            times = Spread.of([milliseconds for milliseconds, _ in runs])
            yield Line(name, "-", times, "ms", _LIMIT_MS)
        yield _unwanted(_run("import celery", environment)[1])


def _unwanted(loaded: set[str]) -> Line:
    found = sorted(_FORBIDDEN & loaded)
    name = ": ".join(["modules it must not load", *([", ".join(found)] if found else [])])
    return Line(name, "-", Spread.of([len(found)]), "", 0)


def _run(before: str, environment: dict[str, str]) -> tuple[float, set[str]]:
    command = [sys.executable, "-c", _PROGRAM.format(before=before)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    milliseconds, modules = run.stdout.splitlines()
    return float(milliseconds), set(modules.split())
