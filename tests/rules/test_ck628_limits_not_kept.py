"""
CK628: a thread is not ended by a time limit.
"""

import threading

import pytest
from celery.concurrency import get_implementation

from celerykit._config import TaskClass

from .configured import configured, told, words


@pytest.mark.parametrize("pool", ["threads", "solo"])
@pytest.mark.parametrize("limit", ["task_time_limit", "task_soft_time_limit"])
def test_a_limit_is_told(pool, limit):
    """
    The limit and the pool are told.
    """
    assert words(told("CK628", configured({"worker_pool": pool, limit: 60}))) == [
        (
            "worker_pool",
            repr(pool),
            f"{limit} does nothing in the pool {pool}, so a task that hangs is never ended",
            "Write app.conf.worker_pool = 'prefork', or leave the limits out",
        )
    ]


def test_a_limit_of_a_task_is_told():
    """
    A task may have a limit of its own.
    """
    task = TaskClass("shop.pay", "shop.tasks", {}, {"time_limit": 60})

    (found,) = told("CK628", configured({"worker_pool": "solo"}, tasks=(task,)))

    assert found.message.startswith("time_limit of shop.pay does nothing in the pool solo")


@pytest.mark.parametrize(
    "written",
    [
        {"worker_pool": "threads"},
        {"worker_pool": "prefork", "task_time_limit": 60},
        {"worker_pool": "gevent", "task_time_limit": 60},
        {"task_time_limit": 60},
    ],
    ids=repr,
)
def test_near_miss_no_limit_or_another_pool_passes(written):
    """
    A pool that keeps a limit passes, and so does one without limits.
    """
    assert told("CK628", configured(written)) == []


@pytest.mark.parametrize("name", ["threads", "solo"])
def test_harm_plain_celery_lets_it_run(name):
    """
    With plain Celery's own pool a function outlives both of its limits by far.
    """
    pool = get_implementation(name)(1)
    never, ended = threading.Event(), threading.Event()
    waited = []

    def hang():
        waited.append(never.wait(0.5))

    pool.start()
    pool.apply_async(hang, timeout=0.01, soft_timeout=0.01, callback=lambda *_: ended.set())

    assert ended.wait(10)
    pool.stop()
    assert waited == [False]
