"""
A suite of a user without any configuration.
"""

import threading

import pytest
from celery import _state

# Not None where another plugin has asked for Celery's current app before.
BEFORE = _state.default_app, _state._tls.current_app


@pytest.mark.xfail(raises=ZeroDivisionError, strict=True)
def test_that_fails(celerykit_sent, celerykit_app, celerykit_worker, celerykit_clock):
    """
    A test that breaks off with calls that nobody has run.
    """
    celerykit_app.send_task("never.run", countdown=3600)
    _ = 1 / 0


@pytest.mark.parametrize("number", range(4))
def test_all(number, celerykit_sent, celerykit_app, celerykit_worker, celerykit_clock):
    """
    All fixtures at once.
    """

    @celerykit_app.task(name="suite.add")
    def add(x: int, y: int) -> int:
        return x + y

    assert add.delay(number, 1).get(timeout=20) == number + 1
    celerykit_sent.assert_only(add, number, 1)


def test_sent(celerykit_sent, celerykit_app):
    """
    Without a worker the test runs what was sent.
    """
    celerykit_app.task(name="suite.number")(number)
    result = celerykit_app.send_task("suite.number")

    celerykit_sent.run()

    assert result.get() == 1


def number() -> int:
    """
    Return one.
    """
    return 1


def test_nothing_is_left():
    """
    The tests before have left nothing.
    """
    assert not [each for each in threading.enumerate() if each.name.startswith("celerykit")]
    assert (_state.default_app, _state._tls.current_app) == BEFORE
