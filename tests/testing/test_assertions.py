"""
What a test may assert of the calls that were sent, and what it is told when it is wrong.
"""

from datetime import datetime, timedelta, timezone
from unittest.mock import ANY

import pytest

from celerykit import Priority, call, remote, step
from celerykit.testing import capture


def told(assertion, *args, **expected):
    """
    What a failing assertion says.
    """
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **expected)
    return str(caught.value)


def charged(user, cents=1):
    """
    What a task of another service takes.
    """
    raise NotImplementedError


class Between:
    """
    An object that equals what it likes, as those of dirty-equals do.
    """

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __eq__(self, other):
        return other is not None and self.low <= other <= self.high

    __hash__ = None

    def __repr__(self):
        return f"Between({self.low}, {self.high})"


def test_a_sequence(sent, add, greet):
    """
    What was sent has a length, an order and items; of() and where() take some of it.
    """
    add.delay(1, 2)
    greet.delay("Ann")
    add.delay(3, 4)

    assert len(sent) == 3
    assert sent[1].task == "shop.greet"
    assert [each.args for each in sent[::2]] == [(1, 2), (3, 4)]
    assert [each.args for each in sent.of(add)] == [(1, 2), (3, 4)]
    assert [each.args for each in sent.of("shop.greet")] == [("Ann",)]
    assert sent.where(lambda each: each.args[0] == 3).one().args == (3, 4)
    assert sent.of(call(add, 1, 1)).calls == sent.of(add).calls
    assert repr(sent.of(greet)) == "<Calls [call(shop.greet, 'Ann')]>"


def test_one(sent, add, greet):
    """
    one() returns the only call, of a task or at all.
    """
    add.delay(1, 2)

    assert sent.one() is sent.one(add) is sent.one("shop.add") is sent[0]


def test_not_one(sent, add, greet):
    """
    one() says what there is instead.
    """
    assert told(sent.one) == (
        "a call was to be sent once; it was not sent\nnothing was sent at all"
    )
    add.delay(1, 2)
    add.apply_async((3, 4), queue="high")

    assert told(sent.one, add) == (
        "shop.add was to be sent once; 2 calls were sent:\n"
        "   1. call(shop.add, 1, 2)\n"
        "   2. call(shop.add, 3, 4).queue('high')"
    )
    assert told(sent.one, "shop.ad") == (
        "shop.ad was to be sent once; it was not sent (is shop.add meant?)\n"
        "sent were:\n"
        "   1. call(shop.add, 1, 2)\n"
        "   2. call(shop.add, 3, 4).queue('high')"
    )


def test_a_sent_call_is_readable(sent, app, add):
    """
    A captured call tells what was sent: arguments as a worker gets them, options, and the message.
    """
    result = add.apply_async(
        (1,), {"y": 2}, queue="high", countdown=10, priority=3, headers={"tenant": "acme"}
    )

    one = sent.one(add)

    assert (one.id, one.task, one.args, one.kwargs) == (result.id, "shop.add", (1,), {"y": 2})
    assert (one.queue, one.exchange, one.routing_key) == ("high", "", "high")
    assert one.options == {
        "queue": "high",
        "countdown": 10,
        "priority": 3,
        "headers": {"tenant": "acme"},
    }
    assert (one.priority, one.countdown, one.expires) == (3, 10, None)
    assert one.headers == {"tenant": "acme"}
    assert timedelta(seconds=9) < one.eta - one.sent_at <= timedelta(seconds=10)
    assert one.message["headers"]["id"] == result.id
    assert one.app is app
    assert one.handle.id == result.id
    assert repr(one) == (
        "call(shop.add, 1, y=2).queue('high').priority(3).countdown(10).headers(tenant='acme')"
    )


def test_calls_are_values(sent, app, add, greet):
    """
    What was sent equals the calls that would send the same, however it was written.
    """
    add.apply_async((2, 3), queue="high")
    add.delay(2, y=3)
    call(greet, "Ann").priority(Priority.HIGH).headers(tenant="acme").send()
    greet.apply_async(("Ann",), {"loud": True}, countdown=5, expires=60, time_limit=9)
    app.send_task("shop.greet", ("Bob",), ignore_result=True)

    assert sent.calls == [
        call(add, 2, 3).queue("high"),
        call(add, 2, 3),
        call(greet, "Ann").priority(Priority.HIGH).headers(tenant="acme"),
        call(greet, "Ann", loud=True).countdown(5).expires(60).time_limit(9),
        call(greet, "Bob").ignore_result(),
    ]
    assert [call(add, 2, 3).queue("high")] == sent.calls[:1]


@pytest.mark.parametrize(
    "change",
    [
        lambda add: call(add, 2, 4).queue("high").countdown(10),
        lambda add: call(add, 2, 3).countdown(10),
        lambda add: call(add, 2, 3).queue("high"),
        lambda add: call(add, 2, 3).queue("high").countdown(11),
        lambda add: call(add, 2, 3).queue("high").countdown(10).priority(1),
    ],
    ids=["argument", "no queue", "no countdown", "other countdown", "priority"],
)
def test_other_calls_are_not_equal(sent, add, change):
    """
    One argument, one option more, less or other, and it is another call.
    """
    add.apply_async((2, 3), queue="high", countdown=10)

    assert sent.one() != change(add)
    assert sent.one() == call(add, 2, 3).queue("high").countdown(10)
    assert sent.one() != "call(shop.add, 2, 3)"


def test_equality_of_messages(sent, add):
    """
    Two messages are never equal, and each is equal to itself.
    """
    add.delay(1, 2)
    add.delay(1, 2)

    assert sent[0] == sent[0]
    assert sent[0] != sent[1]
    assert len({*sent, *sent}) == 2


def test_what_a_canvas_sends_is_a_value(sent, add):
    """
    The ids that a canvas gives to its calls make them no others.
    """
    (add.s(1, 2) | add.s(3)).apply_async()

    assert sent.calls == [call(add, 1, 2)]


def test_callbacks_stamps_and_secrets_are_compared(sent, add, greet):
    """
    Callbacks, stamps and what is redacted count too.
    """

    def built():
        return call(add, 1, 2).link(step(greet)).stamp(tenant="acme").redact("y")

    built().send()

    assert sent.calls == [built()]
    assert sent.one() != call(add, 1, 2).link(step(greet)).stamp(tenant="acme")
    assert sent.one() != built().link(call(greet, "Bob"))
    assert repr(sent.one()).startswith("call(shop.add, *(1, ***), **{})")


def test_assert_sent(sent, add, greet):
    """
    Given arguments and options have to be the same; any of what is not given will do.
    """
    add.delay(1, 2)
    first = add.apply_async((2, 3), queue="high", countdown=10, headers={"a": 1, "b": 2})
    greet.delay("Ann")

    assert sent.assert_sent(add, 2, 3, queue="high", countdown=10).id == first.id
    assert sent.assert_sent(add, 2, 3).id == first.id
    assert sent.assert_sent(add, 2, y=3, headers={"a": 1}).id == first.id
    assert sent.assert_sent(add, queue="high").id == first.id
    assert sent.assert_sent(add, ANY, Between(3, 5), countdown=Between(9, 11)).id == first.id
    assert sent.assert_sent(call(add, 2, 3).countdown(timedelta(seconds=10))).id == first.id
    assert sent.assert_sent("shop.add", 2, 3, queue="high", task_id=first.id).id == first.id
    assert sent.assert_sent(greet, "Ann", loud=False, queue=ANY).task == "shop.greet"


def test_what_differs_is_told(sent, add, greet):
    """
    A failure lists every candidate, the nearest first, each with all in which it differs.
    """
    greet.delay("Ann")
    add.apply_async((2, 4), queue="hihg")
    add.apply_async((2, 3), queue="high", countdown=60)

    assert told(sent.assert_sent, add, 2, 3, queue="high", countdown=10) == (
        "no such call was sent:\n"
        "      call(shop.add, 2, 3).queue('high').countdown(10)\n"
        "3 calls were sent:\n"
        "   1. call(shop.add, 2, 3).queue('high').countdown(60)\n"
        "        countdown  is 60, wanted 10\n"
        "   2. call(shop.add, 2, 4).queue('hihg')\n"
        "        y          is 4, wanted 3\n"
        "        queue      is 'hihg', wanted 'high': misspelt?\n"
        "        countdown  is not set, wanted 10\n"
        "   3. call(shop.greet, 'Ann')\n"
        "        task  is shop.greet, wanted shop.add"
    )


def test_names_that_are_nearly_right(sent, app, add):
    """
    A task whose name is nearly right comes before others, and says so.
    """
    app.send_task("billing.charge")
    app.send_task("shop.ad", (1, 2))

    assert told(sent.assert_sent, add) == (
        "no such call was sent:\n"
        "      call(shop.add, ...)\n"
        "2 calls were sent:\n"
        "   1. call(shop.ad, 1, 2)\n"
        "        task  is shop.ad, wanted shop.add: misspelt?\n"
        "   2. call(billing.charge)\n"
        "        task  is billing.charge, wanted shop.add"
    )


def test_nothing_at_all(sent, add):
    """
    Where nothing was sent, the failure says that.
    """
    assert told(sent.assert_sent, add, 1, 2) == (
        "no such call was sent:\n      call(shop.add, 1, 2)\nnothing was sent at all"
    )
    sent.assert_nothing_sent()


def test_none_that_was_picked(sent, add, greet):
    """
    Where other calls were sent, the failure does not say that there were none.
    """
    greet.delay("Ann")

    none = "there is no call among those that were picked"
    assert told(sent.of(add).assert_sent, add, 1, 2).endswith(f"\n{none}")
    assert told(sent.of(add).one).endswith(f"\n{none}")


@pytest.mark.parametrize("when", ["meanwhile", "afterwards"])
def test_nothing_is_sent_eagerly(app, add, when):
    """
    Where calls run eagerly and are not sent, the failure says so, at any time.
    """
    app.conf.task_always_eager = True
    with capture(app) as sent:
        add.delay(1, 2)
        said = told(sent.assert_sent, add, 1, 2), told(sent.one, add)
    if when == "afterwards":
        app.conf.task_always_eager = False
        said = told(sent.assert_sent, add, 1, 2), told(sent.one, add)

    eager = "task_always_eager is set, with which calls run and are not sent"
    assert all(each.endswith(f"\nnothing was sent at all: {eager}") for each in said)


def test_many_candidates(sent, add):
    """
    A failure does not list more than a reader reads.
    """
    for number in range(30):
        add.delay(number, 1)

    assert told(sent.assert_sent, add, 1, 2).endswith("\n      ... and 10 more")
    assert told(sent.assert_nothing_sent).endswith("\n      ... and 10 more")


def test_only(sent, add, greet):
    """
    assert_only() wants that call, once, and no other.
    """
    add.delay(1, 2)

    assert sent.assert_only(add, 1, 2) is sent[0]
    assert told(sent.assert_only, add, 1, 3).startswith("no such call was sent:")
    greet.delay("Ann")
    assert told(sent.assert_only, call(add, 1, 2)) == (
        "only call(shop.add, 1, 2) was to be sent, but 2 calls were sent:\n"
        "   1. call(shop.add, 1, 2)\n"
        "   2. call(shop.greet, 'Ann')"
    )


def test_nothing_sent(sent, add):
    """
    assert_nothing_sent() lists what was sent.
    """
    add.delay(1, 2)

    assert told(sent.assert_nothing_sent) == (
        "nothing was to be sent, but 1 call was sent:\n   1. call(shop.add, 1, 2)"
    )
    sent.clear()
    sent.assert_nothing_sent()


def test_nothing_unexpected(sent, app, add, greet):
    """
    What no assertion has named is unexpected, but for what tasks have sent themselves.
    """

    @app.task(name="shop.parent")
    def parent():
        greet.delay("Ann")

    for number in range(4):
        add.delay(number, 1)
    parent.delay()
    sent.run()
    sent.assert_sent(add, 0, 1)
    assert sent[1] == call(add, 1, 1)
    sent[2].expect()

    assert told(sent.assert_nothing_unexpected) == (
        "nothing that the test does not assert on was to be sent, but 2 calls were sent:\n"
        "   1. call(shop.add, 3, 1)\n"
        "   2. call(shop.parent)"
    )
    sent.one(parent)
    sent.of(add).where(lambda each: each.args[0] == 3).one()
    sent.assert_nothing_unexpected()


def test_times(sent, add):
    """
    A time may be asserted in another form than the code wrote it in.
    """
    add.apply_async((1, 2), countdown=300, expires=3600)
    now = datetime.now(timezone.utc)

    in_five = now + timedelta(minutes=5)
    sent.assert_sent(add, eta=in_five, expires=now + timedelta(hours=1))
    sent.assert_sent(add, countdown=timedelta(minutes=5), expires=timedelta(hours=1))
    sent.assert_sent(add, countdown=290, tolerance=timedelta(seconds=10))
    sent.assert_sent(add, eta=Between(in_five - timedelta(seconds=9), in_five))
    assert "eta  is " in told(sent.assert_sent, add, eta=in_five + timedelta(seconds=9))
    assert "countdown  is 300, wanted 299" in told(sent.assert_sent, add, countdown=299)
    assert "wanted not set" in told(sent.assert_sent, add, expires=None)


def test_an_eta_as_countdown(sent, add):
    """
    An eta is a countdown too, within a second; and no time at all is none.
    """
    add.apply_async((1, 2), eta=datetime.now(timezone.utc) + timedelta(minutes=5))

    sent.assert_sent(add, countdown=300, expires=None)
    told_of = told(sent.assert_sent, add, countdown=290, expires=5)
    assert "countdown  is 29" in told_of or "countdown  is 300" in told_of
    assert "expires    is not set, wanted 5" in told_of


def test_a_naive_time_is_no_aware_one(app, add):
    """
    A naive datetime equals no aware one, and does not break the comparison.
    """
    with capture(app, allow="CK205") as sent:
        add.apply_async((1, 2), eta=datetime(2031, 5, 1, 9, 30))  # noqa: DTZ001 - what is asked

    sent.assert_sent(add, eta=datetime(2031, 5, 1, 9, 30))  # noqa: DTZ001 - as above
    assert "wanted datetime" in told(
        sent.assert_sent, add, eta=datetime(2031, 5, 1, 9, 30, tzinfo=timezone.utc)
    )


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("serializer", "yaml"),
        ("compression", "zlib"),
        ("time_limit", 60),
        ("soft_time_limit", 50),
        ("shadow", "nightly"),
        ("ignore_result", True),
        ("exchange", "orders"),
        ("routing_key", "orders.eu"),
        ("retry", False),
        ("retry_policy", {"max_retries": 2}),
        ("delivery_mode", 1),
    ],
)
def test_each_option(make_app, option, value):
    """
    Every option can be asserted on, by its name.
    """
    app = make_app(accept_content=["json", "yaml"])
    needs = {"exchange": {"routing_key": "x"}, "routing_key": {"exchange": "orders"}}
    with capture(app, allow=["CK227", "CK222"]) as sent:
        app.send_task("shop.add", (1, 2), **{option: value}, **needs.get(option, {}))

    sent.assert_sent("shop.add", 1, 2, **{option: value})
    assert f"{option}  is " in told(sent.assert_sent, "shop.add", **{option: "other"})


def test_stamps_can_be_asserted(sent, add):
    """
    A stamp of a plain call counts as a stamp.
    """
    add.apply_async((1, 2), stamped_headers=["tenant"], tenant="acme")

    sent.assert_sent(add, stamp={"tenant": "acme"})
    sent.assert_sent(call(add, 1, 2).stamp(tenant="acme"))
    assert "stamp  is" in told(sent.assert_sent, add, stamp={"tenant": "other"})


def test_arguments_as_a_worker_gets_them(sent, greet):
    """
    What JSON changes on the way is what was sent, and equals what it was made of.
    """
    with pytest.warns(match="CK302"):
        greet.delay(({1: "a"}, [(2, 3)]))

    assert sent.one().args == ([{"1": "a"}, [[2, 3]]],)
    sent.assert_sent(greet, ({1: "a"}, [(2, 3)]))
    sent.assert_sent(greet, [{"1": "a"}, [ANY]])
    assert "name  is" in told(sent.assert_sent, greet, ({2: "a"}, [(2, 3)]))
    assert "name  is" in told(sent.assert_sent, greet, {1, 2})


def test_arguments_of_every_kind(app, sent):
    """
    Defaults, *args and **kwargs are compared by their names.
    """

    @app.task(name="shop.mixed")
    def mixed(a, b=2, *rest, c=3, **more):
        return a

    mixed.delay(1, 2, 3, 4, d=5)

    sent.assert_sent(mixed, 1, 2, 3, 4, c=3, d=5)
    assert told(sent.assert_sent, mixed, 1, 2, 3, d=6).endswith(
        "        d        is 5, wanted 6\n        rest[1]  is 4, wanted not given"
    )


def test_a_parameter_that_is_called_like_an_option(app, sent):
    """
    A keyword that the task has a parameter for is that argument; a call says which is meant.
    """

    @app.task(name="shop.enqueue")
    def enqueue(queue):
        return queue

    enqueue.apply_async(("inner",), queue="outer")

    sent.assert_sent(enqueue, queue="inner")
    sent.assert_sent(call(enqueue, "inner").queue("outer"))
    assert "queue  is 'inner', wanted 'outer'" in told(sent.assert_sent, enqueue, queue="outer")


def test_secrets_are_not_told(sent, add):
    """
    An argument that the call hides from logs is hidden in a failure too.
    """
    call(add, 1, 222).redact("y").send()

    text = told(sent.assert_sent, add, 1, 333)

    assert text.endswith("   1. call(shop.add, *(1, ***), **{})\n        y  is ***, wanted ***")
    assert "222" not in text


def test_remote_tasks(app, sent):
    """
    A task of another service is asserted on like any other.
    """
    charge = remote("billing.charge", app=app)(charged)
    call(charge, 7).send()

    sent.assert_only(charge, 7, cents=1)
    assert sent.calls == [call(charge, 7)]


def test_wrong_use(sent, add):
    """
    What no call could have is a mistake in the test, and says so.
    """
    with pytest.raises(TypeError, match=r"5 is not a task\. Pass a Celery task, its name, or call"):
        sent.one(5)
    with pytest.raises(TypeError, match=r"shop\.add: .*missing.*Give all its arguments, with ANY"):
        sent.assert_sent(add, 1)
    with pytest.raises(
        TypeError, match=r"Options that look misspelt: quue \(queue\?\), contdown \(countdown\?\)\."
    ):
        sent.assert_sent(add, 1, 2, quue="high", contdown=3)
    with pytest.raises(TypeError, match="a call brings its arguments and options"):
        sent.assert_sent(call(add, 1, 2), queue="high")
