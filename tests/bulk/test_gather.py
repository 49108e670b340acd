"""
Many results at once: in order, errors by position, bounded, from any thread.
"""

import json
import threading
from datetime import timedelta

import pytest
from celery import states
from celery.backends.base import BaseBackend
from celery.exceptions import TaskRevokedError, TimeoutError  # noqa: A004 - Celery's own
from celery.result import EagerResult, denied_join_result
from kombu import serialization
from kombu.utils import json as kombu_json

from celerykit import (
    GatherError,
    ResultBackendNotConfigured,
    ResultUnavailable,
    as_completed,
    call,
    gather,
)
from celerykit.bulk import _pending as waiting
from celerykit.bulk import _subscription as subscription
from celerykit.bulk import send_many
from celerykit.bulk._decode import decoder


class Slow(BaseBackend):
    """
    A backend without get_many, as databases are.
    """

    def __init__(self, *args, **kwargs):
        """
        Start empty.
        """
        super().__init__(*args, **kwargs)
        self.kept = {}

    def _store_result(self, task_id, result, state, *args, **kwargs):
        """
        Keep a result.
        """
        self.kept[task_id] = {"status": state, "result": result, "task_id": task_id}

    def _get_task_meta_for(self, task_id):
        """
        Give a result.
        """
        return self.kept.get(task_id, {"status": states.PENDING, "result": None})


@pytest.fixture
def make_backed(make_app):
    """
    Make an app with a result backend that may be gone when its results are.
    """

    def make(url, **settings):
        app = make_app(result_backend=url, **settings)
        # A result that goes later would tell the backend, which has gone.
        app.backend.remove_pending_result = lambda result: result
        return app

    return make


def key_of(app, task_id):
    """
    The key of a result.
    """
    return app.backend.get_key_for_task(task_id).decode()


def store(server):
    """
    Keep results in that Redis, as a worker does.
    """

    def put(app, task_id, value, state=states.SUCCESS):
        backend = app.backend
        meta = {"task_id": task_id, "status": state, "result": value, "traceback": None}
        if state in states.EXCEPTION_STATES:
            meta["result"] = backend.prepare_exception(value)
        server.publish(backend.get_key_for_task(task_id).decode(), json.dumps(meta).encode())

    return put


@pytest.fixture(params=["get_many", "one by one", "Redis"])
def stage(request, make_backed, server):
    """
    An app on each kind of backend, a task of it, and what keeps a result.
    """
    url = {
        "get_many": "cache+memory://",
        "one by one": f"{__name__}:Slow",
        "Redis": server.url,
    }[request.param]
    app = make_backed(url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    def put(app, task_id, value, state=states.SUCCESS):
        app.backend.store_result(task_id, value, state)

    return app, add, store(server) if request.param == "Redis" else put


def test_results_come_in_order(stage):
    """
    Each result stands where its handle stood, whatever order they arrived in.
    """
    app, add, put = stage
    report = send_many(add, [(number, 1) for number in range(1_203)])
    for number in reversed(range(1_203)):
        put(app, report.ids[number], number + 1)

    assert gather(report.handles, timeout=10) == [number + 1 for number in range(1_203)]


def test_handles_may_come_from_anywhere(stage):
    """
    A generator of single handles does, and one handle may stand in several places.
    """
    app, add, put = stage
    handles = [call(add, number, 1).send() for number in range(3)]
    for number, handle in enumerate(handles):
        put(app, handle.id, number)

    assert gather((each for each in [*handles, handles[0]]), timeout=10) == [0, 1, 2, 0]


def test_nothing_to_wait_for(stage):
    """
    No handles, no results, and nothing is asked.
    """
    assert gather([], timeout=0) == []


def test_failures_are_told_by_position(stage):
    """
    All results are waited for; then the tasks that failed are named, each with its exception.
    """
    app, add, put = stage
    handles = [call(add, number, 1).send() for number in range(4)]
    put(app, handles[0].id, 10)
    put(app, handles[1].id, ValueError("no stock"), states.FAILURE)
    put(app, handles[2].id, 12)
    put(app, handles[3].id, TaskRevokedError("expired"), states.REVOKED)

    with pytest.raises(
        GatherError, match=r"of 4 results 2 failed \(the first at 1: ValueErr"
    ) as told:
        gather(handles, timeout=10)

    failures = told.value.failures
    assert {position: type(error) for position, error in failures.items()} == {
        1: ValueError,
        3: TaskRevokedError,
    }
    assert told.value.missing == ()
    assert told.value.__cause__ is failures[1]
    found = gather(handles, timeout=10, return_exceptions=True)
    assert [found[0], type(found[1]), found[2], type(found[3])] == [
        *(10, ValueError),
        *(12, TaskRevokedError),
    ]


@pytest.mark.parametrize("timeout", [0, 0.05, timedelta(milliseconds=50), -1])
def test_what_does_not_arrive_is_told_by_position(stage, timeout):
    """
    When the time is up, what is missing is named; what is there can be had.
    """
    app, add, put = stage
    handles = [call(add, number, 1).send() for number in range(3)]
    put(app, handles[1].id, 11)

    with pytest.raises(
        GatherError, match=r"of 3 results 2 did not arrive \(the first at 0\)"
    ) as told:
        gather(handles, timeout=timeout)

    assert told.value.missing == (0, 2)
    found = gather(handles, timeout=timeout, return_exceptions=True)
    assert isinstance(found[0], TimeoutError)
    assert found[1] == 11
    with pytest.raises(TimeoutError, match="2 results did not arrive in time"):
        [*as_completed(handles, timeout=timeout)]


def test_results_are_waited_for(stage):
    """
    What arrives later is there when it arrives, in another thread than the one that sent.
    """
    app, add, put = stage
    handles = [call(add, number, 1).send() for number in range(3)]
    put(app, handles[2].id, 12)
    got = []

    def read():
        got.extend(each.position for each in as_completed(handles, timeout=30))

    reader = threading.Thread(target=read)
    reader.start()
    put(app, handles[1].id, 11)
    put(app, handles[0].id, 10)
    reader.join(30)

    assert sorted(got) == [0, 1, 2]
    assert gather(handles, timeout=10) == [10, 11, 12]


def test_as_completed_yields_what_it_has(stage):
    """
    Each arrival knows its position, its id, and its value or the task's error.
    """
    app, add, put = stage
    handles = [call(add, number, 1).send() for number in range(2)]
    put(app, handles[0].id, 10)
    put(app, handles[1].id, ValueError("no stock"), states.FAILURE)

    good, bad = sorted(as_completed(handles, timeout=10), key=lambda each: each.position)

    assert (good.position, good.id, good.error, good.get()) == (0, handles[0].id, None, 10)
    assert repr(good) == f"<Arrived 0: {handles[0].id} succeeded>"
    assert repr(bad) == f"<Arrived 1: {handles[1].id} failed with ValueError('no stock')>"
    with pytest.raises(ValueError, match="no stock"):
        bad.get()


def test_a_failure_without_an_exception_is_one(stage):
    """
    What another program stored as a failure is an error here, whatever it stored.
    """
    _, add, _ = stage
    handle = call(add, 1, 1).send()
    result = EagerResult(handle.id, "odd", states.FAILURE)

    (arrived,) = as_completed([type(handle)(result)], timeout=0)

    assert str(arrived.error) == "odd"


def test_redis_results_are_heard_of(make_backed, server, monkeypatch):
    """
    On Redis a result is there when the worker publishes it: nothing is polled meanwhile.
    """
    monkeypatch.setattr(subscription, "_QUIET_S", 60.0)
    app = make_backed(server.url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(number, 1) for number in range(300)])

    def work():
        server.wait_for_listeners(key_of(app, report.ids[299]), 1)
        for number, task_id in enumerate(report.ids):
            store(server)(app, task_id, number)

    worker = threading.Thread(target=work)
    worker.start()

    assert gather(report.handles, timeout=30) == [*range(300)]
    worker.join()


@pytest.mark.parametrize("late", [range(0), range(1_500), range(1_499, -1, -1)], ids=str)
def test_thousands_of_results_are_asked_for(make_backed, server, late):
    """
    In whatever order they come, and while others are read, all are found.
    """
    app = make_backed(server.url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(number, 1) for number in range(1_500)])
    put = store(server)
    for number in {*range(1_500)} - {*late}:
        put(app, report.ids[number], number)

    def work():
        for number in late:
            put(app, report.ids[number], number)

    worker = threading.Thread(target=work)
    worker.start()

    assert gather(report.handles, timeout=60) == [*range(1_500)]
    worker.join()


def test_naps_grow_while_nothing_comes(make_backed, server, monkeypatch):
    """
    Thousands of results that take their time cost little; what comes wakes it up.
    """
    app = make_backed(server.url)
    asked = waiting.Pending(app.backend)
    for number in range(501):
        asked.add(number, f"id-{number}")
    naps = []
    monkeypatch.setattr(subscription, "sleep", naps.append)
    asker = subscription.RedisAsker(asked)

    for _ in range(7):
        assert [*asker.wait(float("inf"))] == []

    assert naps == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    store(server)(app, "id-500", 7)
    for task_id, _ in asker.wait(float("inf")):
        asked.take(task_id)
    assert len(asked) == 500


def test_a_result_is_there_when_it_is_heard_of(make_backed, server):
    """
    The word that tells of it carries it: nothing is asked for again.
    """
    app = make_backed(server.url)
    asked = waiting.Pending(app.backend)
    asked.add(0, "a")
    asker = subscription.RedisAsker(asked)
    assert [*asker.wait(float("inf"))] == []
    server.wait_for_listeners(key_of(app, "a"), 1)

    store(server)(app, "a", 7)

    server.values.clear()
    found = []
    for _ in range(3):  # its answers to the subscription come first
        found += [] if found else asker.wait(float("inf"))
    asker.close()
    assert [(task_id, meta["result"]) for task_id, meta in found] == [("a", 7)]


def test_a_result_that_was_not_heard_of_is_looked_up(make_backed, server, monkeypatch):
    """
    Whatever was missed is found when it has been quiet for a while.
    """
    monkeypatch.setattr(subscription, "_QUIET_S", 0.05)
    app = make_backed(server.url)
    asked = waiting.Pending(app.backend)
    asked.add(0, "a")
    asker = subscription.RedisAsker(asked)
    assert [*asker.wait(float("inf"))] == []
    server.wait_for_listeners(key_of(app, "a"), 1)
    server.listeners.clear()

    store(server)(app, "a", 7)

    found = []
    for _ in range(5):
        found += [] if found else asker.wait(float("inf"))
    asker.close()
    assert [(task_id, meta["result"]) for task_id, meta in found] == [("a", 7)]


def test_a_lost_connection_is_replaced(make_backed, server):
    """
    A restart of Redis in mid-wait costs nothing but time.
    """
    app = make_backed(server.url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 1, 1).send()

    def work():
        server.wait_for_listeners(key_of(app, handle.id), 1)
        server.close_all()
        server.wait_for_listeners(key_of(app, handle.id), 2)
        store(server)(app, handle.id, 7)

    worker = threading.Thread(target=work)
    worker.start()

    assert gather([handle], timeout=30) == [7]
    worker.join()


def test_other_words_on_the_channel_are_no_results(make_backed, server):
    """
    What says that a task started is not its result.
    """
    app = make_backed(server.url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 1, 1).send()
    store(server)(app, handle.id, None, states.RECEIVED)

    def work():
        server.wait_for_listeners(key_of(app, handle.id), 1)
        store(server)(app, handle.id, None, states.STARTED)
        store(server)(app, handle.id, 7)

    worker = threading.Thread(target=work)
    worker.start()

    assert gather([handle], timeout=30) == [7]
    worker.join()


def test_eager_results_are_there(make_app):
    """
    What ran at once has no backend to ask; refused calls have no result at all.
    """
    app = make_app(task_always_eager=True, result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        if y == 0:
            message = "no zeros"
            raise ValueError(message)
        return x + y

    report = send_many(add, [(1, 2), (3, 0), (5, 6)])

    found = gather(report.handles, timeout=0, return_exceptions=True)
    assert [found[0], repr(found[1]), found[2]] == [3, "ValueError('no zeros')", 11]


def test_calls_that_were_not_sent_have_no_result(stage):
    """
    To wait for them would be in vain, so it is refused.
    """
    _, add, _ = stage
    report = send_many(add, [(1, 2), (3,)])

    with pytest.raises(LookupError, match="position 1 was not sent"):
        gather(report.handles, timeout=0)


def test_an_app_without_a_backend_is_told(make_app):
    """
    Results that nobody keeps are not waited for.
    """
    app = make_app(result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(1, 2)] * 3)

    with pytest.raises(ResultBackendNotConfigured):
        gather(report.handles, timeout=0)
    ignoring = send_many(add, [(1, 2)] * 3, ignore_result=True)
    with pytest.raises(ResultUnavailable):
        gather(ignoring.handles, timeout=0)


def test_waiting_in_a_task_is_refused(stage):
    """
    As Celery's own get() does: a worker that waits for workers may wait for ever.
    """
    _, add, _ = stage
    report = send_many(add, [(1, 2)])

    with denied_join_result(), pytest.raises(RuntimeError, match=r"Never call result\.get"):
        gather(report.handles, timeout=0)


@pytest.mark.parametrize(
    ("timeout", "error"),
    [
        ("soon", TypeError),
        (True, TypeError),
        (float("nan"), ValueError),
        (float("inf"), ValueError),
    ],
    ids=str,
)
def test_a_timeout_is_a_length_of_time(stage, timeout, error):
    """
    Anything else is refused when it is given.
    """
    with pytest.raises(error, match="timeout="):
        gather([], timeout=timeout)
    with pytest.raises(error, match="timeout="):
        as_completed([], timeout=timeout)


def test_a_backend_is_asked_less_and_less_often(make_app, monkeypatch):
    """
    While nothing comes the pauses grow, up to half a second.
    """
    app = make_app(result_backend=f"{__name__}:Slow")
    pauses = []
    monkeypatch.setattr(waiting, "sleep", pauses.append)
    asked = waiting.Pending(app.backend)
    asked.add(0, "x")
    asker = waiting.StateAsker(asked)

    for _ in range(8):
        assert [*asker.wait(float("inf"))] == []

    assert pauses == [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.5, 0.5]
    app.backend.store_result("x", 5, states.SUCCESS)
    assert [task_id for task_id, _ in asker.wait(float("inf"))] == ["x"]
    asked.take("x")
    assert [*asker.wait(float("inf"))] == []
    assert pauses[-1] == 0.01


def test_several_backends_are_asked(make_backed, server):
    """
    Handles of different apps may be gathered together.
    """
    apps = [make_backed("cache+memory://"), make_backed(server.url)]
    handles = []
    for app, put in zip(
        apps,
        [lambda *a: a[0].backend.store_result(*a[1:], states.SUCCESS), store(server)],
        strict=True,
    ):

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        handles.append(call(add, 1, 2).send())
        put(app, handles[-1].id, len(handles))

    assert gather(handles, timeout=10) == [1, 2]


def test_results_in_another_form_are_read_too(make_backed, server):
    """
    Another serializer, or a text that does not look like JSON at once: the backend reads it.
    """
    plain = make_backed(server.url)
    yaml = make_backed(server.url, result_serializer="yaml", accept_content=["yaml", "json"])
    meta = {"status": "SUCCESS", "result": 5, "traceback": None}

    assert decoder(yaml.backend)(yaml.backend.encode(meta))["result"] == 5
    assert decoder(plain.backend)(b" " + plain.backend.encode(meta).encode())["result"] == 5
    assert decoder(plain.backend)(plain.backend.encode(meta))["result"] == 5


def test_a_projects_own_json_reads_results(make_backed, server):
    """
    Where JSON was registered anew, it is read by that.
    """

    def mine(text):
        return {**kombu_json.loads(text), "result": "mine"}

    serialization.register("json", kombu_json.dumps, mine, "application/json", "utf-8")
    try:
        app = make_backed(server.url)
        found = decoder(app.backend)(b'{"status": "SUCCESS", "result": 5}')
    finally:
        serialization.register_json()

    assert found["result"] == "mine"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (lambda add: 5, "gather\\(\\) takes handles, not 5"),
        (lambda add: [call(add, 1, 2)], "a handle is wanted, .* Pass what send\\(\\) returned"),
        (lambda add: [add.delay(1, 2)], "a handle is wanted, .* Of a plain AsyncResult ask get"),
    ],
    ids=["a number", "a call", "a plain result"],
)
def test_what_is_no_handle_is_refused(app, wrong, problem):
    """
    The error says what is wanted.
    """

    @app.task(name="shop.add")
    def add(x, y):
        raise NotImplementedError

    with pytest.raises(TypeError, match=problem):
        gather(wrong(add), timeout=0)
