"""
Times: a call starts when it was told to, never after it expired, and its limits reach the worker.
"""

import time
from datetime import datetime, timedelta, timezone

import pytest
from celery.exceptions import TaskRevokedError, TimeoutError  # noqa: A004 - not the builtin one

from celerykit import call

from .brokers import REDIS
from .observed import listen, scheduled
from .stage import Stage

pytestmark = pytest.mark.live

TOKYO = timezone(timedelta(hours=9))
MOMENT = 0.3
MINUTES = 600
PATIENCE = 20


def test_a_countdown_is_kept_by_the_worker(live: Stage) -> None:
    """
    A call with a countdown runs in the worker, and not before the countdown is over.
    """
    before = time.time()
    held = call(live.tasks.echo).countdown(MOMENT).send().get(PATIENCE)
    assert held["ran_at"] >= before + MOMENT
    assert datetime.fromisoformat(held["eta"]).timestamp() >= before + MOMENT


def test_a_countdown_counts_from_each_send(live: Stage) -> None:
    """
    The same call sent twice waits ten minutes from each send, however long ago it was built.
    """
    later = call(live.tasks.add, 1, 1).countdown(timedelta(seconds=MINUTES))
    for _ in range(2):
        before = time.time()
        handle = later.send()
        after = time.time()
        assert before + MINUTES <= scheduled(live, handle.id) <= after + MINUTES


def test_an_eta_is_the_same_moment_for_the_worker(live: Stage) -> None:
    """
    A time on a clock in Tokyo, ten minutes ahead, is ten minutes ahead for the worker too.
    """
    eta = datetime.now(TOKYO) + timedelta(seconds=MINUTES)
    handle = call(live.tasks.add, 1, 1).eta(eta).send()
    assert scheduled(live, handle.id) == eta.timestamp()


def test_a_fresh_call_runs_and_knows_its_limit(live: Stage) -> None:
    """
    A call that has not expired runs, and the worker knows until when it may, however that was said.
    """
    hour = timedelta(hours=1)
    for limit in (3600, hour, datetime.now(TOKYO) + hour):
        before = time.time()
        held = call(live.tasks.echo).expires(limit).send().get(PATIENCE)
        end = datetime.fromisoformat(held["expires"]).timestamp()
        assert end == pytest.approx(before + 3600, abs=5)


def test_an_expired_call_never_runs(live: Stage) -> None:
    """
    A call that no worker started in time is not started later; the calls around it are.
    """
    queue, trail = live.queue(live.unique("unread-until-too-late")), live.unique()
    note = call(live.tasks.note, trail, "fresh").queue(queue)
    note.send()
    late = call(live.tasks.add, 1, 1).link(call(live.tasks.note, trail, "late"))
    handle = late.queue(queue).expires(MOMENT).send()
    note.send()
    call(live.tasks.add, 1, 1).countdown(2 * MOMENT).send().get(PATIENCE)

    listen(live, queue)

    assert [note.label for note in live.notes(trail, 2)] == ["fresh", "fresh"]
    # Redis keeps it for the worker to revoke; RabbitMQ throws it away, and nothing is known.
    known = TaskRevokedError if live.broker.name == REDIS else TimeoutError
    with pytest.raises(known):
        handle.get(MOMENT)


def test_time_limits_reach_the_worker(live: Stage) -> None:
    """
    The time limits of a call are those that the worker holds against the task, in seconds.
    """
    echo = call(live.tasks.echo)
    limits = [
        echo.time_limit(60, soft=50),
        echo.time_limit(timedelta(minutes=1)),
        echo.time_limit(None, soft=50),
        echo,
    ]
    held = [limited.send().get(PATIENCE)["timelimit"] for limited in limits]
    assert held == [[60, 50], [60, None], [None, 50], [None, None]]
