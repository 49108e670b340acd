"""
Whatever escapes from delay() is one error, which says what failed and whether the message left.
"""

import pickle
from functools import partial

import pytest
from amqp.exceptions import NotFound
from celery import Celery
from celery.exceptions import QueueNotFound
from kombu import Queue
from kombu.exceptions import EncodeError, OperationalError

from celerykit import PublishError, call, errors
from celerykit._blame import blamed, of_value, publish_error
from tests.bulk.amqp_server import amqp_server
from tests.bulk.redis_server import redis_server
from tests.faults import IMPATIENT, talking

from .conftest import ONCE

NOWHERE = "127.0.0.1:1"
QUICK = {"retry_policy": {"max_retries": 0, "interval_start": 0, "interval_step": 0}}


class Thing:
    """
    What no serializer knows.
    """


def raised(act):
    """
    What an act raises.
    """
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what is asked
        act()
    return caught.value


# settings, options, the argument, what plain Celery raises, and what is made of it
ZOO = {
    "Redis refuses": (
        {"broker_url": f"redis://{NOWHERE}"},
        {},
        OperationalError,
        ("not_sent", "broker"),
    ),
    "RabbitMQ refuses": (
        {"broker_url": f"amqp://{NOWHERE}"},
        {},
        OperationalError,
        ("not_sent", "broker"),
    ),
    "unknown transport": (
        {"broker_url": "rediss3://h"},
        {},
        KeyError,
        ("not_sent", "configuration"),
    ),
    "no driver": (
        {"broker_url": "zookeeper://h"},
        {},
        ImportError,
        ("not_sent", "configuration"),
    ),
    "a port that is none": (
        {"broker_url": "redis://h:many/0"},
        {},
        ValueError,
        ("not_sent", "configuration"),
    ),
    "no such queue": (
        {"task_create_missing_queues": False, "task_queues": [Queue("known")]},
        {"queue": "elsewhere"},
        QueueNotFound,
        ("not_sent", "message"),
    ),
    "no such compression": ({}, {"compression": "nope"}, KeyError, ("not_sent", "message")),
    "no such serializer": ({}, {"serializer": "nope"}, Exception, ("not_sent", "message")),
    "an argument": ({}, {"args": (Thing(), 2)}, EncodeError, ("not_sent", "message")),
    "a result backend that is down": (
        {
            "result_backend": f"redis://{NOWHERE}",
            "result_backend_transport_options": QUICK,
        },
        {"task_id": "chosen"},  # celerykit leaves others to the read
        Exception,
        ("not_sent", "result backend"),
    ),
}
ALLOWED = ("CK223", "CK226", "CK303")


def sending(add, options):
    """
    The two ways to send: celerykit's and plain Celery's.
    """
    given = dict(options)
    args = given.pop("args", (1, 2))
    base = call(add, *args).allow(*ALLOWED)
    return lambda: base.options(**given).send(), lambda: add.apply_async(args, **given)


@pytest.fixture
def make_one(make_app):
    """
    Make a task of an app that tries to publish once.
    """

    def make(**settings):
        app = make_app(**{"task_publish_retry_policy": ONCE, **settings})

        @app.task(name="shop.add")
        def add(x, y):
            raise NotImplementedError

        return add

    return make


@pytest.mark.parametrize("case", ZOO)
def test_one_error_for_all(make_one, case):
    """
    It says what failed, that nothing left, and keeps the original as its cause.
    """
    settings, options, kind, told = ZOO[case]

    error = raised(sending(make_one(**settings), options)[0])
    other = raised(sending(make_one(**settings), options)[1])

    assert type(error) is PublishError
    assert (error.outcome, error.side) == told
    assert isinstance(other, kind)
    assert not isinstance(other, PublishError)
    assert type(error.__cause__) is type(other)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - what was just written
    assert (str(again), again.side) == (str(error), error.side)


@pytest.mark.parametrize("case", ZOO)
def test_one_error_within_a_time(make_one, case):
    """
    A bounded send says the same; it does not touch a result backend on Redis at all.
    """
    settings, options, _, told = ZOO[case]
    add = make_one(**settings)
    given = dict(options)
    base = call(add, *given.pop("args", (1, 2))).allow(*ALLOWED).options(**given)
    if told[1] == "result backend":
        base.send(within=10)
        return

    error = raised(lambda: base.send(within=10))

    assert type(error) is PublishError
    assert (error.outcome, error.side) == told


@pytest.mark.parametrize("within", [None, 10])
def test_a_login_that_is_refused(make_one, within):
    """
    No second attempt helps against a wrong password, which the error does not show.
    """
    refusal = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"
    with talking(lambda said: refusal) as port:
        add = make_one(
            broker_url=f"redis://:hunter2@127.0.0.1:{port}/0",
            broker_transport_options={"socket_timeout": 5, **IMPATIENT},
            result_backend=None,
        )

        error = raised(lambda: call(add, 1, 2).send(within=within))

        assert type(error) is PublishError
        assert (error.outcome, error.side) == ("not_sent", "configuration")
        assert "hunter2" not in str(error)


@pytest.mark.parametrize("within", [None, 10])
def test_a_value_that_amqp_cannot_write(make_one, within):
    """
    A property that is too long for AMQP fails before anything is written, and the next call goes.
    """
    with amqp_server() as server:
        add = make_one(broker_url=server.url, result_backend=None, task_default_queue="work")
        bad = call(add, 1, 2).allow("CK204").extra(app_id="x" * 300)

        error = raised(lambda: bad.send(within=within))
        call(add, 3, 4).send(within=within)

        assert type(error) is PublishError
        assert (error.outcome, error.side) == ("not_sent", "message")
        assert len(server.wait(1)) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [("-OOM command not allowed", "not_sent"), ("lost", "unknown"), ("garbage", "unknown")],
)
@pytest.mark.parametrize("way", ["bounded", "ordinary", "Celery's own"])
def test_what_redis_says_of_a_message(make_one, fault, outcome, way):
    """
    A refusal is certain; an answer that was lost is not, whichever way the call went.
    """
    with redis_server() as server:
        add = make_one(broker_url=server.url, result_backend=None, task_default_queue="work")
        base = call(add, 1, 2)
        if way == "Celery's own":
            base = base.task_id("chosen")
        server.faults = [fault] * 5

        error = raised(lambda: base.send(within=10 if way == "bounded" else None))

        assert type(error) is PublishError
        assert (error.outcome, error.side) == (outcome, "broker")
        assert "hunter2" not in str(error)


def test_a_second_attempt_knows_of_the_first(make_one):
    """
    Where kombu has tried before, and the answer was lost then, a refusal is no certainty.
    """
    with redis_server() as server:
        add = make_one(
            broker_url=server.url,
            result_backend=None,
            task_default_queue="work",
            task_publish_retry_policy={**ONCE, "max_retries": 3},
        )
        server.faults = ["lost", "-OOM command not allowed"]

        error = raised(lambda: call(add, 1, 2).task_id("chosen").send())

        assert error.outcome == "unknown"
        assert len(server.pushed("work")) == 1


def test_a_channel_that_the_broker_closed(make_one):
    """
    With confirms plain Celery raises what py-amqp does; here it is known for what it is.
    """
    with amqp_server() as server:
        add = make_one(
            broker_url=server.url,
            result_backend=None,
            task_default_queue="work",
            broker_transport_options={"confirm_publish": True},
        )
        server.faults = ["close"]
        plain = raised(lambda: add.delay(1, 2))
        server.faults = ["close"]
        error = raised(lambda: call(add, 1, 2).task_id("chosen").send())

        assert type(plain) is NotFound
        assert isinstance(error.__cause__, NotFound)
        assert (error.outcome, error.side) == ("unknown", "broker")


# -- what is somebody else's


class OwnError(Exception):
    """
    An error of a project's own.
    """


@pytest.mark.parametrize("within", [None, 10])
@pytest.mark.parametrize("error", [OwnError, KeyError, OperationalError, TypeError])
def test_an_apply_async_of_ones_own_raises_what_it_likes(make_app, within, error):
    """
    What a project's own code raises passes untouched.
    """
    app = make_app()

    class Own(app.Task):
        def apply_async(self, *args, **options):
            raise error("mine")

    @app.task(name="shop.own", base=Own)
    def add(x, y):
        raise NotImplementedError

    assert type(raised(lambda: call(add, 1, 2).send(within=within))) is error


@pytest.mark.parametrize("within", [None, 10])
def test_a_router_raises_what_it_likes(make_app, within):
    """
    Likewise, even where what failed is a library that it uses.
    """

    def route(name, args, kwargs, options, task=None, **_):
        int("seven")

    app = make_app(task_routes=(route,))

    @app.task(name="shop.own")
    def add(x, y):
        raise NotImplementedError

    assert type(raised(lambda: call(add, 1, 2).send(within=within))) is ValueError


def test_a_task_that_runs_at_once_raises_what_it_likes(make_app):
    """
    With task_always_eager and task_eager_propagates the error is the task's own.
    """
    app = make_app(task_always_eager=True, task_eager_propagates=True)

    @app.task(name="shop.own")
    def add(x, y):
        with Celery("other", broker=f"redis://{NOWHERE}", set_as_current=False) as other:
            other.conf.task_publish_retry_policy = ONCE
            other.send_task("shop.add", (x, y))

    assert type(raised(lambda: call(add, 1, 2).send())) is OperationalError


def test_an_error_from_nowhere_is_nobodys():
    """
    An error that was never raised was not Celery's.
    """
    assert blamed(ValueError("x")) is None
    assert of_value(ValueError("x"))
    assert not of_value(OSError("x"))


def test_passwords_in_causes_are_masked(make_one):
    """
    Neither the error nor what it came from shows a secret, in a URL or as a setting.
    """
    error = errors.PublishError(
        "not_sent", "no amqp://me:pa@ss/word@host/, nor {'password': 'hunter2'}"
    )

    assert error.cause == "no amqp://me:***@host/, nor {'password': ***}"


@pytest.mark.parametrize("way", ["result", "event"])
def test_what_fails_behind_the_message_is_no_certainty(make_app, monkeypatch, way):
    """
    Celery makes a result, and publishes an event, when the message has left: to fail there says
    nothing of the message.
    """
    app = make_app(task_send_sent_event=True)

    @app.task(name="shop.add")
    def add(x, y):
        raise NotImplementedError

    fail = partial(int, "seven")
    if way == "event":
        monkeypatch.setattr(app.amqp._event_dispatcher, "_publish", fail)
    else:
        monkeypatch.setattr("celery.result.promise", fail)
    error = raised(lambda: call(add, 1, 2).task_id("chosen").send())

    assert type(error) is PublishError
    assert error.outcome == "unknown"


def test_passwords_in_the_chain_are_masked(make_app):
    """
    What a driver says with a URL in it shows no password either, as deep as it lies.
    """
    try:
        try:
            int("amqp://me:hunter2@host")
        except ValueError as inner:
            raise OperationalError("no redis://:hunter2@host, really", 7) from inner
    except OperationalError as outer:
        told = errors.PublishError("not_sent", outer)
        made = publish_error("not_sent", outer)

    assert "hunter2" not in f"{told} {made} {made.__cause__} {made.__cause__.__cause__}"
    assert made.__cause__.args == ("no redis://:***@host, really", 7)
