"""
CK203: a value is of a type that Celery can use.
"""

from collections import UserDict
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

import pytest
from celery.exceptions import InvalidTaskError
from kombu import Connection, Exchange, Queue

from celerykit import Priority, call, step
from tests.naming import steady

from .asking import ask, printed, refusal, refused

SOON = datetime(2031, 5, 1, tzinfo=timezone.utc)

# option -> what Celery accepts, and then misreads, drops or dies of
WRONG = {
    "countdown": ["5", Decimal(5), SOON, True, None],
    "eta": [
        "",
        "tomorrow",
        "2031-05-01T00:00:00+00:00",
        5,
        timedelta(1),
        date(2031, 5, 1),
        time(10),
        None,
    ],
    "expires": ["10", Decimal(10), date(2031, 5, 1), True],
    "time_limit": ["10", "abc", [1], True, Decimal(1)],
    "soft_time_limit": ["x", (1,), False],
    "priority": ["7", "high", 5.5, True, None, Decimal(1)],
    "queue": [5, None, b"high", Queue("high")],
    "exchange": [5, Exchange("x")],
    "routing_key": [5, None],
    "serializer": [5, None],
    "compression": [True],
    "shadow": [5],
    "task_id": [42, b"x", None],
    "retry": [1, "no", None],
    "ignore_result": ["no", 1, None],
    "retry_policy": [5, [("max_retries", 3)], None],
    "headers": [5, [("a", 1)], None],
    "stamp": ["x", None],
    "redact": ["x", 5, ["x", 5], {"x"}],
}
WRONG_EXTRA = {
    "add_to_parent": [1],
    "mandatory": [1, "yes"],
    "timeout": ["5", timedelta(1), True],
    "confirm_timeout": [None],
    "timestamp": ["x", 1.5, True],
    "delivery_mode": [7, 0, True, 1.0, "1", [1], None],
    "declare": ["high", {"high"}, ["high"], [None]],
    "route_name": [5],
    "message_id": [5],
    "app_id": [5],
    "cluster_id": [5],
    "type": [5],
    "user_id": [5],
    "connection": ["amqp://", 5],
    "producer": ["x", Connection("memory://")],
    "publisher": [5],
}


class Level(IntEnum):
    """
    A number with a name.
    """

    HIGH = 9


def pairs(table):
    """
    Each option with each of its values, named by both.
    """
    return [
        pytest.param(name, value, id=f"{name}={steady(value)}")
        for name, values in table.items()
        for value in values
    ]


@pytest.mark.parametrize(("name", "value"), pairs(WRONG))
def test_a_wrong_type_is_refused_on_its_line(add, name, value):
    """
    `.options()` refuses a value of a type that Celery would misread, and shows it.
    """
    found = refused(lambda: call(add, 2, 3).options(**{name: value}))

    assert [(code, option) for code, option, _ in found] == [("CK203", name)]
    assert refusal(lambda: call(add, 2, 3).options(**{name: value})).findings[0].remedy


@pytest.mark.parametrize(("name", "value"), pairs(WRONG_EXTRA))
def test_a_wrong_type_of_an_extra_option_is_refused(add, name, value):
    """
    So does `.extra()`.
    """
    found = refused(lambda: call(add, 2, 3).extra(**{name: value}))

    assert [(code, option) for code, option, _ in found] == [("CK203", name)]


def test_methods_refuse_alike(add):
    """
    A method refuses what `.options()` refuses, in the same words.
    """
    base = call(add, 2, 3)

    assert str(refusal(lambda: base.time_limit("abc"))) == printed(
        "CK203",
        "time_limit='abc' is not a number of seconds, a timedelta or None. "
        "Pass for example 60 or timedelta(minutes=1).",
    )
    assert refused(lambda: base.eta("")) == [("CK203", "eta", "''")]
    assert refused(lambda: base.headers([("a", 1)])) == [("CK203", "headers", "[('a', 1)]")]
    assert refused(lambda: base.stamp("x", a=1)) == [("CK203", "stamp", "'x'")]


@pytest.mark.parametrize("value", ["shop.add", 5, None, {"task": "shop.add"}, ["x"]], ids=repr)
@pytest.mark.parametrize("method", ["link", "link_error"])
def test_a_callback_is_a_call_or_a_step(add, method, value):
    """
    A name, a dict or a list where a callback is meant is refused.
    """
    found = refused(lambda: getattr(call(add, 2, 3), method)(value))

    assert [(code, option) for code, option, _ in found] == [("CK203", method)]


def test_a_task_or_a_signature_is_no_callback_yet(add):
    """
    Celery's own objects have no types that fit; the message says what to write.
    """
    for value in (add, add.s(1)):
        (finding,) = refusal(lambda value=value: call(add, 2, 3).link(value)).findings
        assert finding.remedy == "Pass step(task, ...) or call(task, ...)"


RIGHT = {
    "countdown": [0, 1.5, timedelta(0), Level.HIGH],
    "eta": [SOON, SOON.astimezone(timezone(timedelta(hours=9)))],
    "expires": [None, 10, 0.5, timedelta(days=1), SOON],
    "time_limit": [None, 0.5, timedelta(minutes=1)],
    "soft_time_limit": [None, 1],
    "priority": [0, 255, Level.HIGH, *Priority],
    "task_id": ["x", UUID(int=7)],
    "retry": [True, False],
    "headers": [{}, UserDict(a=1)],
    "redact": [[], (), ("name",), ["name"]],
    "delivery_mode": [1, 2, "transient", "persistent"],
    "declare": [[], (Queue("high"), Exchange("x"))],
    "timestamp": [0, Level.HIGH],
    "timeout": [1, 0.5],
    "mandatory": [True, False],
    "connection": [Connection("memory://")],
}


@pytest.mark.parametrize(("name", "value"), pairs(RIGHT))
def test_near_miss_unusual_types_that_work_pass(name, value):
    """
    Whatever Celery can use passes: an IntEnum, a mapping that is no dict, a tuple, None to lift.
    """
    assert ask("CK203", {name: value}) == []


def test_near_miss_celerys_own_objects_pass(app, add, message):
    """
    A connection and a producer of the app are what the options are for, and a UUID is an id.
    """
    with app.producer_or_acquire() as producer:
        call(add, 2, 3).extra(producer=producer).send()
    with app.connection_for_write() as connection:
        assert call(add, 2, 3).extra(connection=connection, declare=[Queue("x")])

    assert message().headers["task"] == "shop.add"
    assert call(add, 2, 3).task_id(UUID(int=7))


def test_near_miss_calls_and_steps_are_callbacks(add, greet):
    """
    A call and a step follow a call.
    """
    assert call(add, 2, 3).link(step(add, 4), call(greet, "Ann")).link_error(call(greet, "Bob"))


def test_harm_an_empty_eta_is_more_than_a_worker_expects(add, received):
    """
    With plain Celery `eta=""` is sent, and the worker fails in a way that it does not survive.
    """
    add.apply_async((2, 3), eta="")

    with pytest.raises(AttributeError):
        received()


@pytest.mark.parametrize("eta", ["garbage", time(10), "2031-02-30T00:00:00"], ids=repr)
def test_harm_a_time_that_is_none_loses_the_task(add, received, eta):
    """
    With plain Celery an eta of any text is sent, and the worker throws the message away.
    """
    add.apply_async((2, 3), eta=eta)

    with pytest.raises(InvalidTaskError, match="invalid ETA value"):
        received()


def test_harm_a_time_limit_of_letters_reaches_the_worker(add, received):
    """
    With plain Celery `time_limit="abc"` is what the worker then counts seconds with.
    """
    add.apply_async((2, 3), time_limit="abc")

    assert received().time_limits == ["abc", None]


def test_harm_a_callback_that_is_a_name_fails_its_parent(add, outcome):
    """
    With plain Celery `link="shop.add"` marks the task that succeeded as failed.
    """
    add.apply_async((2, 3), link="shop.add")

    with pytest.warns(RuntimeWarning, match="Exception raised outside body"):
        state, error = outcome()
    assert (state, type(error)) == ("FAILURE", AttributeError)


def test_harm_a_flag_that_says_no_means_yes(add):
    """
    With plain Celery `ignore_result="no"` ignores the result: `get()` gives None.
    """
    assert add.apply_async((2, 3), ignore_result="no").get(timeout=0.01) is None


def test_harm_an_id_that_is_a_number_has_no_result(add, message):
    """
    With plain Celery `task_id=42` is sent, and asking for its result raises.
    """
    result = add.apply_async((2, 3), task_id=42)

    assert message().headers["id"] == 42
    with pytest.raises(TypeError):
        result.get(timeout=0.01)
