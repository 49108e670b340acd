"""
run() does what a worker would with what was sent: in this thread, in order, and without waiting.
"""

import threading
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import celery
import pytest
from celery import chain, chord, group, signals
from celery.exceptions import Ignore, MaxRetriesExceededError, Reject, TaskRevokedError
from celery.worker import state

from celerykit import call, step
from celerykit.testing import EndlessRun, ResultPending, capture, clock


@pytest.fixture
def effects():
    """
    What tasks did, in order.
    """
    return []


@pytest.fixture
def note(app, effects):
    """
    A task that leaves a trace, and returns what it was given.
    """

    @app.task(name="shop.note")
    def note(value):
        effects.append(value)
        return value

    return note


@pytest.fixture
def total(app):
    """
    A task that adds up.
    """

    @app.task(name="shop.total")
    def total(values):
        return sum(values)

    return total


@pytest.fixture
def fail(app):
    """
    A task that fails.
    """

    @app.task(name="shop.fail")
    def fail(*_):
        message = "as it must"
        raise ZeroDivisionError(message)

    return fail


def test_results_can_be_read(sent, add):
    """
    Once a call was run its result is there at once, by every way to read it.
    """
    result, handle = add.delay(2, 3), call(add, 4, 5).send()

    ran = sent.run()

    assert ran.calls == sent.calls == [call(add, 2, 3), call(add, 4, 5)]
    assert (result.state, result.get(), handle.get(timeout=0)) == ("SUCCESS", 5, 9)
    assert sent[1].handle.get(timeout=0) == 9


def test_a_result_is_not_waited_for(sent, add):
    """
    To read a result before its task was run raises at once, as an error that says what to do.
    """
    result = add.delay(2, 3)

    with pytest.raises(ResultPending, match=r"it is PENDING.*sent\.run\(\)"):
        result.get()
    with pytest.raises(result.TimeoutError):
        result.get(timeout=30)
    with pytest.raises(ResultPending):
        group(add.s(1, 1), add.s(2, 2)).apply_async().get(timeout=30)
    with pytest.raises(ResultPending):
        group(add.s(1, 1)).apply_async().join(timeout=30)


def test_a_result_that_is_not_due_says_when_it_is(sent, add):
    """
    To run what was sent would not help: nothing runs before its time.
    """
    with clock() as time:
        result = add.apply_async((2, 3), countdown=10)
        add.apply_async((4, 5), countdown=20)
        sent.run()

        with pytest.raises(ResultPending, match=r"It is due in 10 s: .* clock.advance\(10\)"):
            result.get()

        time.advance(10)
        assert result.get() == 5


def test_in_this_thread(sent, app, effects):
    """
    Tasks are run in the thread of the test.
    """

    @app.task(name="shop.where")
    def where():
        effects.append(threading.get_ident())

    where.delay()
    sent.run()

    assert effects == [threading.get_ident()]


def test_nothing_is_run_twice(sent, note, effects):
    """
    What was run is not run again; what is sent later is.
    """
    note.delay(1)
    sent.run()
    note.delay(2)

    assert sent.run().calls == [call(note, 2)]
    assert len(sent.run()) == 0
    assert effects == [1, 2]


def test_tasks_that_send(sent, app, note, effects):
    """
    What a task sends is run too, and is listed among the calls that were sent.
    """

    @app.task(name="shop.parent")
    def parent():
        note.delay("child")

    result = parent.delay()
    sent.run()

    assert effects == ["child"]
    child = sent.one(note).message["headers"]
    assert (child["parent_id"], child["root_id"]) == (result.id, result.id)
    assert result.children[0].get() == "child"


@pytest.mark.parametrize(
    ("canvas", "value"),
    [
        (lambda add, total: chain(add.s(1, 1), add.s(2), add.s(3)), 7),
        (lambda add, total: group(add.s(1, 1), add.s(2, 2)), [2, 4]),
        (lambda add, total: chord([add.s(1, 1), add.s(2, 2)], total.s()), 6),
        (lambda add, total: group(add.s(1, 1), add.s(2, 2)) | total.s() | add.s(10), 16),
        (lambda add, total: add.s(1, 1) | group(add.s(2), add.s(3)) | total.s(), 9),
        (
            lambda add, total: chord(
                [chord([add.s(1, 1), add.s(2, 2)], total.s()), add.s(3, 3)], total.s()
            ),
            12,
        ),
        (lambda add, total: total.map([[1, 2], [3, 4]]), [3, 7]),
        (lambda add, total: add.starmap([[1, 2], [3, 4]]) | total.s(), 10),
        (lambda add, total: add.chunks([[1, 2], [3, 4], [5, 6]], 2).group(), [[3, 7], [11]]),
    ],
    ids=["chain", "group", "chord", "group | chain", "fan", "chords", "map", "starmap", "chunks"],
)
def test_canvas(sent, add, total, canvas, value):
    """
    A canvas of every shape comes to its end.
    """
    result = canvas(add, total).apply_async()

    sent.run()

    assert result.get() == value


def test_a_retry_that_is_due(sent, app, effects):
    """
    A task that is retried at once is run again, with its count, up to its limit.
    """

    @app.task(name="shop.retried", bind=True, max_retries=2)
    def retried(self, good):
        effects.append(self.request.retries)
        if self.request.retries < good:
            raise self.retry(countdown=0)
        return "done"

    good = retried.delay(2)
    sent.run()
    assert effects == [0, 1, 2]
    assert good.get() == "done"
    again = call(retried, 2).countdown(0)
    assert sent.calls == [call(retried, 2), again, again]

    retried.delay(9)
    with pytest.raises(MaxRetriesExceededError, match=r"Can't retry shop\.retried"):
        sent.run()


def test_a_retry_that_is_not_due(sent, app, effects):
    """
    A task that is retried later waits, and says so in its state.
    """

    # Jitter may make any delay 0.
    @app.task(name="shop.later", autoretry_for=(OSError,), retry_backoff=60, retry_jitter=False)
    def later():
        effects.append("tried")
        raise OSError

    result = later.delay()

    assert len(sent.run()) == 1
    assert len(sent.run()) == 0
    assert (effects, result.state) == (["tried"], "RETRY")
    assert sent.of(later)[1].countdown is not None


def test_callbacks(sent, add, note, fail, effects):
    """
    Callbacks follow a success, errbacks a failure; each takes what a worker would give it.
    """
    add.apply_async((1, 2), link=[note.s(), note.si("linked")], link_error=note.si("not this"))
    failed = fail.apply_async(link=note.si("nor this"), link_error=note.s())
    call(add, 3, 4).link(step(note)).send()

    sent.run(reraise=False)

    assert effects == [3, "linked", failed.id, 7]
    assert failed.state == "FAILURE"


def test_an_errback_of_the_new_style(sent, app, fail, effects):
    """
    An errback that takes request, exception and traceback is called in place.
    """

    @app.task(name="shop.errback")
    def errback(request, exc, traceback):
        effects.append((request.id, repr(exc)))

    result = fail.apply_async(link_error=errback.s())
    sent.run(reraise=False)

    assert effects == [(result.id, "ZeroDivisionError('as it must')")]


def test_a_failure_is_raised_in_the_test(sent, fail, note, effects):
    """
    The error of a task is the test's, after Celery has dealt with it; what is left still waits.
    """
    failed = fail.apply_async(link_error=note.si("errback"))
    note.delay("next")

    with pytest.raises(ZeroDivisionError, match="as it must") as caught:
        sent.run()

    assert caught.traceback[-1].name == "fail"
    assert (failed.state, effects) == ("FAILURE", [])
    sent.run()
    assert effects == ["next", "errback"]


def test_failures_may_pass(sent, fail, note, effects):
    """
    With reraise=False all is run, and an error waits in its result.
    """
    failed = fail.delay()
    note.delay("next")

    assert len(sent.run(reraise=False)) == 2
    assert effects == ["next"]
    with pytest.raises(ZeroDivisionError, match="as it must"):
        failed.get()


def test_a_chord_whose_header_fails(sent, add, fail, total):
    """
    The body of a chord with a failed member is not run, and its result says why.
    """
    result = chord([add.s(1, 1), fail.s()], total.s()).apply_async()

    sent.run(reraise=False)

    assert len(sent.of(total)) == 0
    assert "ZeroDivisionError('as it must')" in repr(result.get(propagate=False))


def test_replace_ignore_and_reject(sent, app, add, effects):
    """
    A task may replace itself, ignore its outcome, or reject its message, once or for good.
    """

    @app.task(name="shop.replaced", bind=True)
    def replaced(self):
        return self.replace(add.s(5, 6))

    @app.task(name="shop.ignored")
    def ignored():
        raise Ignore

    @app.task(name="shop.rejected", bind=True, acks_late=True)
    def rejected(self, requeue):
        effects.append(self.request.delivery_info["redelivered"])
        if not self.request.delivery_info["redelivered"]:
            raise Reject("not now", requeue=requeue)

    results = [replaced.delay(), ignored.delay(), rejected.delay(True), rejected.delay(False)]
    sent.run()

    assert results[0].get() == 11
    assert results[1].state == "PENDING"
    assert results[2].state == "SUCCESS"
    assert results[3].state in {"PENDING", "FAILURE"}  # which Celery stores from 5.7 on
    assert effects == [False, False, True]


def test_ignored_results(sent, add):
    """
    A call whose result is ignored keeps none.
    """
    result = add.apply_async((1, 2), ignore_result=True)

    sent.run()

    assert app_of(result).AsyncResult(result.id).state == "PENDING"
    assert result.get() is None


def app_of(result):
    """
    The app that a result is read through.
    """
    return result.app


def test_revoked(sent, app, note, effects):
    """
    What was revoked before it was run is not run, and its result says so.
    """
    one, two = note.delay(1), note.delay(2)
    app.control.revoke(one.id)
    app.control.revoke([two.id, "another"])

    sent.run()

    assert effects == []
    assert (one.state, two.state) == ("REVOKED", "REVOKED")
    with pytest.raises(TaskRevokedError):
        one.get()
    assert one.id not in state.revoked


def test_revoked_by_stamps(sent, app, note, effects):
    """
    What carries a stamp that was revoked is not run.
    """
    call(note, 1).stamp(tenant="acme").send()
    call(note, 2).stamp(tenant="other").send()
    app.control.revoke_by_stamped_headers({"tenant": "acme"})
    app.control.revoke_by_stamped_headers({"tenant": ["third"]})

    sent.run()

    assert effects == [2]
    assert state.revoked_stamps == {}


def test_revoked_in_a_worker_of_this_process(sent, note, effects):
    """
    What a worker of this process knows as revoked stays revoked there.
    """
    result = note.delay(1)
    state.revoked.add(result.id)

    sent.run()

    assert effects == []
    assert result.id in state.revoked
    state.revoked.discard(result.id)


def test_expired(app, note, effects):
    """
    What has expired is not run, and its result says so.
    """
    with capture(app, allow=["CK207", "CK204"]) as sent:
        past = datetime.now(timezone.utc) - timedelta(seconds=9)
        result = note.apply_async((1,), expires=past)
        note.apply_async((2,), expires=60)

        sent.run()

        assert result.state == "REVOKED"
    assert effects == [2]


def test_signals(sent, add, effects):
    """
    The signals of a worker are sent, in its order.
    """
    names = ["task_received", "task_prerun", "task_success", "task_postrun"]
    receivers = {}
    for name in names:

        def receive(name=name, **_):
            effects.append(name)

        receivers[name] = receive
        getattr(signals, name).connect(receive)
    add.delay(1, 2)
    sent.run()
    for name, receive in receivers.items():
        getattr(signals, name).disconnect(receive)

    assert effects == names


def test_times_in_order(app, note, effects):
    """
    What has come due is run by its eta, whenever it was sent; what has not, waits.
    """
    with clock() as time, capture(app) as sent:
        note.apply_async(("third",), eta=time.now + timedelta(seconds=2))
        note.apply_async(("second",), eta=time.now + timedelta(seconds=1))
        note.apply_async(("never",), eta=time.now + timedelta(hours=1))
        note.delay("first")
        time.advance(timedelta(seconds=3), run=False)

        assert len(sent.run()) == 3
    assert effects == ["first", "second", "third"]


def test_an_eta_that_was_over_when_it_was_sent(app, note, effects):
    """
    What is due as it is sent is run in its turn, as a retry without a delay is.
    """
    now = datetime.now(timezone.utc)
    with capture(app, allow="CK225") as sent:
        note.apply_async(("first",), eta=now - timedelta(seconds=1))
        note.apply_async(("second",), eta=now - timedelta(seconds=2))
        note.delay("third")
        sent.run()

    assert effects == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("broker_url", "order"),
    [
        ("redis://127.0.0.1:1/0", ["once", "other", "again"]),
        ("amqp://127.0.0.1:1//", ["once", "again", "other"]),
    ],
)
def test_a_message_that_is_given_back(make_app, effects, broker_url, order):
    """
    RabbitMQ keeps the place of a message that is rejected; elsewhere it waits behind the others.
    """
    app = make_app(broker_url=broker_url)
    note = app.task(name="shop.note")(noting(effects))

    @app.task(name="shop.rejected", bind=True, acks_late=True)
    def rejected(self):
        again = self.request.delivery_info["redelivered"]
        effects.append("again" if again else "once")
        if not again:
            raise Reject("not now", requeue=True)

    with capture(app) as sent:
        rejected.delay()
        note.delay("other")
        sent.run()

    assert effects == order


def test_a_body_that_cannot_be_sent(make_app, effects):
    """
    The body of a chord that cannot be sent when its turn comes has failed, and says why.
    """
    roads = {"shop.note": {"queue": "notes"}}
    app = make_app(task_routes=[lambda name, *_args, **_options: roads[name]])
    note = app.task(name="shop.note")(noting(effects))
    body = app.task(name="shop.body")(noting(effects))
    with capture(app) as sent:
        result = chord([note.s(1), note.s(2)], body.s()).apply_async()
        sent.run(reraise=False)

        assert repr(result.result) == """ChordError("Callback error: KeyError('shop.body')")"""
    assert effects == [1, 2]


def test_an_eta_without_a_zone_is_utc(app, note, effects):
    """
    A naive eta is read as UTC, as workers do whatever the app's timezone.
    """
    past = (datetime.now(timezone.utc) - timedelta(seconds=1)).replace(tzinfo=None)
    with capture(app, allow=["CK205", "CK225"]) as sent:
        note.apply_async((1,), eta=past)
        note.apply_async((2,), eta=past + timedelta(seconds=60))
        sent.run()

    assert effects == [1]


@pytest.mark.parametrize(
    ("settings", "order"),
    [
        ({"broker_url": "memory://"}, [9, 6, 5, 3, None, 0]),
        ({"broker_url": "redis://127.0.0.1:1/0"}, [None, 0, 5, 3, 6, 9]),
        ({"broker_url": "amqp://127.0.0.1:1//"}, [None, 5, 3, 9, 0, 6]),
        (
            {"broker_url": "amqp://127.0.0.1:1//", "task_queue_max_priority": 10},
            [9, 6, 5, 3, None, 0],
        ),
    ],
    ids=["memory", "redis", "rabbitmq", "rabbitmq with priorities"],
)
def test_priorities(make_app, effects, settings, order):
    """
    Of what waits in a queue, what the broker in use finds more urgent is run first.
    """
    app = make_app(**settings)
    note = app.task(name="shop.note")(noting(effects))
    with capture(app, allow="CK220") as sent:
        for priority in (None, 5, 3, 9, 0, 6):
            note.apply_async((priority,), priority=priority)
        sent.run()

    assert effects == order


def test_queues_take_turns(sent, note, effects):
    """
    A priority counts among the messages of its own queue alone.
    """
    note.apply_async(("first",), queue="a")
    note.apply_async(("second",), queue="b", priority=9)
    note.apply_async(("third",), queue="a")

    sent.run()

    assert effects == ["first", "second", "third"]


def test_a_declared_queue_without_priorities(make_app, effects):
    """
    A message that goes to an exchange alone is run in its turn.
    """
    app = make_app(broker_url="amqp://127.0.0.1:1//")
    note = app.task(name="shop.note")(noting(effects))
    with capture(app, allow=["CK227", "CK220"]) as sent:
        note.apply_async((1,), exchange="lost", routing_key="x", priority=3)
        note.apply_async((2,), exchange="lost", routing_key="x", priority=9)
        sent.run()

    assert effects == [1, 2]


def test_tasks_of_other_services_wait(sent, app, add):
    """
    What is not a task of the app is not run here.
    """
    app.send_task("billing.charge", (1,))
    add.delay(1, 2)

    assert [each.task for each in sent.run()] == ["shop.add"]


def test_get_in_a_task_is_refused(sent, app, add):
    """
    Reading a result inside a task raises, as in a worker, where it would wait for itself.
    """

    @app.task(name="shop.blocking")
    def blocking():
        return add.delay(1, 2).get(timeout=1)

    blocking.delay()

    with pytest.raises(RuntimeError, match=r"Never call result\.get\(\) within a task"):
        sent.run()


def test_the_current_app(sent, app, effects):
    """
    In a task the current app is the task's, and after it what it was.
    """

    @app.task(name="shop.current")
    def current():
        effects.append(celery.current_app._get_current_object())

    before = celery.current_app._get_current_object()
    current.delay()
    sent.run()

    assert effects == [app]
    assert celery.current_app._get_current_object() is before


def test_a_function_that_a_test_replaces(sent, add, monkeypatch):
    """
    A task whose function a test replaces runs the new one, and later the old one again.
    """
    one = add.delay(1, 2)
    sent.run()
    with monkeypatch.context() as patch:
        patch.setattr(add, "run", lambda x, y: "replaced")
        two = add.delay(1, 2)
        sent.run()
    three = add.delay(1, 2)
    sent.run()

    assert (one.get(), two.get(), three.get()) == (3, "replaced", 3)
    assert "__trace__" not in vars(add)


def test_djangos_connections_stay_open(sent, app, add, effects, monkeypatch):
    """
    Celery's Django fixup closes no connection of the test, though a worker has installed it.
    """

    class Worker:
        """
        What the fixup of a worker does around each task.
        """

        def close_database(self, **_):
            effects.append("closed the database")

        def close_cache(self):
            effects.append("closed the cache")

        def on_task(self, **_):
            self.close_database()
            self.close_cache()

    worker = Worker()
    monkeypatch.setattr(app, "_fixups", [SimpleNamespace(_worker_fixup=worker), SimpleNamespace()])
    signals.task_prerun.connect(worker.on_task)
    add.delay(1, 2)
    sent.run()
    assert effects == []
    signals.task_prerun.disconnect(worker.on_task)

    worker.on_task()
    assert effects == ["closed the database", "closed the cache"]


def test_no_end(sent, app):
    """
    Tasks that send each other for ever are stopped, and named.
    """

    @app.task(name="shop.ping")
    def ping():
        pong.delay()

    @app.task(name="shop.pong")
    def pong():
        ping.delay()

    ping.delay()

    with pytest.raises(EndlessRun) as caught:
        sent.run(limit=50)
    assert str(caught.value) == (
        "50 tasks were run and 1 still waits. They send each other: "
        "shop.pong -> shop.ping -> shop.pong. Pass limit=... if so many are meant."
    )
    assert (caught.value.limit, caught.value.waiting, len(caught.value.loop)) == (50, 1, 3)


def test_no_end_with_ids_that_come_again(sent, app):
    """
    Tasks that send each other under ids of their own choice are stopped too.
    """

    @app.task(name="shop.ping")
    def ping(number):
        name = "shop.ping" if number % 3 else "shop.pong"
        app.send_task(name, (number + 1,), task_id=f"id{number % 2}")

    @app.task(name="shop.pong")
    def pong(number):
        ping(number)

    ping.apply_async((1,), task_id="id1")

    with pytest.raises(EndlessRun, match="They send each other: shop"):
        sent.run(limit=20)


def test_too_many(sent, add):
    """
    Many calls that nothing sends in a circle reach the bound too.
    """
    for number in range(5):
        add.delay(number, 1)

    with pytest.raises(
        EndlessRun, match=r"3 tasks were run and 2 still wait\..*shop\.add -> shop\.add"
    ):
        sent.run(limit=3)
    assert len(sent.run(limit=2)) == 2


@pytest.mark.parametrize("limit", [0, -1, True, 1.5, None])
def test_a_limit_that_is_none(sent, limit):
    """
    A limit that is no number of tasks is refused.
    """
    with pytest.raises(ValueError, match=r"is not a number of tasks\. Pass 1 or more"):
        sent.run(limit=limit)


def test_after_the_capture(app, add):
    """
    When the capture is over, nothing can be run, and what was sent can still be looked at.
    """
    with capture(app) as sent:
        add.delay(1, 2)

    with pytest.raises(RuntimeError, match="run\\(\\) after the capture ended"):
        sent.run()
    assert len(sent) == 1


def test_forgotten_calls_are_not_run(sent, note, effects):
    """
    clear() forgets what was sent, and what was to be run.
    """
    note.delay(1)
    sent.clear()
    note.delay(2)
    sent.run()

    assert effects == [2]


def test_several_apps(make_app, effects):
    """
    What several apps send to each other is run in the order in which it was sent.
    """
    one, two = make_app(), make_app()
    note = two.task(name="two.note")(noting(effects))

    @one.task(name="one.ask")
    def ask(value):
        note.delay(value)

    with capture() as sent:
        ask.delay("asked")
        note.delay("direct")
        sent.run()

    assert effects == ["direct", "asked"]
    assert [each.task for each in sent] == ["one.ask", "two.note", "two.note"]


def test_an_app_without_results(make_app):
    """
    Where the app keeps no results none can be read, and a chord is refused, as in production.
    """
    app = make_app(result_backend=None)
    add = app.task(name="none.add")(plus)
    with capture(app) as sent:
        result = add.delay(1, 2)
        sent.run()

        with pytest.raises(NotImplementedError, match="No result backend is configured"):
            result.get()
        with pytest.raises(NotImplementedError, match="Starting chords requires a result backend"):
            chord([add.s(1, 2)], add.s(3)).apply_async()


def test_rpc_results(make_app):
    """
    The backend in use says whether chords work at all: rpc:// refuses them.
    """
    app = make_app(result_backend="rpc://")
    add = app.task(name="rpc.add")(plus)
    with capture(app) as sent:
        result = add.delay(1, 2)
        sent.run()

        assert result.get() == 3
        assert app.backend.as_uri() == "celerykit.testing://"
        with pytest.raises(NotImplementedError, match="chords"):
            chord([add.s(1, 2)], add.s(3)).apply_async()


def test_chord_parts_are_counted_in_memory(sent, app, add):
    """
    The backend in memory does all that Celery asks of one: count, expire, and hand out many.
    """
    backend = app.backend
    result = add.delay(1, 2)
    sent.run()
    seen = []

    assert [meta["result"] for _id, meta in backend.get_many([result.id], on_message=seen.append)]
    assert len(seen) == 1
    backend.expire(backend.get_key_for_task("nobody"), 10)
    assert backend.mget([b"nothing"]) == {b"nothing": None}


def test_results_can_be_forgotten(sent, add):
    """
    A result that was forgotten is gone.
    """
    result = add.delay(1, 2)
    sent.run()
    result.forget()

    assert result.app.AsyncResult(result.id).state == "PENDING"


def noting(effects):
    """
    A function that notes what it is given.
    """

    def note(value):
        effects.append(value)

    return note


def plus(x, y):
    """
    Add two numbers.
    """
    return x + y
