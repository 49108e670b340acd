"""
CK104: a task that lives elsewhere does not run here.
"""

import pytest

from celerykit import call, remote

from .asking import printed, refusal, refused


@pytest.fixture
def mul(app):
    """
    A task of another service.
    """

    @remote("other.mul", app=app)
    def mul(x, y=1):
        raise NotImplementedError

    return mul


def test_calling_it_is_refused(mul):
    """
    Calling a remote task like a function says how to send it.
    """
    assert str(refusal(lambda: mul(2, 3))) == printed(
        "CK104",
        "it runs in another service, and cannot run here. Send it: call(mul, ...).send().",
        task="other.mul",
    )


def test_applying_it_is_refused(mul):
    """
    `.apply()` runs here and now, which a remote task cannot.
    """
    assert refused(call(mul, 2, 3).apply) == [("CK104", "", "")]


def test_near_miss_sending_and_signing_it_pass(mul, message):
    """
    What a remote task is for goes through: to be sent, and to be handed out as a signature.
    """
    call(mul, 2, 3).send()

    assert message().headers["task"] == "other.mul"
    assert call(mul, 2, 3).signature().task == "other.mul"


def test_near_miss_a_local_task_runs_here(add):
    """
    A task of this process can be called and applied.
    """
    assert add(2, 3) == 5
    assert call(add, 2, 3).apply().get(timeout=None) == 5


def test_harm_a_stub_runs_instead_of_the_task(app):
    """
    With plain Celery a stub that carries the name runs here, and answers None for the real task.
    """

    @app.task(name="other.mul")
    def mul(x, y=1):
        """Stand for the task of the other service."""

    app.conf.task_always_eager = True

    assert mul(2, 3) is None
    assert mul.delay(2, 3).get() is None
