"""
CK402: a task does not wait for another one.
"""

import pytest
from celery.contrib.testing.worker import start_worker
from celery.exceptions import TimeoutError as CelerysTimeoutError

from celerykit import BlockingGetWarning, call
from celerykit._read import Read
from celerykit.rules import at_read
from tests.reading import in_a_task, said

REMEDY = (
    "Make it the next step: a chain, a chord, link= or raise self.replace(...); "
    "where you mean it, write `with allow_blocking_get():`."
)
KEEPS = "and a worker that waits runs nothing else."


def messages(read):
    """
    What the rules say of a read, without the way out.
    """
    return [str(finding).removesuffix(f" {REMEDY}") for finding in at_read(read)]


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({}, "another task"),
        ({"ids": ("1",)}, "another task"),
        ({"ids": ("1", "2")}, "2 tasks"),
        ({"ids": ("1",), "awaited": ("shop.add",)}, "shop.add"),
        ({"awaited": ("shop.add",), "queues": ("high",)}, "shop.add (queue 'high')"),
        (
            {"ids": ("1", "2", "3"), "awaited": ("shop.add", "shop.mul"), "queues": ("a", "b")},
            "3 tasks: shop.add, shop.mul (queues 'a', 'b')",
        ),
    ],
)
def test_what_is_waited_for_is_named_as_far_as_it_is_known(known, wanted):
    """
    The message names the tasks and the queues that are known, and counts the rest.
    """
    assert messages(Read("AsyncResult.get()", running="shop.pay", **known)) == [
        f"CK402 AsyncResult.get() waits inside a task for {wanted}, {KEEPS}"
    ]


def test_looking_again_and_again_is_waiting():
    """
    A loop that polls is told how often it has looked.
    """
    assert messages(Read("AsyncResult.ready()", running="shop.pay", ids=("1",), polls=5)) == [
        f"CK402 AsyncResult.ready() has looked 5 times inside a task for another task, {KEEPS}"
    ]


def test_what_is_only_likely_is_told_as_that():
    """
    Where nobody knows whether a thread belongs to the task, the message does not claim it.
    """
    assert messages(Read("AsyncResult.get()", running="shop.pay", certain=False)) == [
        "CK402 AsyncResult.get() waits for another task, in a thread that may belong to this task."
    ]


def test_a_finding_names_the_task_that_waits_and_the_ids():
    """
    What a program reads from a finding: the task that waits, and the ids it waits for.
    """
    (finding,) = at_read(Read("AsyncResult.get()", running="shop.pay", ids=("1", "2")))

    assert (finding.task, finding.value, finding.level) == ("shop.pay", "'1, 2'", "error")


@pytest.mark.parametrize(
    "read",
    [
        Read("AsyncResult.get()"),
        Read("AsyncResult.get()", ids=("1",), awaited=("shop.add",)),
    ],
)
def test_near_miss_a_read_outside_a_task_passes(read):
    """
    Whoever is no task may wait.
    """
    assert at_read(read) == []


def test_says_so_at_the_read(app, add):
    """
    A handle warns before it waits, names both tasks and the queue, and points at the line.
    """
    (caught,) = said(
        lambda: in_a_task(app, lambda: call(add, 2, 3).queue("high").send().get(timeout=0.01))
    )

    assert (caught.category, caught.filename) == (BlockingGetWarning, __file__)
    assert str(caught.message) == (
        "shop.waits: CK402 Handle.get() waits inside a task for shop.add (queue 'high'), "
        f"{KEEPS} {REMEDY}"
    )


def test_harm_the_only_worker_waits_for_itself(app, add):
    """
    In plain Celery's own test worker, as in gevent and eventlet, the task that waits keeps the one
    that it waits for from running: as soon as it gives up, that one runs.
    """
    seen = []

    @app.task(name="shop.waits", shared=False)
    def waits():
        result = add.delay(2, 3)
        with pytest.raises(CelerysTimeoutError):
            result.get(timeout=0.3)
        seen.append(result)

    app.conf.update(
        broker_transport_options={"polling_interval": 0.01}, broker_connection_retry_on_startup=True
    )
    with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
        waits.delay().get(timeout=20, interval=0.01)

        assert seen[0].get(timeout=20, interval=0.01) == 5
