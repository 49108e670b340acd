"""
CK107: a call is sent by an app that somebody made.
"""

import pytest
from celery import _state, shared_task
from celery.backends.base import DisabledBackend

from celerykit import CallRejected, call
from celerykit._facts import AppFacts
from celerykit.rules import of_app

from .asking import ask, printed
from .configured import configured


@pytest.fixture
def sweep(monkeypatch):
    """
    A shared task in a process whose app was never made.
    """
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)

    @shared_task(name="shop.sweep")
    def sweep():
        return 1

    return sweep


def test_the_app_that_celery_makes_up_is_found():
    """
    What the facts say of the app decides.
    """
    (finding,) = ask("CK107", {}, AppFacts(fallback=True))

    assert (finding.level, finding.option) == ("error", "app")


def test_is_refused_at_the_send(sweep):
    """
    The call is refused, with both remedies, before anything looks for a broker on this machine.
    """
    with pytest.raises(CallRejected) as caught:
        call(sweep).send()

    assert str(caught.value) == printed(
        "CK107",
        "no app of yours was found, so Celery's fallback app would send it to localhost. "
        "Import the module that makes your app before the call, and app.set_default() it.",
        task="shop.sweep",
    )


@pytest.mark.parametrize("facts", [AppFacts(fallback=False), AppFacts()], ids=["an app", "unknown"])
def test_near_miss_an_app_passes(facts):
    """
    An app that somebody made passes, and so does one that is not known.
    """
    assert ask("CK107", {}, facts) == []


def test_near_miss_a_shared_task_with_an_app_passes(app, set_current, message):
    """
    As soon as there is an app, the same shared task goes there.
    """
    set_current(app)

    @shared_task(name="shop.sweep")
    def sweep():
        return 1

    call(sweep).send()

    assert message().headers["task"] == "shop.sweep"


def test_harm_a_shared_task_finds_an_app_on_localhost(sweep):
    """
    With plain Celery a shared task without an app is bound to one that Celery makes up: RabbitMQ on
    this machine, and no results.
    """
    assert sweep.app.connection_for_write().as_uri().startswith("amqp://guest:**@localhost")
    assert isinstance(sweep.app.backend, DisabledBackend)


def test_the_whole_configuration_is_judged_too():
    """
    The doctor tells it without a call.
    """
    config = configured(facts={"fallback": True})

    (found,) = [each for each in of_app(config) if each.code == "CK107"]

    assert (found.task, found.option) == ("", "app")
