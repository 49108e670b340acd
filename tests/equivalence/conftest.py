"""
Fixtures: a lab in memory, for each test its own.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kombu.transport.memory import Channel

from .lab import Lab


@pytest.fixture
def make_lab(_no_celery_environment: None) -> Iterator[Callable[..., Lab]]:
    """
    Make a lab in memory with more Celery settings: `make_lab(task_always_eager=True)`.
    """
    made: list[Lab] = []

    def make(**settings: Any) -> Lab:
        made.append(Lab(**settings))
        return made[-1]

    yield make
    for lab in made:
        lab.close()
    Channel.queues.clear()


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    """
    A lab in memory.
    """
    return make_lab()
