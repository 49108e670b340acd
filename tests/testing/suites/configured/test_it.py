"""
A suite whose configuration is strict, and allows what a rule objects to.
"""

import sys

import pytest


def test_nothing_is_loaded():
    """
    Until a fixture is asked for, neither Celery nor more of celerykit is there.
    """
    assert not {"celery", "kombu", "celerykit.testing", "celerykit._call"} & sys.modules.keys()


@pytest.mark.celerykit(strict=False)
def test_a_marker_wins(celerykit_sent, celerykit_app):
    """
    One test need not assert on all, and may use what the configuration allows.
    """
    celerykit_app.task(name="suite.work")(work).apply_async(contdown=10)

    assert len(celerykit_sent) == 1


def test_strict(celerykit_sent, celerykit_app, celerykit_worker):
    """
    A test that forgets to assert on a call, which ends in an error.
    """
    celerykit_app.task(name="suite.work")(work).delay().get(timeout=20)


def work() -> None:
    """
    Do nothing.
    """
