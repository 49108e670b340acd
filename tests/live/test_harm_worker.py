"""
Plain Celery: what a real worker makes of a value that its caller got wrong.
"""

import time
from typing import Any

import pytest
from celery.exceptions import TimeLimitExceeded

from .brokers import REDIS
from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20


def test_harm_ck203_a_callback_by_name_fails_its_parent(live: Stage) -> None:
    """
    With plain Celery `link="live.note"` marks the task that succeeded as failed.
    """
    with pytest.raises(AttributeError):
        live.tasks.add.apply_async((2, 3), link="live.note").get(timeout=PATIENCE)


def test_harm_ck202_a_chain_fails_the_task_before_it(live: Stage) -> None:
    """
    With plain Celery `chain="x"` marks the task that succeeded as failed.
    """
    # What Celery stumbles over first depends on whether its worker has seen a chain before.
    with pytest.raises((AttributeError, ValueError)):
        live.tasks.add.apply_async((2, 3), chain="x").get(timeout=PATIENCE)


def test_harm_ck204_a_negative_countdown_runs_at_once(live: Stage) -> None:
    """
    With plain Celery `countdown=-3600` starts now, and nothing says so.
    """
    before = time.time()

    held = live.tasks.echo.apply_async(countdown=-3600).get(timeout=PATIENCE)

    assert held["ran_at"] - before < PATIENCE


@pytest.mark.parametrize("broker", [REDIS], indirect=True)
def test_harm_ck204_a_time_limit_below_zero_kills(live: Stage) -> None:
    """
    With plain Celery `time_limit=-1` kills the task as it starts.
    """
    with pytest.raises(TimeLimitExceeded):
        live.tasks.nap.apply_async((PATIENCE,), time_limit=-1).get(timeout=PATIENCE)


@pytest.mark.parametrize("broker", [REDIS], indirect=True)
def test_harm_ck208_a_soft_limit_above_the_hard_one_disables_it(live: Stage) -> None:
    """
    With plain Celery a task outlives its hard limit of one second when the soft one is longer.
    """
    result = live.tasks.nap.apply_async((1.8,), time_limit=1, soft_time_limit=3)

    assert result.get(timeout=PATIENCE) == 1.8


def test_harm_ck210_a_set_in_a_header_cannot_be_sent(live: Stage) -> None:
    """
    With plain Celery a header that a test on the in-memory broker took fails on a real one.
    """
    with pytest.raises(Exception, match=r"JSON serializable|not handled"):
        live.tasks.add.apply_async((2, 3), headers={"tags": {"a"}}, retry=False)


@pytest.mark.parametrize(
    ("stamps", "error"), [({"countdown": 1}, KeyError), ({"queue": "x"}, Exception)], ids=str
)
def test_harm_ck211_a_stamp_called_like_an_option(
    live: Stage, stamps: dict[str, Any], error: type[Exception]
) -> None:
    """
    With plain Celery a stamp named countdown or queue raises at the send, of something else.
    """
    signature = live.tasks.add.s(2, 3)
    signature.stamp(**stamps)

    with pytest.raises(error):
        signature.apply_async()


@pytest.mark.parametrize("broker", [REDIS], indirect=True)
def test_harm_ck220_a_large_priority_is_nine_on_redis(paused: Stage) -> None:
    """
    With plain Celery on Redis priority 100 is served together with 9, after everything else.
    """
    trail = paused.unique()
    for priority in (100, 9, 0):
        paused.tasks.note.apply_async((trail, priority), priority=priority)
    paused.wait_depth(paused.default, 3)

    paused.start()

    assert [note.label for note in paused.notes(trail, 3)] == [0, 100, 9]


@pytest.mark.parametrize("broker", [REDIS], indirect=True)
def test_harm_ck223_an_unknown_compression_looks_like_a_broken_broker(live: Stage) -> None:
    """
    With plain Celery on Redis an unknown compression raises what a broker in trouble raises.
    """
    with pytest.raises(live.tasks.add.OperationalError, match="zipp"):
        live.tasks.add.apply_async((2, 3), compression="zipp", retry=False)
