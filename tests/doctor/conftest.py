"""
Projects to examine, each in the working directory as long as a test runs.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.bin.celery import celery
from click.testing import CliRunner, Result

PROJECTS = Path(__file__).parent / "projects"
# What the shell of whoever runs the tests may say about apps and colours.
_SHELL = ("NO_COLOR", "APP", "BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE")


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """
    Work in a directory, and forget afterwards every module that was imported from it.
    """
    before = {*sys.modules}
    for name in _SHELL:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    yield monkeypatch.chdir
    for name in {*sys.modules} - before:
        if "celery" not in name:
            del sys.modules[name]


@pytest.fixture
def write(enter: Callable[[Path], None], tmp_path: Path) -> Callable[..., None]:
    """
    Write the modules of a project, and work in its directory.
    """

    def make(**modules: str) -> None:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source)
        enter(tmp_path)

    return make


@pytest.fixture
def run() -> Callable[..., Result]:
    """
    Run ``celery`` with these words, in this process.
    """

    def invoke(*words: str, color: bool = False, **environment: Any) -> Result:
        return CliRunner().invoke(
            celery, words, env=environment, color=color, auto_envvar_prefix="CELERY"
        )

    return invoke
