"""
A send hands the call to Celery: each time anew, and the call itself stays as it was.
"""

from datetime import datetime, timedelta, timezone

import pytest
from celery import Celery, Task
from celery.exceptions import QueueNotFound
from kombu import Queue
from kombu.exceptions import OperationalError

from celerykit import CallRejected, Priority, PublishError, call, remote, step

from .faults import IMPATIENT


def test_the_message_is_what_the_call_says(add, message):
    """
    Task, arguments and options arrive in the message as they were written.
    """
    call(add, 2, y=3).queue("high").priority(7).headers(tenant="acme").shadow("sum").send()

    sent = message("high")
    assert sent.headers["task"] == "shop.add"
    assert sent.payload[:2] == [[2], {"y": 3}]
    assert sent.headers["tenant"] == "acme"
    assert sent.headers["shadow"] == "sum"
    assert sent.properties["priority"] == 7


def test_each_send_has_a_fresh_id(add, messages):
    """
    One call can be sent many times, and each time is a task of its own.
    """
    base = call(add, 2, 3)

    ids = [base.send().id for _ in range(5)]

    assert len(set(ids)) == 5
    assert [sent.headers["id"] for sent in messages()] == ids


def test_one_call_is_sent_from_many_threads(add, messages, at_once):
    """
    A call can be shared between threads: all ids are distinct, and every message is right.
    """
    base = call(add, 2, y=3).headers(tags=["a"]).expires(3600).link(step(add, 10))

    ids = at_once(lambda number: [base.send().id for _ in range(10)])

    sent = messages()
    assert len({each for some in ids for each in some}) == 80
    assert {message.headers["id"] for message in sent} == {each for some in ids for each in some}
    assert {repr(message.payload[:2]) for message in sent} == {"[[2], {'y': 3}]"}
    assert {repr(message.headers["tags"]) for message in sent} == {"['a']"}
    assert {message.payload[2]["callbacks"][0]["task"] for message in sent} == {"shop.add"}


class Clock(Celery):
    """
    An app whose time the test sets.
    """

    moment = datetime(2040, 1, 1, 12, tzinfo=timezone.utc)

    def now(self):
        """
        The time from which Celery counts.
        """
        return self.moment


def test_relative_times_count_from_each_send(make_app):
    """
    A countdown and an expiry in seconds start when the call is sent, not when it is built.
    """
    app = make_app(Clock)

    @app.task(name="shop.tick")
    def tick():
        raise NotImplementedError

    base = call(tick).countdown(timedelta(minutes=1)).expires(3600)
    signature = base.signature()
    with app.connection_for_read() as connection:
        for start in (app.moment, app.moment + timedelta(days=1)):
            app.moment = start
            for send in (base.send, signature.apply_async):
                send()

                sent = connection.default_channel.basic_get(app.conf.task_default_queue)
                assert sent.headers["eta"] == (start + timedelta(minutes=1)).isoformat()
                assert sent.headers["expires"] == (start + timedelta(hours=1)).isoformat()


def test_absolute_times_stay(add, message):
    """
    An eta is the moment it names, whatever time zone it was written in.
    """
    tokyo = timezone(timedelta(hours=9))
    moment = datetime.now(tokyo).replace(microsecond=0) + timedelta(minutes=5)

    call(add, 2, 3).eta(moment).send()

    assert datetime.fromisoformat(message().headers["eta"]) == moment


def test_the_apply_async_of_a_task_is_used(app, message):
    """
    A task with its own apply_async gets the call, as it gets Celery's.
    """

    class Tagged(Task):
        def apply_async(self, args=None, kwargs=None, **options):
            options["headers"] = {**options.get("headers", {}), "tagged": True}
            return super().apply_async(args, kwargs, **options)

    @app.task(name="shop.add", base=Tagged)
    def add(x, y):
        return x + y

    call(add, 2, 3).headers(tenant="acme").send()

    assert message().headers["tagged"] is True


def test_no_apply_async_can_change_the_call(app):
    """
    Whatever a task's own apply_async does to what it gets, the call stays as it was.
    """

    class Vandal(Task):
        def apply_async(self, args=None, kwargs=None, **options):
            args[0].append("rubbish")
            kwargs["data"].clear()
            kwargs.clear()
            options["headers"]["tags"].append("rubbish")
            options["retry_policy"].clear()
            options["declare"].append("rubbish")
            options["link"][0].args[0].append("rubbish")
            return super().apply_async([[]], {"data": {}})

    @app.task(name="shop.store", base=Vandal)
    def store(items, data):
        raise NotImplementedError

    base = (
        call(store, ["pen"], data={"a": [1]})
        .options(headers={"tags": ["a"]}, retry_policy={"max_retries": 3})
        .extra(declare=[])
        .link(call(store, ["ink"], data={}))
    )
    before = repr(base)
    base.send()

    assert repr(base) == before


def test_no_router_can_change_the_call(make_app, messages):
    """
    A router is asked with the call's values, and cannot change them.
    """

    def route(name, args, kwargs, options, task=None, **kw):
        args[0].append("rubbish")
        kwargs["data"]["rubbish"] = True
        return {"queue": "routed"}

    app = make_app(task_routes=[route])

    @app.task(name="shop.store")
    def store(items, data):
        raise NotImplementedError

    base = call(store, ["pen"], data={}).priority(Priority.HIGH)
    before = repr(base)
    base.check()
    base.send()

    assert repr(base) == before
    assert len(messages("routed")) == 1


def test_an_eager_task_cannot_change_the_call(make_app):
    """
    With task_always_eager a call runs here, on its own copy of the arguments.
    """
    app = make_app(task_always_eager=True)

    @app.task(name="shop.store")
    def store(items):
        items.append("rubbish")
        return items

    base = call(store, ["pen"])

    assert base.send().get(timeout=5) == ["pen", "rubbish"]
    assert base.apply().get(timeout=5) == ["pen", "rubbish"]
    assert repr(base) == "call(shop.store, ['pen'])"


def test_apply_runs_here_and_now(app, add, whoami, messages):
    """
    apply() runs the task in this process with its options, and sends nothing.
    """
    base = call(whoami, "headers").headers(tenant="acme").task_id("7").queue("high").countdown(60)

    handle = base.apply()

    assert handle.id == "7"
    assert handle.get(timeout=0)["tenant"] == "acme"
    assert messages("high") == []
    assert call(add, 2, 3).apply().get(timeout=0) == 5


def test_check_sends_nothing(make_app, add, messages):
    """
    check() returns every finding as a value: it sends, raises and warns nothing.
    """
    rabbit = make_app(broker_url="amqp://127.0.0.1:1//")
    slow = rabbit.task(name="shop.add")(add.run)
    base = call(slow, 2, 3).priority(Priority.HIGH).serializer("jsno").extra(mandatory=True)

    findings = base.check()

    assert [finding.code for finding in findings] == ["CK220", "CK223"]
    assert call(add, 2, 3).check() == []
    assert messages() == []


def test_an_argument_that_looks_like_an_option_is_found(app):
    """
    check() knows a task's parameters, so it finds an option among the arguments that has none.
    """

    @app.task(name="shop.note")
    def note(text, queue=None, **fields):
        raise NotImplementedError

    base = call(note, "hello", queue="mine", countdown=10)

    assert [(each.code, each.option) for each in base.check()] == [("CK105", "countdown")]


def test_a_refused_call_leaves_nothing(add, messages):
    """
    When a rule refuses a call at the send, nothing has left the process.
    """
    base = call(add, 2, 3).serializer("jsno").queue("high")

    for send in (base.send, base.signature):
        with pytest.raises(CallRejected) as caught:
            send()
        assert [finding.code for finding in caught.value.findings] == ["CK223"]
    assert messages("high") == []


def test_a_callback_that_is_refused_stops_the_send(add, messages):
    """
    What is wrong with a callback is found before its call is sent.
    """
    with pytest.raises(CallRejected, match="CK223"):
        call(add, 2, 3).link(step(add, 1).serializer("jsno")).send()

    assert messages() == []


def test_celerys_own_errors_are_the_cause(make_app, add):
    """
    What Celery itself raises at a send is one error, which keeps it as its cause.
    """
    routes = {"shop.add": {"queue": "elsewhere"}}
    queues = [Queue("known")]
    strict = make_app(task_create_missing_queues=False, task_queues=queues, task_routes=routes)
    deaf = make_app(broker_url="nonesuch://")
    refused = make_app(
        broker_url="amqp://127.0.0.1:1//", result_backend=None, broker_transport_options=IMPATIENT
    )

    with pytest.raises(PublishError) as unknown:
        call(strict.task(name="shop.add")(add.run), 2, 3).send()
    with pytest.raises(PublishError, match="No such transport") as unread:
        call(deaf.task(name="shop.add")(add.run), 2, 3).send()
    with pytest.raises(PublishError) as unheard:
        call(refused.task(name="shop.add")(add.run), 2, 3).no_retry().retry(max_retries=0).send()

    causes = [type(each.value.__cause__) for each in (unknown, unread, unheard)]
    assert causes == [QueueNotFound, KeyError, OperationalError]


def test_check_tells_of_callbacks_too(add):
    """
    check() says of a call and of what follows it what send() would say, all at once.
    """
    base = call(add, {2}, 3).link(step(add, {1}), call(add, (4,), 5).allow("CK302"))

    found = [(each.code, each.value) for each in base.check()]

    assert found == [("CK303", "{2}"), ("CK303", "{1}")]
    with pytest.raises(CallRejected) as caught:
        base.send()
    assert [each.value for each in caught.value.findings] == ["{2}", "{1}"]


def test_a_run_here_asks_no_broker(make_app, add):
    """
    What only a broker, a serializer or the clock could mind does not hinder a run in this process.
    """
    app = make_app(broker_url="redis://127.0.0.1:1/0")
    near = app.task(name="shop.near")(add.run)

    assert call(near, (2,), (3,)).countdown(99_999).apply().get(timeout=1) == (2, 3)


def test_a_queue_that_may_not_be_made_is_a_finding(make_app, add):
    """
    check() tells of it, with a priority or without, instead of raising Celery's QueueNotFound.
    """
    app = make_app(task_create_missing_queues=False, task_queues=[Queue("known")])
    base = call(app.task(name="shop.add")(add.run), 2, 3).queue("nope")

    for each in (base, base.priority(3)):
        (finding,) = each.check()
        assert (finding.code, finding.level) == ("CK226", "error")
        assert "known" in finding.remedy


def test_ignored_results_are_marked(add, message):
    """
    A call that ignores its result says so in its message and in its handle.
    """
    handle = call(add, 2, 3).ignore_result().send()

    assert handle.async_result.ignored is True
    assert message().headers["ignore_result"] is True


def test_headers_and_stamps_arrive(app, whoami, work):
    """
    The task finds its headers in request.headers and its stamps in request.stamps.
    """
    base = call(whoami, "headers").headers({"x-tenant": "acme"}).stamp(shift=2)
    stamped = call(whoami, "stamps").stamp(shift=2).send()
    sent = base.send()

    work(app)

    assert sent.get(timeout=5)["x-tenant"] == "acme"
    assert stamped.get(timeout=5) == {"shift": 2}


def test_redacted_values_stay_out_of_the_description(app, message):
    """
    What logs and monitors show hides the redacted values; the task itself still gets them.
    """

    @app.task(name="shop.login")
    def login(user, password, *codes, **more):
        raise NotImplementedError

    base = call(login, "Ann", "s3cret", 11, 22, pin=1234, site="eu")
    base.redact("password", "codes", "pin").send()

    sent = message()
    assert sent.headers["argsrepr"] == "('Ann', ***, ***, ***)"
    assert sent.headers["kwargsrepr"] == "{'pin': ***, 'site': 'eu'}"
    assert sent.payload[:2] == [["Ann", "s3cret", 11, 22], {"pin": 1234, "site": "eu"}]


def test_the_rest_of_the_description_is_celerys(app, messages):
    """
    What is not redacted is described as Celery describes it, shortened where Celery shortens.
    """

    @app.task(name="shop.login")
    def login(user, data, password=None):
        raise NotImplementedError

    for data in ["x" * 3000, {"a": [1, {"b": "é"}]}, [b"raw", None, 1.5], 7]:
        call(login, "Ann", data).send()
        call(login, "Ann", data).redact("password").send()
        call(login, user="Ann", data=data).send()
        call(login, user="Ann", data=data).redact("password").send()

    sent = [(each.headers["argsrepr"], each.headers["kwargsrepr"]) for each in messages()]
    assert sent[::2] == sent[1::2]


def test_redaction_reaches_remote_tasks(app, message):
    """
    A remote task's parameters can be redacted by the names its contract gives them.
    """

    @remote("other.login", app=app)
    def login(user, password):
        raise NotImplementedError

    call(login, "Ann", password="s3cret").redact("password").send()  # noqa: S106 - no real one

    assert message().headers["kwargsrepr"] == "{'password': ***}"


def test_a_bound_task_is_redacted_by_its_own_parameters(app, message):
    """
    The self of a bound task is not counted among the parameters.
    """

    @app.task(name="shop.login", bind=True)
    def login(self, user, password):
        raise NotImplementedError

    call(login, "Ann", "s3cret").redact("password").send()

    assert message().headers["argsrepr"] == "('Ann', ***)"


def test_arguments_beyond_the_known_ones_stay_visible(app, message):
    """
    Positional arguments that no parameter names are shown, since none of them was redacted.
    """

    @app.task(name="shop.login", typing=False)
    def login(user, *, password):
        raise NotImplementedError

    call(login, "Ann", "extra", password="s3cret").redact("password").send()  # noqa: S106 - no real one

    sent = message()
    assert sent.headers["argsrepr"] == "('Ann', 'extra')"
    assert sent.headers["kwargsrepr"] == "{'password': ***}"


def test_a_signature_sends_the_same(add, messages):
    """
    The signature of a call sends the same message as the call itself.
    """
    base = call(add, 2, y=3).headers(tenant="acme").priority(7).stamp(shift=2).redact("y")

    base.send()
    base.signature().apply_async()

    one, other = messages()
    for sent in (one, other):
        for changing in ("id", "root_id"):
            del sent.headers[changing]
    assert one.headers == other.headers
    assert one.payload == other.payload
    assert one.properties["priority"] == other.properties["priority"]
