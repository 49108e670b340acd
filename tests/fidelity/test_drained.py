"""
What capture() and run() make of each scenario is what docs/testing.md says.
"""

import pytest
from celery import Celery

from .differences import DRAINED, PAGE, SOLO, WAYS, check, listed
from .drained import REDIS, Drained
from .scenarios import ALL


@pytest.fixture(scope="module")
def drained():
    """
    An app whose broker would be Redis, and which has two queues.
    """
    app = Celery("fidelity", set_as_current=False)
    app.conf.update(broker_url=REDIS, result_backend=REDIS, other_queue="other")
    yield Drained(app)
    app.close()


@pytest.mark.parametrize("name", ALL)
def test_what_is_drained_ends_as_in_a_worker(drained, name):
    """
    The same results, and the same effects in the same order.
    """
    check(ALL[name], DRAINED, drained.play(ALL[name]))


def test_the_table_says_what_it_may():
    """
    Each row names a scenario, ways to play it, what a worker does, and something else.
    """
    for each in listed():
        assert each.usual == str(ALL[each.scenario].outcome) != each.here
        assert {*each.way.split(", ")} <= WAYS - {SOLO}
        assert each.reason


def test_the_page_counts_the_scenarios():
    """
    docs/testing.md says how many there are.
    """
    assert f"One suite of {len(ALL)} scenarios" in PAGE.read_text(encoding="utf-8")
