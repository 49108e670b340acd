"""
What send_many sends is what plain Celery sends, part for part.
"""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from celery import Celery, Task, signals
from hypothesis import given
from hypothesis import strategies as some
from kombu import Exchange, Queue
from kombu.exceptions import EncodeError

from celerykit import CallWarning, call, remote, step
from celerykit.bulk import send_many
from celerykit.bulk._encode import Briefs

LATER = datetime(2040, 1, 1, tzinfo=timezone.utc)

ROWS = [(1, 2), (3, 4), (5, 6), (True, None), ("text", -1), ("it's", 'a "b"'), ("\\ \n é 😀", 2.5)]

OPTIONS = {
    "nothing": {},
    "a queue": {"queue": "high"},
    "a countdown": {"countdown": 1003},
    "an eta": {"eta": LATER},
    "an expiry in seconds": {"expires": 1003},
    "an expiry in milliseconds": {"expires": 1003.5},
    "countdown and expiry": {"countdown": 1003, "expires": 2003.5},
    "a priority": {"priority": 7},
    "limits": {"time_limit": 60, "soft_time_limit": 50.5},
    "a shadow": {"shadow": "sum"},
    "headers": {"headers": {"tenant": "acme", "tags": ["a", 1, None]}},
    "stamps": {"stamp": {"tenant": "acme", "batch": 7}},
    "no result": {"ignore_result": True},
    "a result": {"ignore_result": False},
    "a compression": {"compression": "gzip"},
    "no retry": {"retry": False},
    "a retry policy": {"retry_policy": {"max_retries": 1}},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_each_option_reaches_the_messages(add, messages, meaning, options):
    """
    Every message of a bulk send says what the single send of the same call says.
    """
    queue = options.get("queue")
    report = send_many(add, ROWS, **options)
    ours = [meaning(message) for message in messages(queue)]
    for row in ROWS:
        call(add, *row).options(**options).send()

    assert ours == [meaning(message) for message in messages(queue)]
    assert report.complete


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_calls_may_carry_options_of_their_own(add, messages, meaning, options):
    """
    Calls with options, calls with others, and calls with named arguments travel together.
    """
    queue = options.get("queue")
    calls = [
        made
        for row in ROWS
        for made in (call(add, row[0], y=row[1]).options(**options), call(add, *row).queue("other"))
    ]
    report = send_many(iter(calls))
    ours = [meaning(message) for name in (queue, "other") for message in messages(name)]
    for each in calls:
        each.send()

    theirs = [meaning(message) for name in (queue, "other") for message in messages(name)]
    assert ours == theirs
    assert report.complete


def test_another_serializer_is_honoured(app, add, messages, meaning):
    """
    What is not JSON is written by its own serializer, and as fast as that is.
    """
    app.conf.accept_content = ["json", "yaml"]

    send_many(add, ROWS, serializer="yaml")
    ours = [meaning(message) for message in messages()]
    for row in ROWS:
        call(add, *row).serializer("yaml").send()

    assert ours == [meaning(message) for message in messages()]


def test_callbacks_and_redacted_arguments_travel_too(add, whoami, messages, meaning):
    """
    What is another matter for each call is made by Celery, call by call.
    """
    calls = [
        made
        for number in range(4)
        for made in (
            call(add, number, 2).link(step(add, 10)).link_error(call(whoami)),
            call(add, number, 2).redact("x"),
        )
    ]
    send_many(calls)
    ours = [meaning(message) for message in messages()]
    for each in calls:
        each.send()

    assert ours == [meaning(message) for message in messages()]


def test_ids_may_be_chosen(add, messages):
    """
    A call with an id of its own keeps it, and the report knows it.
    """
    report = send_many(call(add, number, 2).task_id(f"order-{number}") for number in range(4))

    assert [message.headers["id"] for message in messages()] == [*report.ids]
    assert report.ids[3] == "order-3"


def test_a_remote_task_is_sent_by_name(app, messages, meaning):
    """
    A task that lives elsewhere is sent as its single calls are.
    """

    @remote("elsewhere.mul", app=app)
    def mul(x: int, y: int = 1) -> float:
        raise NotImplementedError

    send_many(mul, [(1, 2), (3, 4), (5, 6)], queue="far")
    ours = [meaning(message) for message in messages("far")]
    for row in [(1, 2), (3, 4), (5, 6)]:
        call(mul, *row).queue("far").send()

    assert ours == [meaning(message) for message in messages("far")]
    assert len(ours) == 3


def test_the_tasks_own_options_are_honoured(app, messages, meaning):
    """
    What is written at the task's declaration counts, as it does in a single send.
    """

    @app.task(name="shop.late", shadow="tardy", time_limit=9, expires=1003, ignore_result=True)
    def late(x):
        return x

    send_many(late, [(1,), (2,), (3,)])
    ours = [meaning(message) for message in messages()]
    for number in (1, 2, 3):
        late.delay(number)

    assert ours == [meaning(message) for message in messages()]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_times_are_written_in_the_apps_zone(make_app, zone, meaning):
    """
    A relative time counts from the send of its own message, and is written as Celery does.
    """
    app = make_app(timezone=zone)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    before = datetime.now(timezone.utc)
    send_many(add, [(1, 2)] * 4, countdown=60)
    after = datetime.now(timezone.utc)

    etas = [datetime.fromisoformat(message.headers["eta"]) for message in _taken(app)]
    assert len({*etas}) == 4
    assert all(before <= eta - timedelta(seconds=60) <= after for eta in etas)
    add.apply_async((1, 2), countdown=60)
    (plain,) = _taken(app)
    assert datetime.fromisoformat(plain.headers["eta"]).utcoffset() == etas[0].utcoffset()


def _taken(app, queue=None):
    """
    All messages in a queue of an app.
    """
    name = queue or app.conf.task_default_queue
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        return [*iter(lambda: channel.basic_get(name, no_ack=True), None)]


def test_routers_are_asked_for_each_call(add, app, messages):
    """
    A router that looks at the arguments decides about each call, not about the first alone.
    """

    def by_argument(name, args, kwargs, options, task=None, **_):
        return {"queue": "odd" if args[0] % 2 else "even"}

    app.conf.update(task_routes=(by_argument,))

    report = send_many(add, [(number, 0) for number in range(10)])

    assert [message.payload[0][0] for message in messages("odd")] == [1, 3, 5, 7, 9]
    assert [message.payload[0][0] for message in messages("even")] == [0, 2, 4, 6, 8]
    assert report.complete


def test_a_router_may_change_its_mind(add, app, messages):
    """
    What it said of the first calls says nothing of the others.
    """

    def by_size(name, args, kwargs, options, task=None, **_):
        return {"queue": "large" if args[0] > 5 else "small"}

    app.conf.update(task_routes=(by_size,))

    send_many(add, [(number, 0) for number in range(10)])

    assert [message.payload[0][0] for message in messages("large")] == [6, 7, 8, 9]
    assert [message.payload[0][0] for message in messages("small")] == [0, 1, 2, 3, 4, 5]


class Changing(Task):
    """
    A task of a project's own that changes its messages from the sixth on.
    """

    def apply_async(self, args=None, kwargs=None, **options):
        """
        Send, the later ones with another name for the monitors, one more property, or a kwarg.
        """
        if args[0] == 5:
            options["shadow"] = "five"
        if args[0] == 6:
            options["app_id"] = "six"
        if args[0] == 7:
            options["headers"] = {"number": 7}
        return super().apply_async(args, {"y": args[0]}, **options)


def test_a_projects_own_apply_async_may_change_its_mind(app, messages):
    """
    What is unlike the first messages is written as it is.
    """

    @app.task(base=Changing, name="shop.changing")
    def changing(x, y=0):
        return x

    send_many(changing, [(number,) for number in range(10)])

    sent = messages()
    assert [message.payload[:2] for message in sent] == [[[n], {"y": n}] for n in range(10)]
    assert [message.headers["shadow"] for message in sent] == [*[None] * 5, "five", *[None] * 4]
    assert [message.properties.get("app_id") for message in sent][6] == "six"
    assert [message.headers.get("number") for message in sent] == [*[None] * 7, 7, None, None]


class Dropping(Task):
    """
    A task of a project's own that puts into a message what JSON cannot carry.
    """

    def apply_async(self, args=None, kwargs=None, **options):
        """
        Send the fifth with a set.
        """
        return super().apply_async(({5},) if args[0] == 5 else args, kwargs, **options)


def test_what_a_projects_own_code_adds_may_be_unfit(app, messages):
    """
    The serializer's own error comes out, after all that was made before has left.
    """

    @app.task(base=Dropping, name="shop.dropping")
    def dropping(x):
        return x

    with pytest.raises(EncodeError, match="set is not JSON serializable"):
        send_many(dropping, [(number,) for number in range(10)])

    assert len(messages()) == 5


def test_routes_by_name_are_honoured(add, app, messages):
    """
    A table of routes sends all calls of a task to its queue.
    """
    app.conf.update(task_routes={"shop.*": {"queue": "shop", "priority": 4}})

    send_many(add, [(number, 0) for number in range(5)])

    assert [message.properties["priority"] for message in messages("shop")] == [4] * 5


def test_an_exchange_is_honoured(app, add, messages):
    """
    A call that goes to an exchange reaches the queues that are bound to it.
    """
    fan = Exchange("fan", type="topic")
    app.conf.task_queues = [Queue("all", fan, routing_key="shop.#")]
    app.conf.task_default_queue = "all"

    send_many(add, [(number, 0) for number in range(5)], exchange="fan", routing_key="shop.add")

    sent = messages("all")
    assert [message.payload[0][0] for message in sent] == [0, 1, 2, 3, 4]
    assert {message.delivery_info["exchange"] for message in sent} == {"fan"}


class Tagging(Task):
    """
    A task of a project's own, which marks what it sends.
    """

    def apply_async(self, args=None, kwargs=None, **options):
        """
        Send with a header that depends on the arguments.
        """
        headers = {**(options.pop("headers", None) or {}), "first": args[0]}
        return super().apply_async(args, kwargs, headers=headers, **options)


def test_a_projects_own_apply_async_makes_every_message(app, messages):
    """
    A class that overrides apply_async is asked for each call.
    """

    @app.task(base=Tagging, name="shop.tagged")
    def tagged(x):
        return x

    report = send_many(tagged, [(number,) for number in range(6)])

    assert [message.headers["first"] for message in messages()] == [0, 1, 2, 3, 4, 5]
    assert report.complete


def test_a_patched_apply_async_makes_every_message(app, add, messages, monkeypatch):
    """
    A package that wraps Task.apply_async, under Celery's own name, is asked for each call.
    """
    celerys = Task.apply_async
    seen = []

    def apply_async(self, *args, **kwargs):
        seen.append(args)
        return celerys(self, *args, **kwargs)

    apply_async.__module__, apply_async.__wrapped__ = celerys.__module__, celerys
    monkeypatch.setattr(Task, "apply_async", apply_async)

    send_many(add, [(number, 0) for number in range(6)])

    assert len(messages()) == len(seen) == 6


def test_an_app_that_overrides_send_task_makes_every_message(make_app):
    """
    A class of app with its own send_task is asked for each call.
    """

    class Counting(Celery):
        """
        An app that counts.
        """

        sent = 0

        def send_task(self, *args, **kwargs):
            """
            Count and send.
            """
            self.sent += 1
            return super().send_task(*args, **kwargs)

    app = make_app(Counting)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    send_many(add, [(1, 2)] * 6)

    assert app.sent == 6
    assert len(_taken(app)) == 6


@pytest.mark.parametrize("which", ["before_task_publish", "after_task_publish"])
def test_signals_are_sent_for_each_call(add, messages, which):
    """
    Receivers hear of every message what they hear of single ones; after means after.
    """
    heard = []

    def hear(signal, **given):
        heard.append((sorted(given), given["sender"], given["body"][0], given["headers"]["id"]))

    getattr(signals, which).connect(hear, weak=False)
    try:
        report = send_many(add, [(number, 0) for number in range(6)])
        in_bulk, sent = [*heard], messages()
        add.delay(5, 0)
    finally:
        getattr(signals, which).disconnect(hear)

    assert [each[3] for each in in_bulk] == [*report.ids] == [each.headers["id"] for each in sent]
    assert [each[2] for each in in_bulk] == [(number, 0) for number in range(6)]
    assert {tuple(each[0]) for each in heard} == {tuple(heard[-1][0])}


def test_receivers_may_change_each_message(add, messages):
    """
    What a receiver of before_task_publish adds or changes is in that message, and in no other.
    """
    numbers = iter(range(100))

    def change(headers, properties, body, **given):
        assert "trace" not in headers
        headers["trace"] = next(numbers)
        headers["shadow"] = "seen"
        properties["app_id"] = "me"

    signals.before_task_publish.connect(change, weak=False)
    try:
        send_many(add, [(number, 0) for number in range(6)])
    finally:
        signals.before_task_publish.disconnect(change)

    sent = messages()
    assert [message.headers["trace"] for message in sent] == [0, 1, 2, 3, 4, 5]
    assert {message.headers["shadow"] for message in sent} == {"seen"}
    assert {message.properties["app_id"] for message in sent} == {"me"}


def test_task_sent_events_go_with_each_call(make_app):
    """
    With task_send_sent_event, monitors are told of every call.
    """
    app = make_app(task_send_sent_event=True)
    events = Queue("monitor", Exchange("celeryev", type="topic"), routing_key="task.#")

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    with app.connection_for_read() as connection:
        events(connection.default_channel).declare()
    report = send_many(add, [(number, 0) for number in range(5)])

    seen = [message.payload for message in _taken(app, "monitor")]
    assert [(event["type"], event["uuid"]) for event in seen] == [
        ("task-sent", each) for each in report.ids
    ]
    assert [message.headers["id"] for message in _taken(app)] == [*report.ids]


def test_eager_calls_run_here(make_app):
    """
    With task_always_eager every call runs at once, and its handle has the result.
    """
    app = make_app(task_always_eager=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(number, 10) for number in range(4)])

    assert [handle.get(timeout=0) for handle in report.handles] == [10, 11, 12, 13]
    assert report.complete
    assert _taken(app) == []


def test_a_task_protocol_of_old_is_honoured(make_app):
    """
    Messages of task protocol 1 are made by Celery itself.
    """
    app = make_app(task_protocol=1)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, [(number, 10) for number in range(4)])

    assert [message.payload["id"] for message in _taken(app)] == [*report.ids]


def test_calls_made_in_a_task_are_its_children(make_app):
    """
    In a running task, each call knows its root and its parent, and the task its children.
    """
    app = make_app()

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    @app.task(name="shop.many", bind=True)
    def many(self):
        report = send_many(add, [(number, 10) for number in range(4)])
        assert [child.id for child in self.request.children] == [*report.ids]
        return self.request.id

    parent = many.apply().get()

    sent = _taken(app)
    assert {message.headers["parent_id"] for message in sent} == {parent}
    assert {message.headers["root_id"] for message in sent} == {parent}
    assert len(sent) == 4


def test_settings_may_change_between_batches(add, app, messages):
    """
    A setting that the iterable's own code changes counts from the next batch on.
    """

    def rows():
        for number in range(20):
            if number == 10:
                app.conf.task_default_priority = 5
                app.conf.task_serializer = "json"
            yield number, 0

    report = send_many(add, rows(), batch_size=5)

    assert report.complete
    assert len(messages()) == 20


def test_several_apps_may_take_part(make_app):
    """
    Calls of different apps go to the broker of each.
    """
    apps = [make_app(), make_app()]

    def echo(x):
        return x

    tasks = [app.task(echo, name="shop.echo") for app in apps]

    report = send_many(call(tasks[number % 2], number) for number in range(10))

    assert report.complete
    assert [message.payload[0][0] for message in _taken(apps[0])] == [0, 2, 4, 6, 8]
    assert [message.payload[0][0] for message in _taken(apps[1])] == [1, 3, 5, 7, 9]


def test_a_value_that_json_cannot_carry_is_named_by_celery(add, app):
    """
    Where no rule objects, the serializer's own error comes out, and what came before is sent.
    """
    app.conf.celerykit = {"severity": {"CK303": "off"}}
    rows = [(1, 1), (2, 2), (3, 3), (4, {5}), (6, 6)]

    with pytest.raises(Exception, match="set is not JSON serializable"):
        send_many(add, rows)

    assert [message.payload[0] for message in _taken(app)] == [[1, 1], [2, 2], [3, 3]]


PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text(max_size=30)
    | some.binary(max_size=9)
    | some.decimals()
    | some.dates()
    | some.datetimes()
    | some.uuids(),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.tuples(inner, inner)
        | some.dictionaries(some.text(max_size=9) | some.integers(), inner, max_size=4)
        | some.frozensets(some.integers(), max_size=3)
    ),
    max_leaves=12,
)


@given(some.lists(PLAIN, max_size=5), some.dictionaries(some.text(max_size=5), PLAIN, max_size=3))
def test_what_monitors_show_is_what_celery_shows(args, kwargs):
    """
    The texts of the arguments are Celery's own, whatever the arguments are.
    """
    app = Celery(set_as_current=False)
    args = tuple(args)

    theirs = app.amqp.create_task_message("", "shop.add", args, kwargs).headers

    assert Briefs(app, "shop.add")(args, kwargs) == (theirs["argsrepr"], theirs["kwargsrepr"])


ODD = {
    "a long text": "x" * 2000,
    "a long list": [["x"]] * 300,
    "a deep list": [[[[["deep"]]]]],
    "a deep dict": {"a": {"b": {"c": {"d": 1}}}},
    "a long int": 10**4000,
    "a Decimal": Decimal("1.50"),
    "a UUID": UUID(int=5),
    "a set": {1, 2},
    "no number": float("nan"),
    "a float": 1.5,
    "bytes": b"raw",
    "a class": object,
    "a tuple": (1,),
    "an empty tuple": ((),),
    "quotes": {"'": '"'},
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_arguments_are_shown_as_celery_shows_them(value):
    """
    Long ones are cut, deep ones are left out, and none is shown in another way.
    """
    app = Celery(set_as_current=False)

    theirs = app.amqp.create_task_message("", "shop.add", (value,), {"k": value}).headers

    ours = Briefs(app, "shop.add")((value,), {"k": value})
    assert ours == (theirs["argsrepr"], theirs["kwargsrepr"])


def test_warnings_are_those_of_single_sends(add, messages):
    """
    A doubtful argument warns, at the line of send_many, and is sent all the same.
    """
    with pytest.warns(CallWarning, match="becomes a list in JSON") as told:
        report = send_many(add, [(1, 2), (1, (2, 3)), (4, 5)])

    assert report.complete
    assert len(messages()) == 3
    assert told[0].filename == __file__
