"""
The plugin in whole runs of pytest, as a user starts them, beside the plugins that users have.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

SUITES = Path(__file__).with_name("suites")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """
    Run pytest on one of the suites, with every warning an error, and return what it prints.
    """

    def run_pytest(suite: str, *options: str) -> str:
        copytree(SUITES / suite, tmp_path, dirs_exist_ok=True)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error"]
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    return run_pytest


def test_every_fixture(run):
    """
    All fixtures work together with no configuration, and a test that fails half-way leaves nothing.
    """
    printed = run("plain")

    assert "= 6 passed, 1 xfailed in" in printed, printed


def test_in_parallel(run):
    """
    Under xdist each process has its own, and none sees what another sends.
    """
    printed = run("plain", "-n", "2")

    assert "= 6 passed, 1 xfailed in" in printed, printed


def test_beside_celerys_own_plugin(run):
    """
    Celery's fixtures and ours work in one test: no name is taken twice.
    """
    printed = run("celerys", "-p", "celery.contrib.pytest")

    assert "= 2 passed in" in printed, printed


def test_switched_off(run):
    """
    Without the plugin there are no fixtures, and pytest says so.
    """
    printed = run("celerys", "-p", "celery.contrib.pytest", "-p", "no:celerykit")

    assert "fixture 'celerykit_sent' not found" in printed, printed
    assert "= 2 errors in" in printed, printed


def test_beside_pytest_django(run):
    """
    What tasks do is in the test's transaction; a worker sees what is committed.
    """
    printed = run("django")

    assert "= 4 passed in" in printed, printed


def test_configured(run):
    """
    The configuration file says what every test does, and a marker what one does.
    """
    printed = run("configured")

    assert "= 3 passed, 1 error in" in printed, printed
    assert "nothing that the test does not assert on was to be sent, but 1 call was" in printed
