"""
What passed once passes without being asked again; whatever differs is asked anew.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from kombu import Queue

from celerykit import CallRejected, CallWarning, Priority, _call, _examine, call, step
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._verdicts import NO_OPTIONS, Passed, Verdict, Written, line

RABBIT = "amqp://127.0.0.1:1//"
REDIS = "redis://127.0.0.1:1/0"


@pytest.fixture
def make_add(make_app):
    """
    Make a task of a new app with these settings.
    """

    def make(**settings):
        return make_app(**settings).task(name="shop.add")(added)

    return make


@pytest.fixture
def asked(monkeypatch):
    """
    Collect at which of the two times the rules are really asked.
    """
    times = []
    for module, name in ((_call, "at_build"), (_examine, "at_send")):
        ask = getattr(module, name)

        def told(*given, _ask=ask, _name=name):
            times.append(_name)
            return _ask(*given)

        monkeypatch.setattr(module, name, told)
    return times


def added(x, y):
    """
    The body of each task here.
    """
    return x + y


def codes(checked):
    """
    The codes of what the rules find in a call.
    """
    return [finding.code for finding in checked.check()]


# -- what is not asked again


def test_the_same_lines_and_the_same_send_are_asked_about_once(make_add, asked):
    """
    A call that is built and sent again costs no rule anything, whatever its arguments are.
    """
    add = make_add()
    queue = add.app.conf.task_default_queue  # which no other test has written

    for number in range(3):
        call(add, number, "three").queue(queue).countdown(10).send()

    assert asked == ["at_build", "at_build", "at_send"]


def test_options_at_once_are_asked_about_once(make_add, asked):
    """
    So does one that writes its options together, or options without a method.
    """
    add = make_add()
    queue = add.app.conf.task_default_queue

    for _ in range(2):
        base = call(add, 2, 3).options(queue=queue, countdown=timedelta(seconds=10))
        assert codes(base.extra(delivery_mode=2, mandatory=False)) == []

    assert asked == ["at_build", "at_build", "at_send"]


def test_calls_that_write_the_same_share_it(add):
    """
    Calls that are written alike share their options, and each arrives with its own arguments.
    """
    one, other = (call(add, number, 3).countdown(10).priority(Priority.HIGH) for number in (1, 2))

    assert one.order.options is other.order.options
    assert one != other
    assert one.countdown(11) != one
    assert one == call(add, 1, 3).countdown(timedelta(seconds=10)).priority(Priority.HIGH)


# -- a line that differs


def test_equal_values_of_other_types_are_asked_anew(add):
    """
    True equals 1, and is refused although 1 has passed.
    """
    call(add, 2, 3).countdown(1).expires(1.5)

    with pytest.raises(CallRejected, match="CK203"):
        call(add, 2, 3).countdown(True)


def test_a_whole_number_stays_what_it_is(add):
    """
    1 and 1.0 are equal, and each is sent as it was written, as are 0.0 and -0.0.
    """
    written = [1, 1.0, 1, 0.0, -0.0, 0]

    kept = [call(add, 2, 3).countdown(value).order.options["countdown"] for value in written]

    assert repr(kept) == repr(written)


def test_the_same_option_after_another_one_is_asked_anew(add):
    """
    What passes by itself may not pass beside what was written before.
    """
    call(add, 2, 3).expires(10)
    call(add, 2, 3).countdown(20)

    with pytest.raises(CallRejected, match="CK207"):
        call(add, 2, 3).countdown(20).expires(10)


def test_the_same_options_at_once_are_asked_anew(add):
    """
    What passes in one order of lines is not what passes at once, or under other names.
    """
    call(add, 2, 3).options(time_limit=20, soft_time_limit=10)

    with pytest.raises(CallRejected, match="CK208"):
        call(add, 2, 3).options(time_limit=10, soft_time_limit=20)
    with pytest.raises(CallRejected, match="CK208"):
        call(add, 2, 3).options(soft_time_limit=20, time_limit=10)


def test_another_task_has_other_parameters(app, add):
    """
    An option without a method passes for one task, and is refused where it names an argument.
    """

    @app.task(name="shop.post")
    def post(mandatory):
        return mandatory

    call(add, 2, 3).extra(mandatory=False)

    with pytest.raises(CallRejected, match="CK212"):
        call(post, mandatory=True).extra(mandatory=False)


def test_the_other_hour_of_a_fold_is_asked_anew(add):
    """
    Two moments that Python calls equal, an hour apart when clocks go back, are told apart.
    """
    york = ZoneInfo("America/New_York")
    start, end = (datetime(2031, 11, 2, 1, minute, tzinfo=york) for minute in (10, 50))
    call(add, 2, 3).eta(start).expires(end)

    with pytest.raises(CallRejected, match="CK207"):
        call(add, 2, 3).eta(start.replace(fold=1)).expires(end)


def test_a_refused_line_is_refused_again(add):
    """
    Only what passed is remembered: a mistake that an app lets pass is told each time.
    """
    add.app.conf.celerykit = {"severity": {"CK206": "warning"}}
    eta = datetime(2031, 11, 2, tzinfo=ZoneInfo("UTC"))

    for _ in range(2):
        with pytest.warns(CallWarning, match="CK206"):
            call(add, 2, 3).eta(eta).countdown(10)


# -- another configuration


def test_a_changed_configuration_is_asked_anew(make_add):
    """
    What passed under one configuration is looked at again under the next.
    """
    add = make_add(broker_url=REDIS)
    base = call(add, 2, 3).countdown(60)
    assert codes(base) == []

    add.app.conf.broker_transport_options = {"visibility_timeout": 30}

    assert codes(base) == ["CK230"]
    assert codes(call(add, 2, 3).countdown(60)) == ["CK230"]
    assert codes(call(add, 2, 3).countdown(20)) == []


def test_a_default_that_is_added_is_asked_anew(make_add):
    """
    Settings that are added below the app's own, as extensions do, count from then on.
    """
    add = make_add(broker_url=REDIS)
    base = call(add, 2, 3).countdown(60)
    assert codes(base) == []

    add.app.add_defaults({"broker_transport_options": {"visibility_timeout": 30}})

    assert codes(base) == ["CK230"]


def test_a_queue_that_comes_and_goes_is_asked_anew(make_add):
    """
    A queue passes as long as the app declares it.
    """
    add = make_add(task_queues=[Queue("urgent"), Queue("urgnet")])
    base = call(add, 2, 3).queue("urgnet")
    assert codes(base) == []

    low = add.app.conf.task_queues.pop()
    assert codes(base) == ["CK226"]

    add.app.conf.task_queues.append(low)
    assert codes(base) == []


def test_a_level_that_changes_is_asked_anew(make_add):
    """
    A finding that was off is told as soon as the project wants it, and no longer when it does not.
    """
    add = make_add(task_queues=[Queue("urgent")], celerykit={"severity": {"CK226": "off"}})
    base = call(add, 2, 3).queue("urgnet")
    seen = [codes(base)]

    for level in ("error", "warning", "off"):
        add.app.conf.celerykit["severity"]["CK226"] = level
        seen.append([finding.level for finding in base.check()])

    assert seen == [[], ["error"], ["warning"], []]


def test_what_a_call_allows_is_its_own_business(make_add):
    """
    A call may allow what another one of the same words has to be told.
    """
    add = make_add(task_queues=[Queue("urgent")])

    assert codes(call(add, 2, 3).allow("CK226").queue("urgnet")) == []
    assert codes(call(add, 2, 3).queue("urgnet")) == ["CK226"]
    assert codes(call(add, 2, 3).allow("CK226").queue("urgnet")) == []


def test_two_apps_are_asked_each(make_add):
    """
    The same words about a task of the same name pass in one app, and not in the other.
    """
    one, other = make_add(), make_add(task_queues=[Queue("urgent")])

    for _ in range(2):
        assert codes(call(one, 2, 3).queue("urgnet")) == []
        assert codes(call(other, 2, 3).queue("urgnet")) == ["CK226"]


# -- another task, other arguments


def test_a_task_with_another_serializer_is_asked_anew(add):
    """
    A task that is given a serializer later is looked at again.
    """
    base = call(add, 2, 3).countdown(10)
    assert codes(base) == []

    add.serializer = "pickle"
    assert codes(base) == ["CK301"]

    add.serializer = "json"
    assert codes(base) == []


def test_a_task_of_another_name_is_asked_anew(make_add):
    """
    What passed for one task of an app says nothing of the next.
    """
    add = make_add(broker_url=REDIS)
    here = add.app.task(name="__main__.add")(added)

    assert codes(call(add, 2, 3).countdown(10)) == []
    assert codes(call(here, 2, 3).countdown(10)) == ["CK108"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"card": (1, 2)}, "CK302"),
        ({"card": {1, 2}}, "CK303"),
        ({"card": 4, "api_key": "k"}, "CK110"),
        ({"card": 4, "countdown": 10}, "CK105"),
    ],
    ids=["a tuple", "a set", "a secret", "an option's name"],
)
def test_other_arguments_are_asked_anew(app, arguments, code):
    """
    The same lines with arguments that the rules have a say in are looked at each time.
    """

    @app.task(name="shop.pay")
    def pay(card, **more):
        return card

    assert codes(call(pay, card=4, note="").countdown(10)) == []
    assert codes(call(pay, **arguments).countdown(10)) == [code]
    assert codes(call(pay, card=4).countdown(10)) == []


def test_a_parameter_that_is_named_like_a_secret_is_asked_anew(app):
    """
    A secret that is empty passes, and one that is not is told after it.
    """

    @app.task(name="shop.login")
    def login(user, password):
        return user

    assert codes(call(login, "ann", "").countdown(10)) == []
    assert codes(call(login, "ann", "s3cret").countdown(10)) == ["CK110"]


def test_an_id_that_was_sent_is_told(add, messages):
    """
    A call with an id of its own passes once.
    """
    base = call(add, 2, 3).task_id("order-7").countdown(10)
    assert codes(base) == []

    base.send()

    assert codes(base) == ["CK217"]
    assert codes(call(add, 2, 3).task_id("order-7").countdown(10)) == ["CK217"]


# -- another way


def test_a_route_that_changes_is_asked_anew(make_add):
    """
    A queue passes until a route overrules it, and again when the route is gone.
    """
    add = make_add()
    base = call(add, 2, 3).queue("high")
    seen = []

    for route in ({"queue": "low"}, {"exchange": "money", "routing_key": "pay"}, {}):
        add.app.conf.update(task_routes={"shop.add": route})
        seen.append(codes(base))

    assert seen == [[], ["CK233"], []]


def test_a_router_with_a_memory_is_asked_each_time(make_add):
    """
    A function that routes each call elsewhere is asked about each.
    """
    ways = [None, {"exchange": "money", "routing_key": "pay"}, None]
    left = iter([*ways, *ways])
    add = make_add(task_routes=[lambda *_, **__: next(left)])

    seen = [codes(call(add, 2, 3).queue("high")) for _ in range(6)]

    assert seen == [[], ["CK233"], []] * 2


def test_a_router_sees_the_arguments_of_each_call(make_add):
    """
    A function that routes by the arguments is asked with those of each call, and may change them.
    """

    def by_size(name, args, kwargs, options, task=None, **more):
        kwargs.clear()
        return {"exchange": "money", "routing_key": "pay"} if args[0] > 10 else None

    add = make_add(task_routes=[by_size])
    small, large = (call(add, x, y=3).queue("high") for x in (2, 20))

    assert [codes(small), codes(large), codes(small)] == [[], ["CK233"], []]
    assert small.order.kwargs == {"y": 3}


def test_a_queue_that_changes_in_place_is_asked_anew(make_add):
    """
    A priority passes as long as the queue on RabbitMQ has an order, whoever takes that away.
    """
    add = make_add(broker_url=RABBIT, task_queues=[Queue("ranked", max_priority=5)])
    base = call(add, 2, 3).queue("ranked").priority(Priority.HIGH)
    seen = [codes(base)]

    for most in (9, None, 5):
        add.app.amqp.queues["ranked"].max_priority = most
        seen.append(codes(base))

    assert seen == [[], [], ["CK220"], []]


def test_a_priority_follows_the_queue_of_each_send(make_add):
    """
    The number of a Priority is that of the queue as it is, remembered verdict or not.
    """
    add = make_add(broker_url=RABBIT, task_queues=[Queue("ranked", max_priority=5)])
    base = call(add, 2, 3).queue("ranked").priority(Priority.HIGHEST)
    sent = [base.signature().options["priority"] for _ in range(2)]

    add.app.amqp.queues["ranked"].max_priority = 9

    assert [*sent, base.signature().options["priority"]] == [5, 5, 9]


def test_a_queue_that_the_router_does_not_know_yet_is_asked_anew(make_add):
    """
    A queue that was declared too late for Celery's router passes until it is there.
    """
    add = make_add(broker_url=RABBIT, task_queues=[Queue("high")], task_create_missing_queues=False)
    base = call(add, 2, 3).queue("late").priority(Priority.HIGH)
    assert [finding.level for finding in base.check()] == ["error"]

    add.app.conf.task_queues.append(Queue("late"))
    assert codes(base) == []

    add.app.amqp.queues.add(Queue("late"))
    assert codes(base) == ["CK220"]


def test_redis_is_not_asked_where_a_priority_goes(make_add, monkeypatch):
    """
    Where all queues have the same levels, a priority does not ask the router.
    """
    add = make_add(broker_url=REDIS)
    monkeypatch.delattr(_examine, "destination_of")

    assert codes(call(add, 2, 3).queue("high").priority(Priority.HIGH)) == []


# -- many at once


def test_threads_share_what_passed(make_add, at_once):
    """
    Threads that build and check the same calls at the same moment get each app's own answer.
    """
    apps = [make_add(), make_add(task_queues=[Queue("urgent")])]

    def look(number):
        add = apps[number % 2]
        return {tuple(codes(call(add, 2, 3).queue("urgnet").countdown(i % 40))) for i in range(200)}

    assert at_once(look) == [{()}, {("CK226",)}] * 4


def test_lines_that_are_remembered_have_an_end():
    """
    A program with ever new values does not fill the memory, and goes on with what it has.
    """
    written = Written()
    keys = [line(NO_OPTIONS, "countdown", number) for number in range(1025)]

    for number, key in enumerate(keys):
        written.kept(key, NO_OPTIONS, {"countdown": number})

    assert [written.after(keys[number]) for number in (0, 1023)] == [None, None]
    assert written.after(keys[1024]) == {"countdown": 1024}
    assert written.after(None) is None


def test_sends_that_are_remembered_have_an_end():
    """
    Nor do ever new calls, and each belongs to its app's facts and its task.
    """
    passed = Passed()
    verdict = Verdict(NO_OPTIONS, UNKNOWN, is_routed=False, destination=None)

    for number in range(1025):
        passed.add((f"shop.add{number}", None), verdict)

    known = [passed.verdict(NO_OPTIONS, UNKNOWN, (f"shop.add{n}", None)) for n in (0, 1023, 1024)]
    assert known == [None, None, verdict]
    assert passed.verdict(NO_OPTIONS, AppFacts(), ("shop.add1024", None)) is None
    assert passed.verdict({}, UNKNOWN, ("shop.add1024", None)) is None
    assert passed.verdict(NO_OPTIONS, UNKNOWN, ("shop.add1024", "yaml")) is None


def test_options_that_are_not_told_by_their_values_are_not_remembered(add):
    """
    Headers may hold anything, so that a line after them is one that nobody has written yet.
    """
    one, other = (call(add, 2, 3).headers(tenant="acme").countdown(10) for _ in range(2))

    assert one == other
    assert one.order.options is not other.order.options


def test_what_follows_a_call_is_asked_each_time(app, add, messages):
    """
    A call that is kept takes what follows it along at each send, and is told of it each time.
    """

    @app.task(name="shop.file")
    def file(failed_id, where="attic"):
        return where

    base = call(add, 2, 3).link(call(add, 4, 5)).countdown(10)
    wrong = call(add, 2, 3).link_error(step(file)).countdown(10)

    base.send()
    base.send()

    assert [len(sent.payload[2]["callbacks"]) for sent in messages()] == [1, 1]
    assert [codes(wrong) for _ in range(2)] == [["CK501"], ["CK501"]]


def test_what_is_sent_is_the_callers_own(add, message):
    """
    Celery, and who receives its signals, may change what is sent; the next call is not changed.
    """
    base = call(add, 2, 3).countdown(10)

    base.signature().options["countdown"] = 99
    base.send()

    assert base.order.options == {"countdown": 10}
    assert message().headers["eta"] is not None
