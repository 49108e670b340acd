"""
CK631: results are kept where the caller cannot read them.
"""

import subprocess
import sys

import pytest
from celery.exceptions import TimeoutError as NoResult

from celerykit._read_config import config_of

from .configured import configured, told

BROKER = "redis://127.0.0.1:1/0"
WORKER = """
from celery import Celery

app = Celery("shop", broker="memory://", backend="cache+memory://")
app.backend.store_result("kept-elsewhere", 5, "SUCCESS")
print(app.AsyncResult("kept-elsewhere").get(timeout=1))
"""
REMEDY = "Use a backend that all processes reach, for example 'redis://localhost:6379/1'"


def test_results_in_the_memory_of_a_worker_are_told(make_app):
    """
    The app, the setting and the remedy are told.
    """
    app = make_app(broker_url=BROKER)

    (found,) = told("CK631", config_of(app))

    assert found.message == (
        f"the app {app.main!r} has result_backend='cache+memory://' "
        "(result_backend in Celery(...) or app.conf), "
        "which is in the memory of the process that runs the task"
    )
    assert (found.option, found.value, found.remedy) == (
        "result_backend",
        "'cache+memory://'",
        REMEDY,
    )
    assert found.where == "result_backend in Celery(...) or app.conf"


def test_a_backend_that_came_too_late_is_told(make_app):
    """
    Once the app has made a backend, another setting is none.
    """
    app = make_app(result_backend=None)
    assert app.backend

    app.conf.result_backend = "file:///tmp"

    (found,) = told("CK631", config_of(app))
    assert "the backend in use is disabled" in found.message


def test_a_variable_of_another_name_is_told(make_app, monkeypatch):
    """
    What stands in the environment under a name that Celery does not read is told.
    """
    monkeypatch.setenv("CELERY_BACKEND_URL", "redis://localhost")

    (found,) = told("CK631", config_of(make_app(result_backend=None)))

    assert found.option == "CELERY_BACKEND_URL"
    assert found.remedy == "Call it CELERY_RESULT_BACKEND"


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"broker_url": BROKER, "result_backend": "file:///tmp"},
        {"broker_url": BROKER, "result_backend": "rpc://"},
        {"broker_url": BROKER, "result_backend": None},
        {"broker_url": BROKER, "result_backend": None, "results_backend": "redis://localhost"},
        {"broker_url": BROKER, "task_always_eager": True},
    ],
    ids=repr,
)
def test_near_miss_results_within_reach_pass(make_app, settings):
    """
    All passes that its readers can read, rpc for the caller too; so does no backend, as nobody may
    want results, and a wrong name that another rule tells.
    """
    assert told("CK631", config_of(make_app(**settings))) == []


def test_near_miss_what_is_not_known_passes():
    """
    Where no problem is known, nothing is said.
    """
    assert told("CK631", configured()) == []


def test_harm_plain_celery_waits_for_what_is_elsewhere(make_app):
    """
    With plain Celery a result that another process has kept in its memory never comes.
    """
    done = subprocess.run(
        [sys.executable, "-c", WORKER], capture_output=True, text=True, check=True
    )

    assert done.stdout == "5\n"
    with pytest.raises(NoResult):
        make_app().AsyncResult("kept-elsewhere").get(timeout=0.2)
