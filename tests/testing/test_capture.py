"""
capture() sees everything that is sent, by whatever means, and nothing leaves the process.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import celery
import pytest
from celery import Celery, chain, chord, group, shared_task, signals
from kombu import Connection, Producer
from kombu.exceptions import ContentDisallowed
from kombu.transport.memory import Channel

from celerykit import CallRejected, CallWarning, call, guard, remote
from celerykit.testing import capture


def plus(x, y):
    """
    Add two numbers.
    """
    return x + y


def same(x):
    """
    Return what was given.
    """
    return x


def one():
    """
    Take nothing.
    """
    return 1


def waiting(app):
    """
    How many messages wait in kombu's broker in memory, for the default queue of an app.
    """
    queue = Channel.queues.get(app.conf.task_default_queue)
    return 0 if queue is None else queue.qsize()


def test_every_way_to_send(app, add, greet):
    """
    Whoever sends a call, and by whatever means, it is seen, in order.
    """
    billing = remote("billing.charge", app=app)(same)

    with capture(app) as sent:
        call(add, 1, 2).send()
        add.delay(3, 4)
        add.apply_async((5, 6))
        add.s(7, 8).apply_async()
        app.send_task("elsewhere.run", (9,))
        call(billing, 10).send()
        group(add.s(1, 1), greet.s("Ann")).apply_async()
        chain(add.s(2, 2), greet.s()).apply_async()
        chord([add.s(3, 3), add.s(4, 4)], greet.s()).apply_async()

    assert [(each.task, *each.args) for each in sent] == [
        ("shop.add", 1, 2),
        ("shop.add", 3, 4),
        ("shop.add", 5, 6),
        ("shop.add", 7, 8),
        ("elsewhere.run", 9),
        ("billing.charge", 10),
        ("shop.add", 1, 1),
        ("shop.greet", "Ann"),
        ("shop.add", 2, 2),
        ("shop.add", 3, 3),
        ("shop.add", 4, 4),
    ]


def test_nothing_goes_to_the_broker(app, add):
    """
    A call that is captured is not sent, although the app has sent one before and has a pool open.
    """
    add.delay(1, 2)

    with capture(app):
        add.delay(3, 4)

    assert waiting(app) == 1
    add.delay(5, 6)
    assert waiting(app) == 2


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_the_environment_does_not_win(monkeypatch, port, scheme):
    """
    No connection is made to the broker and the result backend that the environment names.
    """
    url = f"{scheme}://127.0.0.1:{port.number}//"
    monkeypatch.setenv("CELERY_BROKER_URL", url)
    monkeypatch.setenv("CELERY_RESULT_BACKEND", f"redis://127.0.0.1:{port.number}/1")
    app = Celery("env", broker="memory://", set_as_current=False)
    add = app.task(name="env.add")(plus)

    with capture(app) as sent:
        result = add.delay(1, 2)
        group(add.s(1, 2), add.s(3, 4)).apply_async()
        chord([add.s(1, 2)], add.si(3, 4)).apply_async()
        app.control.revoke(result.id)
        with app.connection_for_write() as connection:
            assert connection.transport.driver_type == scheme
            connection.ensure_connection()
        assert result.state == "PENDING"

    assert len(sent) == 4
    assert port.visits == 0


def test_a_producer_of_the_real_broker_is_not_used(app, add):
    """
    Even a call that brings a connection of its own, or a producer, goes nowhere.
    """
    with Connection("memory://") as connection, capture(app) as sent:
        add.apply_async((1, 2), producer=Producer(connection))
        add.apply_async((3, 4), connection=connection)

    assert [each.args for each in sent] == [(1, 2), (3, 4)]
    assert waiting(app) == 0


def test_a_pool_of_one_is_enough(make_app):
    """
    A capture needs no more of the app's connections than a send does.
    """
    app = make_app(broker_pool_limit=1)
    add = app.task(name="one.add")(plus)

    with capture(app) as sent, ThreadPoolExecutor(8) as pool:
        add.delay(0, 1)  # the first call makes the pool, which Celery does in one thread only
        for each in [pool.submit(add.delay, number, 1) for number in range(1, 40)]:
            each.result(timeout=10)

    assert sorted(each.args[0] for each in sent) == [*range(40)]


def test_other_threads_are_captured(app, add, at_once):
    """
    What a thread sends, started before or after, is seen too.
    """
    ready, go = threading.Event(), threading.Event()

    def early():
        _ = app.backend  # which Celery keeps for each thread
        ready.set()
        assert go.wait(10)
        add.delay("early", 1)

    thread = threading.Thread(target=early)
    thread.start()
    assert ready.wait(10)
    with capture(app) as sent:
        go.set()
        thread.join(10)
        at_once(lambda number: add.delay(number, 1))

    assert len(sent) == 9
    assert waiting(app) == 0


def test_every_app_is_captured(make_app):
    """
    Without an app, all apps are captured: those that are alive and those that are made meanwhile.
    """
    old = make_app()
    with capture() as sent:
        new = Celery("new", set_as_current=False)
        for app in (old, new):
            app.send_task("billing.charge", (app.main,))

    assert [each.args[0] for each in sent] == [old.main, "new"]
    assert [each.app for each in sent] == [old, new]
    assert "send_task" not in vars(new)


def test_the_fallback_app_is_captured(set_current, port, monkeypatch):
    """
    A shared task for which no app was made goes to none, and is refused as by guard().
    """
    monkeypatch.setenv("CELERY_BROKER_URL", f"amqp://127.0.0.1:{port.number}//")
    set_current(None)
    monkeypatch.setattr("celery._state.default_app", None)
    with capture() as sent:
        task = shared_task(name="lost.add")(same)
        task.delay(1)

        assert sent.one(task).app is celery.current_app._get_current_object()
    assert port.visits == 0


def test_one_app_alone(make_app):
    """
    With an app, the others go on sending.
    """
    ours, other = make_app(), make_app()

    with capture(ours) as sent:
        other.send_task("billing.charge")
        ours.send_task("billing.charge")

    assert len(sent) == 1
    assert waiting(other) == 1


def test_captures_may_overlap(app, add):
    """
    Each capture sees what is sent while it lasts, whichever ends first.
    """
    one, two = capture(app), capture(app)
    first = one.__enter__()
    add.delay(1, 1)
    second = two.__enter__()
    add.delay(2, 2)
    one.__exit__(None, None, None)
    add.delay(3, 3)
    two.__exit__(None, None, None)
    add.delay(4, 4)

    assert [each.args[0] for each in first] == [1, 2]
    assert [each.args[0] for each in second] == [2, 3]
    assert waiting(app) == 1


def test_restored_as_it_was(app, add):
    """
    When a test fails half-way, the app and its publisher have exactly what they had before.
    """
    add.delay(1, 2)
    before = {**vars(app)}, {**vars(app.amqp)}, app.backend

    with pytest.raises(ZeroDivisionError), capture(app):  # noqa: PT012 - a test that fails half-way
        add.delay(1, 2)
        chord([add.s(1, 2)], add.s(3)).apply_async()
        _ = 1 / 0

    assert {**vars(app)}, {**vars(app.amqp)} == before[:2]
    assert app.backend is before[2]


def test_what_was_not_there_is_gone_again(make_app):
    """
    An app that had not sent yet has no pool, no publisher and no guard afterwards.
    """
    app = make_app()
    _ = app.amqp
    before = {**vars(app)}

    with capture(app):
        app.send_task("billing.charge")

    gained = vars(app).keys() - before.keys()
    assert gained <= {"AsyncResult", "_after_fork_registered", "events", "loader", "timezone"}
    assert app._pool is None
    assert app._backend_cache is None
    assert app._local is before["_local"]
    assert not {"Connection", "_producer_pool", "send_task_message"} & vars(app.amqp).keys()


def test_a_configuration_is_not_read_early():
    """
    An app that is not configured yet may still be configured while it is captured.
    """
    app = Celery("late", set_as_current=False)

    with capture(app) as sent:
        assert not app.configured
        app.config_from_object({"task_routes": {"late.*": {"queue": "late"}}})
        app.send_task("late.run")

    assert sent.one().queue == "late"


def test_a_task_with_its_own_backend(app, port):
    """
    A task that keeps its results elsewhere keeps them in memory too, until the capture ends.
    """
    from celery.backends.redis import RedisBackend  # noqa: PLC0415 - only this test wants it

    own = RedisBackend(app=app, url=f"redis://127.0.0.1:{port.number}/1")
    task = app.task(name="shop.kept", backend=own)(one)

    with capture(app):
        result = task.delay()
        assert result.state == "PENDING"

    assert task.backend is own
    assert port.visits == 0


def test_a_backend_given_later(app):
    """
    A backend that was set on a task is put back as well.
    """
    task = app.task(name="shop.kept")(one)
    task.backend = own = object()

    with capture(app):
        assert task.delay().backend is app.backend

    assert task.backend is own


def test_signals_and_routers_work(make_app):
    """
    The message is made as ever: before_task_publish may change it, and routes decide its queue.
    """
    app = make_app(task_routes={"routed.*": {"queue": "far"}}, task_send_sent_event=True)
    task = app.task(name="routed.add")(same)
    seen = []

    def before(headers, routing_key, **_):
        headers["tenant"] = "acme"
        seen.append(routing_key)

    def after(headers, **_):
        seen.append(headers["id"])

    signals.before_task_publish.connect(before, sender="routed.add")
    signals.after_task_publish.connect(after, sender="routed.add")
    with capture(app) as sent:
        result = task.delay(1)
    signals.before_task_publish.disconnect(before, sender="routed.add")
    signals.after_task_publish.disconnect(after, sender="routed.add")

    assert seen == ["far", result.id]
    assert sent.one(task).queue == "far"
    assert sent.one(task).headers == {"tenant": "acme"}


def test_headers_are_kept_as_they_were(app, add):
    """
    Changing the headers after the call changes nothing in what was captured.
    """
    headers = {"tags": ["new"]}

    with capture(app) as sent:
        add.apply_async((1, 2), headers=headers)
        headers["tags"].append("old")

    assert sent.one(add).headers == {"tags": ["new"]}


def test_eager_calls_are_not_sent(make_app):
    """
    A call that runs here and now is not sent, so there is nothing to capture.
    """
    app = make_app(task_always_eager=True)
    add = app.task(name="eager.add")(plus)

    with capture(app) as sent:
        assert add.delay(1, 2).get() == 3
        assert add.apply((3, 4)).get() == 7

    sent.assert_nothing_sent()


def test_plain_calls_are_checked(app, add):
    """
    A plain call that a rule refuses is refused, as with guard(action="raise").
    """
    with capture(app) as sent:
        with pytest.raises(CallRejected, match="CK201 'contdown' is not an option"):
            add.apply_async((1, 2), contdown=10)
        with pytest.raises(CallRejected, match="CK303"):
            add.delay({1, 2}, 3)

    sent.assert_nothing_sent()


def test_allowed_and_warned_of(app, add):
    """
    A rule may be allowed, and the rest only warned of.
    """
    with capture(app, allow="CK201") as sent:
        add.apply_async((1, 2), contdown=10)
    with capture(app, action="warn") as warned, pytest.warns(CallWarning, match="CK201"):
        add.apply_async((1, 2), contdown=10)

    assert len(sent) == len(warned) == 1


def test_a_projects_own_guard_speaks(app, add):
    """
    Where the project has put a guard, its action and codes count, and it is left in its place.
    """
    own = guard(app, action="warn", allow=["CK201"])

    with capture(app) as sent:
        add.apply_async((1, 2), contdown=10)
        call(add, 1, 2).send()

    assert len(sent) == 2
    assert own.is_outermost
    assert own.action == "warn"


def test_a_guard_put_meanwhile_stays(app, add):
    """
    A guard that is put while calls are captured watches on afterwards.
    """
    with capture(app):
        guard(app, action="raise")

    with pytest.raises(CallRejected, match="CK201"):
        add.apply_async((1, 2), contdown=10)


def test_headers_that_redis_refuses(app, add):
    """
    A header that JSON cannot write is refused, where kombu's broker in memory takes it.
    """
    add.apply_async((1, 2), headers={"when": complex(1, 2)})  # which is the harm: it is accepted

    with (
        capture(app, allow=["CK210"]) as sent,
        pytest.raises(CallRejected, match="Redis says Object of type complex is not JSON"),
    ):
        add.apply_async((1, 2), headers={"when": complex(1, 2)})

    sent.assert_nothing_sent()


@pytest.mark.parametrize(
    "options",
    [{"headers": {"big": 2**70}}, {"headers": {"x" * 300: 1}}, {"priority": 300}],
    ids=["a number", "a name", "a property"],
)
def test_what_rabbitmq_refuses(app, add, options):
    """
    A header or a property that AMQP cannot encode is refused, in the words of its encoder.
    """
    with (
        capture(app, allow=["CK210", "CK204", "CK220"]) as sent,
        pytest.raises(CallRejected, match=r"CK210 .*cannot be sent: RabbitMQ says "),
    ):
        add.apply_async((1, 2), **options)

    sent.assert_nothing_sent()


def test_only_the_rules_of_the_broker_in_use(make_app):
    """
    Where the broker is known, what only another one refuses passes.
    """
    app = make_app(broker_url="redis://127.0.0.1:1/0")
    with capture(app, allow=["CK210", "CK204", "CK220"]) as sent:
        app.send_task("billing.charge", headers={"big": 2**70})

    assert sent.one().headers == {"big": 2**70}


def test_an_app_that_was_closed(make_app):
    """
    An app that was closed is not known to Celery any more; what it sends is captured all the same.
    """
    app = make_app()
    app.close()
    own = Celery.send_task

    with capture() as sent:
        app.send_task("billing.charge", (1,))
        app.send_task("billing.charge", (2,))

    assert [each.args for each in sent] == [(1,), (2,)]
    assert waiting(app) == 0
    assert "send_task" not in vars(app)
    assert Celery.send_task is own


def test_an_app_is_captured_once(app, monkeypatch):
    """
    An app that is made in the very moment when a capture begins is captured once.
    """
    made = []

    def listed():
        made.append(Celery("early", set_as_current=False))
        return made

    monkeypatch.setattr("celerykit.testing._capture.apps", listed)
    with capture() as sent:
        made[0].send_task("billing.charge")

    assert len(sent) == 1
    assert "send_task" not in vars(made[0])


def test_who_stands_in_front_stays(app, add):
    """
    Whoever stood in for send_task meanwhile goes on to send, now to the broker.
    """
    seen = []
    with capture(app) as sent:
        inner = app.send_task

        def outer(*args, **options):
            seen.append(args[0])
            return inner(*args, **options)

        app.send_task = outer
        add.delay(1, 2)
    add.delay(3, 4)

    assert seen == ["shop.add", "shop.add"]
    assert len(sent) == waiting(app) == 1


def test_a_message_of_ones_own(app):
    """
    A task's message that is published past send_task is captured, without what was written.
    """
    with capture(app) as sent, app.producer_or_acquire() as producer:
        message = app.amqp.as_task_v2("id", "billing.charge", (7,), {}, countdown=10)
        app.amqp.send_task_message(producer, "billing.charge", message, queue="billing")

    assert sent.one().options == {}
    assert (sent.one().id, sent.one().queue, sent.one().args) == ("id", "billing", (7,))
    assert round(sent.one().countdown) == 10


def test_a_body_that_no_worker_takes(app, add):
    """
    What workers would refuse to decode is refused where it is sent, and does not wait.
    """
    with capture(app, allow="CK301") as sent:
        with pytest.raises(ContentDisallowed):
            add.apply_async((1, 2), serializer="pickle")

        assert len(sent.run()) == 0
    sent.assert_nothing_sent()


def test_the_old_protocol(make_app):
    """
    Messages of protocol 1 are refused with a word, rather than missed.
    """
    app = make_app(task_protocol=1)

    with capture(app), pytest.raises(NotImplementedError, match="task_protocol=1 cannot be cap"):
        app.send_task("billing.charge")


def test_a_receiver_that_sends(app, add, greet):
    """
    What a receiver of a signal sends meanwhile has its own options.
    """

    def before(**_):
        message = app.amqp.as_task_v2("id", "shop.greet", ("Ann",), {})
        with app.producer_or_acquire() as producer:
            app.amqp.send_task_message(producer, "shop.greet", message)

    signals.before_task_publish.connect(before, sender="shop.add")
    with capture(app) as sent:
        add.apply_async((1, 2), queue="high")
    signals.before_task_publish.disconnect(before, sender="shop.add")

    assert sent.one(greet).options == {}
    assert sent.one(add).options == {"queue": "high"}


def test_an_option_that_says_what_holds_anyway(app):
    """
    To keep the result of a task of another service is no option worth a word.
    """
    with capture(app) as sent:
        app.send_task("billing.charge", ignore_result=False)

    assert sent.one().options == {}


def test_other_messages_stay_in_memory(app):
    """
    A message of the project's own, that is no task's, goes to a broker in memory and is not listed.
    """
    with capture(app) as sent, app.connection_for_write() as connection:
        queue = connection.SimpleQueue("own")
        queue.put({"hello": "world"})
        got = queue.get(timeout=1)

        assert got.payload == {"hello": "world"}
        got.ack()
        queue.close()

    sent.assert_nothing_sent()
    assert "own" not in Channel.queues


def test_what_no_queue_takes(make_app):
    """
    A message that no queue takes is captured all the same, and says so.
    """
    app = make_app()
    with capture(app, allow=["CK227"]) as sent:
        app.send_task("lost.run", exchange="nowhere", routing_key="x")

    assert sent.one().queue is None
    assert (sent.one().exchange, sent.one().routing_key) == ("nowhere", "x")


def test_wrong_use(app):
    """
    Something else than an app, an unknown action and an unknown code are refused at once.
    """
    with pytest.raises(TypeError, match=r"capture\('shop'\): that is no Celery app"):
        capture("shop").__enter__()
    with pytest.raises(ValueError, match="action='refuse' is not 'warn' or 'raise'"):
        capture(app, action="refuse").__enter__()
    with pytest.raises(CallRejected, match="CK109"):
        capture(app, allow=["CK999"]).__enter__()


def test_the_current_app_is_an_app(app, set_current):
    """
    celery.current_app stands for the app that is current.
    """
    set_current(app)

    with capture(celery.current_app) as sent:
        app.send_task("billing.charge")

    assert len(sent) == 1
