"""
The guard in Celery's own worker for tests, which runs in this process, without Celery's own guard.
"""

import threading
from functools import partial
from typing import Any

import pytest
from celery import Celery, chord, group
from celery.contrib.testing.worker import start_worker
from kombu.transport.memory import Channel

import celerykit._blocking
from celerykit import allow_blocking_get, guard

from .reading import patiently

SETTINGS = {
    "broker_url": "memory://",
    "result_backend": "cache+memory://",
    "broker_transport_options": {"polling_interval": 0.01},
    "broker_connection_retry_on_startup": True,
    "task_default_queue": "waiting",
}
WORKER = {"pool": "threads", "concurrency": 2, "perform_ping_check": False}


def add(x, y):
    """
    Add two numbers.
    """
    return x + y


def total(numbers):
    """
    Add them all.
    """
    return sum(numbers) if isinstance(numbers, list) else numbers


def waits(self):
    """
    Wait for another task, which the second thread of the worker runs.
    """
    return self.app.tasks["works.add"].delay(2, 3).get(timeout=20, interval=0.01)


def means_to(self):
    """
    Wait for it, and say so.
    """
    with allow_blocking_get():
        return waits(self)


def spawns(self):
    """
    Have a thread of its own wait in vain.
    """
    result = self.app.tasks["works.add"].apply_async((2, 3), countdown=3600)
    thread = threading.Thread(target=patiently, args=(partial(result.get, timeout=0.01),))
    thread.start()
    thread.join()


@pytest.fixture(scope="module")
def running():
    """
    The worker of this module, and what the guard of its app finds.
    """
    app = Celery("works", set_as_current=False)
    app.conf.update(SETTINGS)
    for function in (add, total):
        app.task(name=f"works.{function.__name__}", shared=False)(function)
    for function in (waits, means_to, spawns):
        app.task(name=f"works.{function.__name__}", shared=False, bind=True)(function)
    app.finalize()
    guard(app)
    found: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(celerykit._blocking, "warn", lambda kind, finding: found.append(finding))
        with start_worker(app, shutdown_timeout=30, **WORKER):
            yield app, found
    app.close()
    Channel.queues.clear()


@pytest.fixture
def run(running):
    """
    Have the worker run something; return its result, and the findings by code and task.
    """
    app, found = running
    found.clear()

    def wait(name):
        result = app.tasks[f"works.{name}"].delay() if isinstance(name, str) else name(app.tasks)
        value = result.get(timeout=20, interval=0.01)
        return value, [(each.code, each.task) for each in found]

    return wait


def test_a_task_that_waits_is_told(run):
    """
    The guard speaks of the task that waits, and leaves the test that waits for it in peace.
    """
    assert run("waits") == (5, [("CK402", "works.waits")])


def test_a_task_may_mean_it(run):
    """
    Inside allow_blocking_get() nothing is said.
    """
    assert run("means_to") == (5, [])


def test_a_thread_is_not_taken_for_the_tasks(run):
    """
    In a process that only tests, a thread may be the test's own: nobody can know.
    """
    assert run("spawns") == (None, [])


@pytest.mark.parametrize(
    "together",
    [chord, lambda header, body: group(header) | body | body],
    ids=["chord", "group in a chain"],
)
def test_what_celery_reads_itself_is_its_own_business(run, together):
    """
    Celery joins the header of a chord inside the task that ends last, and that is right.
    """

    def send(tasks):
        body = tasks["works.total"].s()
        return together([body.clone(([1, 2],)), body.clone(([3, 4],))], body).apply_async()

    assert run(send) == (10, [])
