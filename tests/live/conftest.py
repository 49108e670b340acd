"""
Fixtures: a real broker, an isolated stage on it, and a stage where a worker already runs.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .brokers import RABBITMQ, REDIS, Broker, find
from .stage import HERE, Stage


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Where two processes share the work, one broker is the work of one: its worker starts once.
    """
    for item in items:
        if HERE in item.path.parents:
            values = getattr(getattr(item, "callspec", None), "params", {})
            item.add_marker(pytest.mark.xdist_group(values.get("broker", item.path.stem)))


@pytest.fixture(scope="session", autouse=True)
def no_celery_environment() -> Iterator[None]:
    """
    Keep CELERY_* variables, which win over the code, away from these tests to the very end.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if name.startswith("CELERY_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def backend() -> Broker:
    """
    Results and trails are kept in Redis, whichever broker carries the messages.
    """
    return find(REDIS)


@pytest.fixture(scope="session", params=[REDIS, RABBITMQ])
def broker(request: pytest.FixtureRequest) -> Broker:
    """
    A real broker: every test that asks for it runs once on each.
    """
    return find(request.param)


@pytest.fixture(scope="session")
def live(
    broker: Broker, backend: Broker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """
    A stage whose worker is running: send, and read what came back. Shared, so use your own names.
    """
    stage = Stage(broker, backend, tmp_path_factory.mktemp(f"live-{broker.name}"))
    try:
        stage.start()
        yield stage
    finally:
        stage.close()


@pytest.fixture
def make_stage(broker: Broker, backend: Broker, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """
    Make a stage of your own, with more Celery settings: `make_stage(timezone="Asia/Tokyo")`.
    """
    made: list[Stage] = []

    def make(**settings: Any) -> Stage:
        made.append(Stage(broker, backend, tmp_path, settings))
        return made[-1]

    try:
        yield make
    finally:
        for stage in made:
            stage.close()


@pytest.fixture
def paused(make_stage: Callable[..., Stage]) -> Stage:
    """
    A stage of your own that nobody reads yet: send everything first, then `paused.start()`.
    """
    return make_stage()
