"""
CK605: a shared task in another thread belongs to nobody.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import _state, shared_task

from celerykit._read_config import config_of

from .configured import configured, told, words


def sweep():
    """
    What the shared task does.
    """


def test_shared_tasks_without_a_default_app_are_told():
    """
    The danger and the line to write are told.
    """
    assert words(told("CK605", configured(shared_tasks=True, default_app=False))) == [
        (
            "set_default()",
            "",
            (
                "in another thread than the one that made the app 'shop', a @shared_task goes to "
                "Celery's fallback app at amqp://guest@localhost"
            ),
            "Write app.set_default() after the line that makes the app",
        )
    ]


def test_set_default_is_the_remedy(app, monkeypatch):
    """
    What the remedy says is enough.
    """
    monkeypatch.setattr(_state, "default_app", None)
    shared_task(name="shop.shared")(sweep)
    assert len(told("CK605", config_of(app))) == 1

    app.set_default()

    assert told("CK605", config_of(app)) == []


@pytest.mark.parametrize(
    "known",
    [{"shared_tasks": True}, {"shared_tasks": False, "default_app": False}, {}],
    ids=repr,
)
def test_near_miss_a_default_app_or_no_shared_task_passes(known):
    """
    It takes both: a shared task, and no app for it.
    """
    assert told("CK605", configured(**known)) == []


@pytest.mark.usefixtures("_no_celery_environment")
def test_harm_plain_celery_makes_up_an_app(app, set_current, monkeypatch):
    """
    With plain Celery a shared task has this thread's app here, and Celery's own in another thread.
    """
    monkeypatch.setattr(_state, "default_app", None)
    set_current(app)
    shared = shared_task(name="shop.shared")(sweep)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: shared.app).result()

    assert shared.app is app
    assert other.main == "default"
    assert other.connection_for_write().as_uri() == "amqp://guest:**@localhost:5672//"
