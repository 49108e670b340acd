"""
Run the examples in the README, in docs/ and in the rules as tests.

Each page is one namespace, read from top to bottom.
"""

import os
from collections.abc import Callable, Iterator
from doctest import ELLIPSIS
from typing import Any

import pytest
from celery import _state
from celery.worker.request import Request
from kombu.transport.memory import Channel
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser


@pytest.fixture(autouse=True)
def _no_celery_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Keep the broker of whoever runs the tests out of them.
    """
    for name in tuple(os.environ):
        if name.startswith("CELERY_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_apps_of_others() -> Iterator[None]:
    """
    Keep the tasks and apps of one test out of the next: Celery gives each task to every app.
    """
    tasks, apps, default = set(_state._on_app_finalizers), set(_state._apps), _state.default_app
    current = _state._tls.current_app
    yield
    _state._tls.current_app = current
    _state._on_app_finalizers.intersection_update(tasks)
    for app in set(_state._apps) - apps:
        _state._deregister_app(app)
    _state.default_app = default


@pytest.fixture
def work() -> Callable[[Any], None]:
    """
    Do what a worker would, when a page says so: run all that waits in the in-memory broker.

    At once, whatever its eta: a page is not read with a stopwatch.
    """

    def run_all(app: Any) -> None:
        with app.connection_for_read() as connection:
            channel = connection.default_channel
            while any(len(queue.queue) for queue in Channel.queues.values()):
                for name in list(Channel.queues):
                    _run(app, channel.basic_get(name, no_ack=True))

    return run_all


def _run(app: Any, message: Any) -> None:
    """
    Run the task of one message if the app has it, as a worker does, and keep its result.
    """
    task = app.tasks.get(message.headers["task"]) if message else None
    if task is not None:
        Request(message, app=app, task=task).execute()


def _as_a_program(namespace: dict[str, Any]) -> None:
    """
    Name the tasks of a page as Celery names those of a program: after its app.
    """
    namespace["__name__"] = "__main__"


def _with_two_tasks(namespace: dict[str, Any]) -> None:
    """
    Give the page of a rule what its examples leave out: the imports, an app and two tasks.
    """
    _as_a_program(namespace)
    exec(_RULE_PRELUDE, namespace)  # noqa: S102 - written below, as a reader would write it


_RULE_PRELUDE = """
from datetime import datetime, timedelta, timezone

from celery import Celery
from celerykit import *

app = typed_app(Celery("proj", broker="memory://"))

@app.task(shared=False)
def add(x: int, y: int) -> int:
    return x + y

@app.task(shared=False)
def greet(name: str, loud: bool = False) -> str:
    return f"hello {name}"
"""


def _leave_no_messages(_namespace: dict[str, Any]) -> None:
    """
    Empty the in-memory broker, which is one for the whole process.
    """
    Channel.queues.clear()


_parsers = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]
# Sybil asks for fixtures by name, even for those that every test uses.
_fixtures = ["_no_celery_environment", "_no_apps_of_others"]
_pages = Sybil(
    _parsers,
    patterns=["README*.md", "docs/*.md"],
    exclude="docs/rules/*.md",  # made from the rules, which run below
    setup=_as_a_program,
    teardown=_leave_no_messages,
    fixtures=[*_fixtures, "work"],
)
_rules = Sybil(
    _parsers,
    pattern="src/celerykit/rules/*.py",
    setup=_with_two_tasks,
    teardown=_leave_no_messages,
    fixtures=_fixtures,
)

pytest_collect_file = (_pages + _rules).pytest()
