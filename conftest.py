"""
Run the examples in the README, in docs/ and in the rules as tests.

Each page is one namespace, read from top to bottom.
"""

import os
from doctest import ELLIPSIS
from typing import Any

import pytest
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

@app.task
def add(x: int, y: int) -> int:
    return x + y

@app.task
def greet(name: str, loud: bool = False) -> str:
    return f"hello {name}"
"""

_parsers = [PythonCodeBlockParser(doctest_optionflags=ELLIPSIS), SkipParser()]
_fixtures = ["_no_celery_environment"]
_pages = Sybil(
    _parsers,
    patterns=["README*.md", "docs/*.md", "docs/*/*.md"],
    setup=_as_a_program,
    fixtures=_fixtures,
)
_rules = Sybil(
    _parsers,
    pattern="src/celerykit/rules/*.py",
    setup=_with_two_tasks,
    fixtures=_fixtures,
)

pytest_collect_file = (_pages + _rules).pytest()
