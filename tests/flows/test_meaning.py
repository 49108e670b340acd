"""
A flow comes to what the same functions come to in plain Python, whatever its shape.
"""

from types import SimpleNamespace
from typing import Any

import pytest
from celery import VERSION
from hypothesis import HealthCheck, given, settings

from celerykit.testing import worker

from . import generated
from .generated import Row, built, busy_rows, closed_rows, meant

# Before Celery 5.7 each chord in memory waits half a second for results that are there.
PROFILE = settings(
    max_examples=100 if VERSION >= (5, 7) else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def tasks(app: Any, set_current: Any) -> SimpleNamespace:
    """
    The functions of the generated flows, as tasks of an app that is current, as it is in a worker.
    """
    set_current(app)
    return SimpleNamespace(
        first=app.task(name="shop.first")(generated.first),
        later=app.task(name="shop.later")(generated.later),
    )


def as_sent(value: Any) -> Any:
    """
    The value as JSON brings it.
    """
    return [as_sent(each) for each in value] if isinstance(value, (list, tuple)) else value


@PROFILE
@given(row=closed_rows)
def test_a_sent_flow_means_what_python_means(app: Any, tasks: Any, work: Any, row: Row) -> None:
    """
    Sent, and run by a worker's own code message by message, a flow gives the same value.
    """
    handle = built(row, tasks).send()

    work(app)

    assert as_sent(handle.get(timeout=0)) == meant(row)


def test_a_worker_does_what_python_means(app: Any, tasks: Any) -> None:
    """
    Sent to a worker that runs beside the test, in threads, a flow gives the same value.
    """

    @settings(PROFILE)
    @given(row=closed_rows)
    def each_means_the_same(row: Row) -> None:
        value = built(row, tasks).send().get(timeout=10)
        assert as_sent(value) == meant(row)

    with worker(app, concurrency=2):
        each_means_the_same()


@PROFILE
@given(row=closed_rows)
def test_an_applied_flow_means_what_python_means(tasks: Any, row: Row) -> None:
    """
    Run here and now, a flow gives the same value.
    """
    assert as_sent(built(row, tasks).apply().get(timeout=0)) == meant(row)


@PROFILE
@given(row=busy_rows)
def test_a_signature_means_what_python_means(app: Any, tasks: Any, work: Any, row: Row) -> None:
    """
    Celery's own canvas of a flow, sent by Celery, gives the same value.
    """
    result = built(row, tasks).signature().apply_async()

    work(app)

    assert as_sent(result.get(timeout=1)) == meant(row)
