"""
Who can read a result that comes as a message: rpc:// answers the process that sent the call.
"""

import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from celerykit import call, require_result_backend

from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20


@pytest.fixture
def answering(make_stage: Callable[..., Stage]) -> Stage:
    """
    A stage whose results come as messages.
    """
    stage = make_stage(result_backend="rpc://")
    stage.start()
    return stage


def test_the_sender_reads_its_result(answering: Stage) -> None:
    """
    What require_result_backend() lets pass can be read by the process that sent it.
    """
    require_result_backend(answering.app)

    assert call(answering.tasks.add, 2, 3).send().get(PATIENCE) == 5


def test_another_process_is_told_at_once(answering: Stage, tmp_path: Path) -> None:
    """
    In another process a pickled handle says that its result never comes there, where plain Celery
    waits in vain; and the sender still gets it.
    """
    handle, plain = (call(answering.tasks.add, 2, 3).send() for _ in range(2))
    pickled = tmp_path / "sent"
    pickled.write_bytes(pickle.dumps([handle, plain.async_result]))

    told = answering.program("read_elsewhere", "", LIVE_PICKLE=os.fspath(pickled))["told"]

    assert [name for name, _ in told] == ["ResultUnavailable", "TimeoutError"]
    assert told[0][1] < 1
    assert handle.get(PATIENCE) == plain.get(PATIENCE) == 5
