"""
Run Celery's own tests with a guard on every app: python scripts/celerys_own_tests.py.

They come from the source distribution of the Celery that is installed, which is downloaded once.
Each runs without the guard and with it; a test that ends otherwise with the guard, twice in a row,
is a failure. This file is also the pytest plugin that installs the guards.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]

# What makes, sends and reads results. Not those of stamps and workers: they read none, and take a
# minute more.
CHOSEN: Final = (
    "t/unit/tasks/test_canvas.py",
    "t/unit/tasks/test_chord.py",
    "t/unit/tasks/test_context.py",
    "t/unit/tasks/test_result.py",
    "t/unit/tasks/test_states.py",
    "t/unit/tasks/test_tasks.py",
    "t/unit/tasks/test_trace.py",
    "t/unit/test_canvas.py",
    "t/unit/app/test_app.py",
    "t/unit/app/test_builtins.py",
    "t/unit/backends/test_asynchronous.py",
    "t/unit/backends/test_base.py",
    "t/unit/backends/test_cache.py",
    "t/unit/backends/test_redis.py",
    "t/unit/backends/test_rpc.py",
    "t/unit/contrib/test_abortable.py",
    "t/unit/contrib/test_manager.py",
)

_REPORT: Final = "CELERYKIT_REPORT"
_GUARDED: Final = "CELERYKIT_GUARDED"

Outcomes = dict[str, str]


def main() -> int:
    """Run them all both ways, and return 1 if a test ends otherwise with the guard."""
    began = time.monotonic()
    tests = unpacked(version("celery"))
    plain, guarded = both_ways(tests, CHOSEN)
    noted: Outcomes = {name: guarded.pop(name) for name in ("guards", "warnings")}
    differing = differences(plain, guarded)
    if differing:  # a slow machine changes some, too
        differing = differences(*both_ways(tests, sorted(differing)))
    for name, (before, after) in sorted(differing.items()):
        print(f"{name}: {before} without the guard, {after} with it")
    print(f"{noted['guards']} apps were guarded; {noted['warnings']}")
    print(summary(plain, differing, time.monotonic() - began))
    return 1 if differing or not plain or plain.keys() != guarded.keys() else 0


def unpacked(release: str) -> Path:
    """Return where the tests of Celery *release* are, without its code: the installed one runs."""
    place = ROOT / "build" / f"celery-{release}"
    if not (place / "t").is_dir():
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        what = ["--no-binary", "celery", "--dest", str(place), f"celery=={release}"]
        subprocess.run([*download, *what], check=True)
        with tarfile.open(place / f"celery-{release}.tar.gz") as archive:
            archive.extractall(place, filter="data")
        for name in ("t", "pyproject.toml"):
            shutil.move(place / f"celery-{release}" / name, place / name)
        shutil.rmtree(place / f"celery-{release}")
    return place


def both_ways(tests: Path, chosen: Sequence[str]) -> tuple[Outcomes, Outcomes]:
    """Return how the *chosen* tests end without the guard, and with it; both run at once."""
    running = [started(tests, chosen, guarded=guarded) for guarded in (False, True)]
    plain, guarded = [finished(*each) for each in running]
    return plain, guarded


def started(
    tests: Path, chosen: Sequence[str], *, guarded: bool
) -> tuple[subprocess.Popen[bytes], Path]:
    """Start the *chosen* tests; return the process, and the file that it will write."""
    report = tests / ("guarded.json" if guarded else "plain.json")
    report.unlink(missing_ok=True)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CELERY")},
        "PYTHONPATH": str(Path(__file__).parent),
        _REPORT: str(report),
        **({_GUARDED: "yes"} if guarded else {}),
    }
    plugins = ("no:cacheprovider", "celery.contrib.pytest", Path(__file__).stem)
    loading = [word for plugin in plugins for word in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "--no-summary", *loading, *chosen]
    with report.with_suffix(".log").open("wb") as log:
        running = subprocess.Popen(command, cwd=tests, env=environ, stdout=log, stderr=log)
    return running, report


def finished(running: subprocess.Popen[bytes], report: Path) -> Outcomes:
    """Return how each test of a run has ended."""
    running.wait()
    if not report.exists():
        raise SystemExit(report.with_suffix(".log").read_text(encoding="utf-8"))
    outcomes: Outcomes = json.loads(report.read_text(encoding="utf-8"))
    return outcomes


def differences(plain: Outcomes, guarded: Outcomes) -> dict[str, tuple[str, str]]:
    """Return how the tests end without the guard and with it, where that is not the same."""
    return {
        name: (before, guarded.get(name, "missing"))
        for name, before in plain.items()
        if guarded.get(name) != before
    }


def summary(plain: Outcomes, differing: dict[str, tuple[str, str]], seconds: float) -> str:
    """Return the line that CI looks for."""
    counts = Counter(outcome for name, outcome in plain.items() if name not in differing)
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    failed = f"{len(differing)} changed" if differing else "none changed"
    return f"===== Celery's own tests, both ways alike: {told}; {failed} in {seconds:.2f}s ====="


# --- the plugin: what follows runs inside pytest ------------------------------------------------

_outcomes: Final[Outcomes] = {}
_guards: Final[list[Any]] = []
_warnings: Final[Counter[str]] = Counter()


def pytest_configure() -> None:
    """Put a guard on each app that will be made, if that is wanted."""
    if _GUARDED not in os.environ:
        return
    from celery import Celery  # noqa: PLC0415 - not in the process that only starts pytest

    from celerykit import guard  # noqa: PLC0415 - as above

    make = Celery.__init__

    def made(self: Any, *args: Any, **options: Any) -> None:
        make(self, *args, **options)
        _guards.append(repr(guard(self)))

    Celery.__init__ = made  # type: ignore[method-assign]


def pytest_warning_recorded(warning_message: Any) -> None:
    """Count what the guards say."""
    name = warning_message.category.__name__
    if warning_message.category.__module__.startswith("celerykit"):
        _warnings[name] += 1


def pytest_runtest_logreport(report: Any) -> None:
    """Note how a test ends: its call, or the part before or after that went wrong."""
    if report.when == "call" or report.outcome != "passed":
        outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
        _outcomes.setdefault(report.nodeid, outcome)


def pytest_sessionfinish() -> None:
    """Write it all down."""
    told = {"guards": str(len(_guards)), "warnings": str(dict(_warnings))}
    extra = told if _GUARDED in os.environ else {}
    Path(os.environ[_REPORT]).write_text(json.dumps({**_outcomes, **extra}), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
