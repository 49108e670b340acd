"""The demo runs as a user runs it: a program of its own, quick, and pleasant to read."""

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[1] / "examples" / "demo.py"


def run_demo(**environment):
    """
    Run the demo in a process of its own.
    """
    return subprocess.run(
        [sys.executable, str(DEMO)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def output():
    """
    What the demo prints, in a process where somebody else's broker is configured.
    """
    started = time.monotonic()
    done = run_demo(CELERY_BROKER_URL="redis://nowhere.invalid", CELERY_RESULT_BACKEND="nonsense")

    assert (done.returncode, done.stderr) == (0, "")
    assert time.monotonic() - started < 20  # about 3 s, on a machine that does nothing else
    return done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "call          call(shop.add, 2, 3)",
        "                  .priority(Priority.HIGH)",
        "sent          shop.add to the queue 'high'",
        "  priority    7, in the numbers of this broker",
        "  tenant      acme",
        "sent          billing.charge to the queue 'celery'",
        "  in logs     (7,) {'cents': ***}",
        "call          call(add, 2, 3).options(count_down=10)",
        "call          call(add, 2, 3).eta(datetime(2031, 5, 1, 9, 30))",
        "call          call(add, 2, 3).countdown(60).expires(30)",
        "celerykit     shop.add was not sent:",
        "                CK201 'count_down' is not an option. Did you mean .countdown()?",
        "Every result was as expected.",
    ],
)
def test_demo_shows(output, line):
    """
    The demo prints what was sent, what came back, and what was refused.
    """
    assert line in output.splitlines()


@pytest.mark.parametrize(
    ("result", "times"), [("5,", 1), ("'Hello Ann.',", 2), ("'receipt-7-1250',", 1)]
)
def test_demo_shows_results(output, result, times):
    """
    The demo prints each result as it came back.
    """
    assert output.count(f"came back     {result} after ") == times


def test_demo_fits_a_terminal(output):
    """
    No line of the demo is wider than a hundred characters.
    """
    assert max(map(len, output.splitlines())) <= 100


def test_demo_is_right_about_celery(app):
    """
    Celery itself accepts the three calls that the demo shows being refused.
    """

    @app.task
    def add(x, y):
        return x + y

    naive = datetime(2031, 5, 1, 9, 30)  # noqa: DTZ001 - the mistake

    sent = [
        add.apply_async((2, 3), count_down=10),
        add.apply_async((2, 3), eta=naive),
        add.apply_async((2, 3), countdown=60, expires=30),
    ]

    assert len({result.id for result in sent}) == 3


def test_demo_fails_loudly(tmp_path):
    """
    The demo ends with an error when a result is not what it should be.
    """
    broken = tmp_path / "demo.py"
    source = DEMO.read_text(encoding="utf-8")
    broken.write_text(source.replace("return x + y", "return x - y"), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, str(broken)], capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert "the demo failed: wanted 5, found -1" in done.stderr
