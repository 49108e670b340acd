"""
What a worker of this process, in memory, makes of each scenario is what docs/testing.md says.
"""

import queue
from functools import partial

import pytest
from celery import Celery

from celerykit.testing import worker

from .differences import IN_PROCESS, check
from .drained import ALLOWED, REDIS, lab_of
from .scenarios import ALL
from .worked import PATIENCE, Worked


@pytest.fixture(scope="module")
def worked():
    """
    A worker that plays them all.
    """
    app = Celery("fidelity", set_as_current=False)
    app.conf.update(broker_url=REDIS, result_backend=REDIS, other_queue="other")
    trail, gate = queue.Queue(), queue.Queue()

    def heard():
        try:
            return trail.get(timeout=PATIENCE)
        except queue.Empty:
            return None

    lab = lab_of(app, trail.put, partial(gate.get, timeout=60))
    with worker(app, allow=ALLOWED):
        yield Worked(lab, heard, partial(gate.put, None))
    app.close()


@pytest.mark.parametrize("name", ALL)
def test_a_worker_in_memory_does_the_same(worked, name):
    """
    The same results, and the same effects in the same order.
    """
    check(ALL[name], IN_PROCESS, worked.play(ALL[name]))
