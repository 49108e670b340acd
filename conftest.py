"""
Run the examples in the README, in docs/ and in the rules as tests.

Each page is one namespace, read from top to bottom.
"""

import gc
import os
import sys
from collections.abc import Callable, Generator, Iterator
from doctest import ELLIPSIS
from typing import Any

import pytest
from celery import Celery, _state
from celery.worker.request import Request
from kombu.transport.memory import Channel
from sybil import Example, Sybil
from sybil.document import PythonDocStringDocument
from sybil.example import NotEvaluated
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser


def pytest_configure(config: pytest.Config) -> None:
    """
    Count lines here alone: what the tests start is a program as a user runs it.
    """
    if hasattr(config, "workerinput"):  # one of pytest-xdist's processes, which have started to
        os.environ.pop("COVERAGE_PROCESS_START", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """
    Collect garbage at the end of each file, so that whoever left something open is named.

    Else it is found in whatever test runs when Python comes to collect it. Pages are many and
    small: what they leave is found with the next file.
    """
    yield
    over = isinstance(item, pytest.Function) and nextitem is not None and nextitem.path != item.path
    if over or nextitem is None:
        left = _collect()
        # Brokers that die under a client leave it with sockets that nobody closes.
        if left and item.get_closest_marker("live") is None:
            pytest.fail(f"the tests in {item.path.name} left behind:\n" + "\n".join(left))


def pytest_collection_finish() -> None:
    """
    Have Python look through what the tests make, and not each time through all the tests.
    """
    gc.freeze()


def _collect() -> list[str]:
    """
    Collect garbage, and return what complained about being thrown away.
    """
    left: list[str] = []
    hook = sys.unraisablehook
    sys.unraisablehook = lambda thrown: left.append(f"{thrown.exc_value!r} in {thrown.object!r}")
    try:
        gc.collect()
    finally:
        sys.unraisablehook = hook
    return left


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
    # An app that lives longer than one test gets the shared tasks of each: it is given none twice.
    finished = {app: set(app.tasks) for app in apps if app.finalized}
    yield
    _state._tls.current_app = current
    _state._on_app_finalizers.intersection_update(tasks)
    for app in set(_state._apps) - apps:
        _state._deregister_app(app)
    for app, names in finished.items():
        for name in set(app.tasks) - names:
            del app.tasks[name]
    _state.default_app = default


@pytest.fixture
def _no_default_app(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    Keep the app of a test that has run a worker out of the pages.
    """
    monkeypatch.setattr(_state, "default_app", None)


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


class _RulePage(PythonDocStringDocument):
    """
    The page of a rule, whose examples run as a program of its reader's, not inside the rule.
    """

    def import_document(self, example: Example) -> None:
        """
        Leave the names of the rule's module out.
        """
        self.pop_evaluator(self.import_document)
        raise NotEvaluated


def _leave_nothing(namespace: dict[str, Any]) -> None:
    """
    Empty the in-memory broker, which is one for the whole process, and have Celery forget the apps
    of the page: it gives the shared tasks of the next page to each app that it knows.
    """
    Channel.queues.clear()
    for value in namespace.values():
        if issubclass(type(value), Celery):  # isinstance would look behind a task that is gone
            _state._deregister_app(value)


_parsers = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]
# Sybil asks for fixtures by name, even for those that every test uses.
_fixtures = ["_no_celery_environment", "_no_apps_of_others"]
_pages = Sybil(
    _parsers,
    patterns=["README*.md", "docs/*.md"],
    exclude="docs/rules/*.md",  # made from the rules, which run below
    setup=_as_a_program,
    teardown=_leave_nothing,
    fixtures=[*_fixtures, "work"],
)
_rules = Sybil(
    _parsers,
    pattern="src/celerykit/rules/*.py",
    document_types={".py": _RulePage},
    setup=_with_two_tasks,
    teardown=_leave_nothing,
    fixtures=[*_fixtures, "_no_default_app"],
)

pytest_collect_file = (_pages + _rules).pytest()
