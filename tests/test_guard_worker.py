"""
guard(app) in a worker: what Celery sends there by itself is right, and nothing is said of it.

One worker of this process runs them all, with the guard on, and every warning an error.
"""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from celery import Celery, chain, chord, group
from celery.contrib.testing.worker import start_worker
from celery.exceptions import TaskRevokedError
from kombu.transport.memory import Channel

import celerykit._guard
from celerykit import call, guard

SETTINGS = {
    "broker_url": "memory://",
    "result_backend": "cache+memory://",
    "broker_transport_options": {"polling_interval": 0.01},
    "broker_connection_retry_on_startup": True,
    "task_allow_error_cb_on_chord_header": True,
    "task_default_queue": "guarded",
}
LATER = datetime.now(timezone.utc) + timedelta(hours=1)


class Works:
    """
    A worker with its app and tasks, and what the guard found meanwhile.
    """

    def __init__(self, app: Celery) -> None:
        """
        Declare the tasks.
        """
        self.app = app
        self.findings: list[Any] = []
        self.seen: list[Any] = []
        for function in (add, tsum, pair, first, boom):
            name = f"works.{function.__name__}"
            setattr(self, function.__name__, app.task(name=name, shared=False)(function))
        for function in (flaky, replaced, widened, parent):
            name = f"works.{function.__name__}"
            setattr(self, function.__name__, self._bound(name, function))
        self.auto = app.task(
            name="works.auto", shared=False, autoretry_for=(KeyError,), default_retry_delay=0
        )(automatic)
        self._declare_errbacks()

    def _declare_errbacks(self) -> None:
        """
        Declare an errback of the new kind, and one of the old.
        """
        seen = self.seen

        @self.app.task(name="works.errback", shared=False)
        def errback(request, exc, traceback):
            seen.append(repr(exc))

        @self.app.task(name="works.old_errback", shared=False)
        def old_errback(task_id):
            seen.append(task_id)

        self.errback, self.old_errback = errback, old_errback

    def _bound(self, name: str, function: Any) -> Any:
        """
        Declare a bound task.
        """
        return self.app.task(bind=True, name=name, shared=False, default_retry_delay=0)(function)

    def get(self, result: Any) -> Any:
        """
        Wait for a result, and look whether anything was said.
        """
        value = result.get(timeout=20, interval=0.01)
        assert self.findings == []
        return value

    def fails(self, result: Any, kind: type[Exception]) -> None:
        """
        Wait for a failure, and look whether anything was said.
        """
        with pytest.raises(kind):
            result.get(timeout=20, interval=0.01)
        assert self.findings == []


def add(x, y):
    """
    Add two numbers.
    """
    """
    Add two numbers.
    """
    return x + y


def tsum(numbers):
    """
    Add them all.
    """
    """
    Add many.
    """
    return sum(numbers)


def pair(x):
    """
    Give a tuple.
    """
    """
    Return a tuple, of which JSON makes a list on the way to the next step too.
    """
    return x, x


def first(numbers):
    """
    Give the first of them.
    """
    """
    Return the first one.
    """
    return numbers[0]


def boom(*args):
    """
    Fail.
    """
    """
    Fail.
    """
    raise ValueError("boom")


def flaky(self, value, times=2, how=None):
    """
    Succeed after some retries.
    """
    """
    Retry some times, as *how* says.
    """
    if self.request.retries < times:
        raise self.retry(**(how or {}))
    return value


def automatic(value, failures=[3]):  # noqa: B006 - how often it still fails
    """
    Succeed after Celery itself has retried it.
    """
    """
    Fail some times.
    """
    failures[0] -= 1
    if failures[0] > 0:
        raise KeyError(value)
    return value


def replaced(self, x):
    """
    Let another task do it.
    """
    """
    Let another task do it.
    """
    raise self.replace(self.app.signature("works.add", (x, 1)))


def widened(self, x):
    """
    Let a whole workflow do it.
    """
    """
    Let a chord do it.
    """
    add = self.app.tasks["works.add"]
    raise self.replace(group(add.s(x, 1), add.s(x, 2)) | self.app.tasks["works.tsum"].s())


def parent(self, x):
    """
    Send another task, and give its id.
    """
    """
    Send another task.
    """
    return self.app.tasks["works.add"].apply_async((x, 1), countdown=0, expires=60).id


@pytest.fixture(scope="module")
def worker():
    """
    The worker of this module, with everything it sends guarded.
    """
    app = Celery("works", set_as_current=False)
    app.conf.update(SETTINGS)
    works = Works(app)
    app.finalize()
    guard(app, action="raise")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(celerykit._guard, "decide", works.findings.extend)
        with start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=30):
            yield works
    app.close()
    Channel.queues.clear()


@pytest.fixture
def works(worker):
    """
    The worker, with nothing found and nothing seen yet.
    """
    worker.findings.clear()
    worker.seen.clear()
    return worker


def test_the_guard_is_on(works):
    """
    In this worker's app what is wrong is found.
    """
    works.get(works.add.s(1, 2).apply_async())
    works.add.apply_async((1, 2), count_down=5).get(timeout=20, interval=0.01)

    assert [finding.code for finding in works.findings] == ["CK201"]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"countdown": 30, "expires": 3600},
        {"expires": LATER, "time_limit": 60, "soft_time_limit": 50},
        {"headers": {"tenant": "acme"}, "priority": 3, "shadow": "another"},
        {"task_id": "retried-with-an-id", "ignore_result": False},
        {"compression": "zlib", "serializer": "json", "retry": True},
    ],
)
def test_retries(works, options):
    """
    A retry sends again what was sent, options and all.
    """
    options = {**options, "countdown": 0} if "countdown" in options else options

    assert works.get(works.flaky.apply_async((7,), options and {"times": 3}, **options)) == 7


def test_retries_with_options(works):
    """
    A retry may say when, and more.
    """
    at_once = datetime.now(timezone.utc)

    assert works.get(works.flaky.delay(7, 2, {"countdown": 0, "max_retries": 5})) == 7
    assert works.get(works.flaky.delay(7, 2, {"eta": at_once, "priority": 3, "expires": 60})) == 7


def test_a_wrong_option_of_a_retry_is_named(works):
    """
    What a retry itself gets wrong is named; it goes on all the same, or the task would be lost.
    """
    result = works.flaky.delay(7, 1, {"count_down": 5})

    assert result.get(timeout=20, interval=0.01) == 7
    assert [(each.code, each.level) for each in works.findings] == [("CK201", "warning")]


def test_retries_of_a_call(works):
    """
    A call of celerykit's, with an id of its own, is retried under that id.
    """
    handle = call(works.flaky, 7).task_id("chosen").headers(tenant="acme").expires(60).send()

    assert works.get(handle.async_result) == 7


def test_autoretry(works):
    """
    Celery retries by itself.
    """
    assert works.get(works.auto.delay(7)) == 7


def canvases(works):
    """
    What sends more when it runs, and what comes of it.
    """
    add, tsum, si = works.add, works.tsum, works.add.si(2, 3)
    tens = [add.s(i, i) for i in range(5)]
    return {
        "chain": (chain(add.s(1, 2), add.s(3), add.s(4)), 10),
        "chain with options": (chain(add.s(1, 2), add.s(3).set(countdown=0, expires=60)), 6),
        "a tuple on its way": (chain(works.pair.s(1), works.first.s()), 1),
        "chord": (chord(tens, tsum.s()), 20),
        "chord with options": (chord(tens, tsum.s().set(priority=3)).set(expires=60), 20),
        "group in a chain": (add.s(1, 1) | group(add.s(1), add.s(2)) | tsum.s(), 7),
        "chord in a chain": (chord(tens, tsum.s()) | add.s(1), 21),
        "retries in a chord": (chord([works.flaky.s(1), works.flaky.s(2)], tsum.s()), 3),
        "retries in a chain": (works.flaky.s(1) | works.flaky.s() | add.s(1), 2),
        "replaced": (works.replaced.s(1) | add.s(1), 3),
        "replaced by a chord": (works.widened.s(1) | add.s(1), 6),
        "map": (add.starmap([(1, 2), (3, 4)]), [3, 7]),
        "chunks": (add.chunks([(1, 2), (3, 4)], 1).group(), [[3], [7]]),
        "callbacks": (si.set(link=[add.s(1), works.tsum.si([1])]), 5),
    }


NAMES = [*canvases(Works(Celery(set_as_current=False)))]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stamps", [{}, {"tenant": "acme", "tries": [1, 2]}])
def test_canvas(works, name, stamps):
    """
    What Celery sends for a canvas while it runs is right, stamped or not.
    """
    signature, value = canvases(works)[name]
    if stamps:
        signature.stamp(**stamps)

    assert works.get(signature.apply_async()) == value


def test_errbacks(works):
    """
    Errbacks of both kinds run, and those of a chain and a chord.
    """
    both = [works.errback.s(), works.old_errback.s()]
    ids = []
    for failing in (
        works.boom.s().set(link_error=both),
        chain(works.boom.s(), works.add.s(1)).on_error(works.errback.s()),
        works.boom.s().on_error(works.old_errback.s()),
    ):
        result = failing.apply_async()
        ids.append(result.id)
        works.fails(result, ValueError)
    works.get(works.add.delay(1, 2))  # by now the old ones, which are sent, have run

    assert works.seen.count("ValueError('boom')") == 2
    assert works.seen.count(ids[0]) == works.seen.count(ids[2]) == 1


def test_a_task_that_sends(works):
    """
    A task may send others, as anybody may.
    """
    child = works.get(works.parent.delay(1))

    assert works.get(works.app.AsyncResult(child)) == 2


def test_revoked(works):
    """
    A call that is revoked before it runs says so to who waits for it, and to nobody else.
    """
    # The worker says that it knows, before there is anything for it to hold until its time.
    assert works.app.control.revoke("regretted", reply=True, limit=1, timeout=20)

    result = works.add.apply_async((1, 2), countdown=3600, task_id="regretted")

    works.fails(result, TaskRevokedError)
