"""
A call is a value: every method returns a new one, and none ever changes.
"""

import copy
import pickle
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st
from kombu import Queue

from celerykit import CallRejected, Priority, call, remote, step

SOON = datetime.now(timezone.utc) + timedelta(days=1)
AN_ID = "0b7ef7dc-7a07-4a4b-9f5b-b8a3a9b6a0c5"


@remote("shop.pack", app=Celery("shop", broker="memory://", set_as_current=False))
def pack(order, note=""):
    """
    A task that needs no app to be called.
    """
    raise NotImplementedError


# What a method is called with, and the options that Celery gets for it.
METHODS = {
    "queue": (lambda c: c.queue("high"), {"queue": "high"}),
    "exchange": (
        lambda c: c.exchange("orders").routing_key("eu").extra(mandatory=True),
        {"exchange": "orders", "routing_key": "eu", "mandatory": True},
    ),
    "countdown": (lambda c: c.countdown(10), {"countdown": 10}),
    "countdown as a float": (lambda c: c.countdown(0.5), {"countdown": 0.5}),
    "countdown as a timedelta": (lambda c: c.countdown(timedelta(minutes=1)), {"countdown": 60}),
    "eta": (lambda c: c.eta(SOON), {"eta": SOON}),
    "expires": (lambda c: c.expires(timedelta(seconds=1.5)), {"expires": 1.5}),
    "expires at a moment": (lambda c: c.expires(SOON), {"expires": SOON}),
    "expires never": (lambda c: c.expires(None), {"expires": None}),
    "priority as an int": (lambda c: c.priority(7), {"priority": 7}),
    "time_limit": (lambda c: c.time_limit(timedelta(hours=1)), {"time_limit": 3600}),
    "time_limit with soft": (
        lambda c: c.time_limit(60, soft=timedelta(seconds=50)),
        {"time_limit": 60, "soft_time_limit": 50},
    ),
    "no time_limit": (
        lambda c: c.time_limit(None, soft=None),
        {"time_limit": None, "soft_time_limit": None},
    ),
    "retry": (lambda c: c.retry(), {"retry": True}),
    "retry with a policy": (
        lambda c: c.retry(max_retries=None, interval_start=timedelta(seconds=2), interval_max=5.5),
        {
            "retry": True,
            "retry_policy": {"max_retries": None, "interval_start": 2, "interval_max": 5.5},
        },
    ),
    "retry on more errors": (
        lambda c: c.retry(interval_step=0.1, retry_errors=(KeyError,)),
        {"retry": True, "retry_policy": {"interval_step": 0.1, "retry_errors": (KeyError,)}},
    ),
    "no_retry": (lambda c: c.no_retry(), {"retry": False}),
    "serializer": (lambda c: c.serializer("json"), {"serializer": "json"}),
    "compression": (lambda c: c.compression("gzip"), {"compression": "gzip"}),
    "task_id": (lambda c: c.task_id(AN_ID), {"task_id": AN_ID}),
    "task_id as a UUID": (lambda c: c.task_id(UUID(AN_ID)), {"task_id": AN_ID}),
    "shadow": (lambda c: c.shadow("packing"), {"shadow": "packing"}),
    "headers": (lambda c: c.headers(tenant="acme"), {"headers": {"tenant": "acme"}}),
    "headers as a mapping": (
        lambda c: c.headers({"x-tenant": "acme"}, user=7),
        {"headers": {"x-tenant": "acme", "user": 7}},
    ),
    "stamp": (
        lambda c: c.stamp({"x-tenant": "acme"}, user=7),
        {"x-tenant": "acme", "user": 7, "stamped_headers": ["x-tenant", "user"]},
    ),
    "ignore_result": (lambda c: c.ignore_result(), {"ignore_result": True}),
    "keep the result": (lambda c: c.ignore_result(False), {"ignore_result": False}),
    "extra": (lambda c: c.extra(MessageGroupId="g"), {"MessageGroupId": "g"}),
}

each_method = pytest.mark.parametrize(("method", "options"), METHODS.values(), ids=METHODS)


@each_method
def test_a_method_sets_its_option(add, method, options):
    """
    Each method gives Celery the option of its name, times in seconds and identifiers as text.
    """
    changed = method(call(add, 2, 3))

    signature = changed.signature()
    assert (signature.task, signature.args, signature.kwargs) == ("shop.add", (2, 3), {})
    assert signature.options == options


@each_method
def test_a_method_returns_a_new_call(add, method, options):
    """
    The original call keeps its options, so it can be shared.
    """
    base = call(add, 2, 3)

    changed = method(base)

    assert type(changed) is type(base)
    assert changed is not base
    assert changed != base
    assert base.signature().options == {}


@given(st.lists(st.sampled_from(list(METHODS)), max_size=6))
def test_no_method_changes_any_call(names):
    """
    However many methods are chained, refused ones too, every call on the way stays as it was.
    """
    calls = [call(pack, {"id": 7}, note="fragile")]

    seen = [repr(calls[0])]
    for name in names:
        with suppress(CallRejected):
            calls.append(METHODS[name][0](calls[-1]))
            seen.append(repr(calls[-1]))

    assert [repr(each) for each in calls] == seen


def test_methods_can_be_built_on_in_many_threads(at_once):
    """
    One call is the base of others in many threads, and none sees what another adds.
    """
    base = call(pack, 7).headers(tenant="acme").queue("all")

    built = at_once(lambda number: base.headers(user=number).queue(f"q{number}").signature())

    assert [each.options for each in built] == [
        {"headers": {"tenant": "acme", "user": number}, "queue": f"q{number}"}
        for number in range(8)
    ]


def test_options_sets_all_at_once(add):
    """
    options() takes what the methods take, and means the same.
    """
    at_once = call(add, 2, 3).options(
        queue="high",
        countdown=timedelta(minutes=1),
        priority=Priority.HIGH,
        time_limit=60,
        soft_time_limit=50,
        retry=True,
        retry_policy={"max_retries": 3},
        headers={"tenant": "acme"},
        stamp={"shift": 2},
        task_id=UUID(AN_ID),
        redact=["y"],
    )

    one_by_one = (
        call(add, 2, 3)
        .queue("high")
        .countdown(60)
        .priority(Priority.HIGH)
        .time_limit(60, soft=50)
        .retry(max_retries=3)
        .headers(tenant="acme")
        .stamp(shift=2)
        .task_id(AN_ID)
        .redact("y")
    )
    assert at_once == one_by_one
    assert at_once.signature() == one_by_one.signature()


@pytest.mark.parametrize(
    ("options", "code", "remedy"),
    [
        ({"que": "high"}, "CK201", "Did you mean .queue()?"),
        ({"MessageGroupId": "g"}, "CK201", "pass it through .extra()"),
        ({"link": ()}, "CK201", ".link()"),
        ({"chain": []}, "CK202", "leave it out"),
        ({"max_retries": 3}, "CK213", "@app.task(max_retries=...)"),
        ({"headers": 5}, "CK203", "Pass a dict"),
        ({"queue": "high", "countdown": -1}, "CK204", "countdown"),
    ],
)
def test_options_refuses_what_it_does_not_know(add, options, code, remedy):
    """
    options() takes the options of calls alone, and says where anything else belongs.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).options(**options)

    assert caught.value.findings[0].code == code
    assert remedy in str(caught.value)


@pytest.mark.parametrize(
    ("options", "code", "remedy"),
    [
        ({"countdown": 10}, "CK201", "Write .countdown()"),
        ({"count_down": 10}, "CK201", "Did you mean .countdown()?"),
        ({"y": 10}, "CK212", "Pass it in call(add, ..., y=...)"),
        ({"acks_late": True}, "CK213", "@app.task(acks_late=...)"),
        ({"root_id": "7"}, "CK202", "leave it out"),
        ({"MessageGroupId": object()}, "CK210", "Pass a string"),
    ],
)
def test_extra_refuses_what_it_is_not_for(add, options, code, remedy):
    """
    extra() takes what has no method, unless it is a slip or would hurt the message.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).extra(**options)

    assert caught.value.findings[0].code == code
    assert remedy in str(caught.value)


@pytest.mark.parametrize("method", ["headers", "stamp"])
@pytest.mark.parametrize("wrong", [5, "tenant", [("tenant", "acme")]])
def test_a_mapping_is_a_mapping(add, method, wrong):
    """
    Headers and stamps that are no mapping are refused where they are written.
    """
    with pytest.raises(CallRejected, match=f"CK203 {method}=.* is not a mapping"):
        getattr(call(add, 2, 3), method)(wrong)


@pytest.mark.parametrize(
    "value",
    [None, True, "é", 2**63 - 1, -(2**63), 1.5, [1, ("a", None)], {"a": {"b": [1]}}],
    ids=str,
)
def test_headers_hold_what_every_broker_carries(add, value):
    """
    A header may hold what JSON can say, as deep as it likes, and 64 bits of a number.
    """
    assert call(add, 2, 3).headers(mine=value).signature().options == {"headers": {"mine": value}}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("mine", 2**63, "does not fit in 64 bits"),
        ("mine", float("nan"), "nan is not a number in JSON"),
        ("mine", b"raw", "a bytes is not a JSON value"),
        ("mine", [{"a": [datetime.now]}], "is not a JSON value"),
        ("mine", {5: "five"}, "the name 5 is not a string"),
        (5, "five", "the name 5 is not a string"),
        ("n" * 256, "long", "is longer than 255 bytes"),
    ],
    ids=["big", "nan", "bytes", "deep", "inner name", "name", "long name"],
)
@pytest.mark.parametrize("method", ["headers", "stamp"])
def test_other_headers_are_refused(add, method, name, value, why):
    """
    A header or stamp that some broker would refuse, or change, is refused where it is written.
    """
    with pytest.raises(CallRejected, match=f"CK210 .*{why}"):
        getattr(call(add, 2, 3), method)({name: value})


def test_a_call_cannot_be_assigned_to(add):
    """
    Setting or deleting an attribute of a call fails, and says what to write instead.
    """
    base = call(add, 2, 3)

    with pytest.raises(AttributeError, match=r"a call is immutable; \.queue\(\.\.\.\) returns"):
        base.queue = "high"
    with pytest.raises(AttributeError, match="a call is immutable"):
        del base.queue
    assert not hasattr(base, "__dict__")


def test_copies_are_the_call_itself(add):
    """
    A call never changes, so copying it costs nothing and gives the same object.
    """
    base = call(add, 2, 3).headers(tenant="acme")

    assert copy.copy(base) is base
    assert copy.deepcopy(base) is base
    assert copy.deepcopy([base])[0] is base


def test_equal_calls_would_send_the_same(add):
    """
    Two calls are equal when task, arguments and options are, in whatever order they were set.
    """
    one = call(add, 2, y=3).queue("high").countdown(60)
    other = call(add, 2, y=3).countdown(timedelta(minutes=1)).queue("high")

    assert one == other
    assert hash(one) == hash(other)


def test_calls_that_differ_are_not_equal(app, make_app, add):
    """
    Another task, app, argument, option or kind makes another call.
    """
    base = call(add, 2, 3)
    namesake = make_app().task(name="shop.add")(add.run)
    elsewhere = remote("shop.add", app=app)(add.run)

    others = [
        call(app.task(name="shop.sum")(add.run), 2, 3),
        call(namesake, 2, 3),
        call(elsewhere, 2, 3),
        call(remote("shop.add")(add.run), 2, 3),
        call(add, 2, y=3),
        call(add, 2, 4),
        base.queue("high"),
        step(add, 3),
        add.s(2, 3),
        "call(shop.add, 2, 3)",
    ]
    assert [other for other in others if other == base or base == other] == []


def test_calls_of_remote_tasks_differ_by_name_and_app(app, make_app, add):
    """
    Remote tasks are the same when they have one name and are sent by one app.
    """
    base = call(remote("shop.add", app=app)(add.run), 2, 3)

    assert base == call(remote("shop.add", app=app)(add.run), 2, 3)
    assert base != call(remote("shop.sum", app=app)(add.run), 2, 3)
    assert base != call(remote("shop.add", app=make_app())(add.run), 2, 3)
    assert base != call(remote("shop.add")(add.run), 2, 3)


def test_calls_can_be_kept_in_a_set(add):
    """
    A call can be hashed when its arguments can, whatever its options hold.
    """
    base = call(add, 2, 3).headers(tags=["a"]).stamp(shift=[2]).retry(max_retries=3)
    again = call(add, 2, 3).headers(tags=["a"]).stamp(shift=[2]).retry(max_retries=3)
    there = call(pack, 7)

    assert len({base, again, call(add, 2, 3), call(add, 3, 2), there, call(pack, 7)}) == 4


@pytest.mark.parametrize(("args", "kwargs"), [(([1], 2), {}), ((1,), {"y": {}})])
def test_a_call_with_a_mutable_argument_has_no_hash(add, args, kwargs):
    """
    Where an argument cannot be hashed, the call honestly cannot either.
    """
    with pytest.raises(TypeError, match="unhashable type"):
        hash(call(add, *args, **kwargs))


@pytest.mark.parametrize("method", ["link", "link_error"])
def test_only_calls_and_steps_can_follow(add, method):
    """
    What Celery would take as a callback and choke on later is refused where it is written.
    """
    for wrong in ["shop.add", print, add.s(1), None, [step(add, 1)]]:
        with pytest.raises(CallRejected, match=f"CK203 {method}=.* is not a call or a step"):
            getattr(call(add, 2, 3), method)(step(add, 1), wrong)


def test_what_is_redacted_must_exist(add):
    """
    A misspelt parameter is refused, because its value would stay visible.
    """
    with pytest.raises(CallRejected, match="CK103 there is no parameter 'z' to redact"):
        call(add, 2, 3).redact("y", "z")


def test_objects_can_be_extra_options(add):
    """
    extra() takes kombu's own objects where kombu takes them, as they are.
    """
    queue = Queue("high")
    mine = [queue]

    base = call(add, 2, 3).extra(declare=mine)
    mine.append("rubbish")

    assert base.signature().options["declare"] == [queue]
    assert base.signature().options["declare"][0] is queue


def test_repr_tells_what_is_allowed(add):
    """
    The code that builds a call names the rules that may not object.
    """
    assert repr(call(add, 2, 3).allow("CK302", "CK110")).endswith(".allow('CK110', 'CK302')")


def test_a_call_is_not_pickled(add):
    """
    Pickling a call is refused with what to pickle instead.
    """
    with pytest.raises(TypeError, match=r"pickle call.signature\(\)"):
        pickle.dumps(call(add, 2, 3))
