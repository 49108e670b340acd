"""
Plain Celery: one careless call ends every worker that reads its queue.
"""

from typing import Any

import pytest

from .stage import Stage

pytestmark = pytest.mark.live

LOOPS = {"empty eta": {"eta": ""}, "timelimit header": {"headers": {"timelimit": 5}}}


@pytest.mark.parametrize("options", LOOPS.values(), ids=LOOPS.keys())
def test_a_worker_dies_and_dies_again(paused: Stage, options: dict[str, Any]) -> None:
    """
    With plain Celery an empty eta, or a header named timelimit, ends the worker; the message goes
    back to the queue, the next worker ends too, and the innocent task behind it never runs.
    """
    trail = paused.unique()
    paused.tasks.add.apply_async((1, 1), **options)
    paused.tasks.note.delay(trail, "innocent")
    for _ in range(2):
        worker = paused.launch()
        assert worker.wait_exit() == 1
        assert "Unrecoverable error" in worker.log()
    paused.wait_depth(paused.default, 2)


def test_a_time_limit_that_is_no_number_ends_the_worker(paused: Stage) -> None:
    """
    With plain Celery a time limit of "abc" is sent without a word and ends the worker.
    """
    paused.tasks.add.apply_async((1, 1), time_limit="abc")
    worker = paused.launch()
    assert worker.wait_exit() == 1
    assert "Unrecoverable error" in worker.log()
