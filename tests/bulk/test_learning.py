"""
Messages are made after Celery's example only where that is certain to be the same.
"""

import json
from datetime import datetime, timedelta, timezone

import pytest
from celery import VERSION, Celery
from hypothesis import given
from hypothesis import strategies as some
from kombu import serialization
from kombu.utils import json as kombu_json

from celerykit import CallWarning, Priority, call, guard, send_many
from celerykit._gather import facts_of
from celerykit._request import Request
from celerykit.bulk import _jsontext as jsontext
from celerykit.bulk._encode import Briefs
from celerykit.bulk._fresh import fresh_ids, numbered_ids
from celerykit.bulk._model import Model
from celerykit.bulk._pattern import Pattern
from celerykit.bulk._wire import Publication, Slots
from celerykit.rules import at_arguments


@pytest.fixture
def made_by_celery(monkeypatch):
    """
    Count the messages that Celery itself makes.
    """
    counted = []
    celerys = Celery.send_task

    def send_task(self, *args, **kwargs):
        counted.append(args[0])
        return celerys(self, *args, **kwargs)

    send_task.__code__ = send_task.__code__.replace(co_filename=celerys.__code__.co_filename)
    monkeypatch.setattr(Celery, "send_task", send_task)
    return counted


ROWS = [(number, 0) for number in range(9)]


def test_celery_makes_the_first_two(add, messages, made_by_celery):
    """
    The others are made after them.
    """
    send_many(add, ROWS)

    assert len(made_by_celery) == 2
    assert len(messages()) == 9


def test_the_guard_is_not_in_the_way(app, add, messages, made_by_celery):
    """
    Celerykit's own guard asks the rules that were asked before, and changes no message.
    """
    watched = guard(app)

    send_many(add, ROWS)

    assert len(made_by_celery) == 2
    assert len(messages()) == 9
    watched.remove()


def test_models_are_dumped_for_each_call(app, messages):
    """
    A task with pydantic=True (Celery 5.5) gets what Celery makes of its models.
    """
    pydantic = pytest.importorskip("pydantic")

    class Order(pydantic.BaseModel):
        """
        An order.
        """

        sku: str

    if VERSION < (5, 5):
        return

    @app.task(name="shop.order", pydantic=True)
    def order(wanted: Order):
        return wanted

    send_many(order, [(Order(sku=f"tea-{number}"),) for number in range(5)])

    assert [message.payload[0] for message in messages()] == [
        [{"sku": f"tea-{number}"}] for number in range(5)
    ]


def test_relative_expiry_in_a_datetime_is_another_matter_each_time(add, messages):
    """
    Celery counts the rest of it for each message.
    """
    late = datetime.now(timezone.utc) + timedelta(hours=1)

    send_many(add, ROWS, expires=late)

    assert {message.headers["expires"] for message in messages()} == {late.isoformat()}


def test_many_different_options_are_told_apart(add, messages):
    """
    However many there are, each call gets its own.
    """
    calls = [call(add, number, 0).headers(number=number) for number in range(150)]

    send_many([*calls, *calls])

    assert [message.headers["number"] for message in messages()] == [*range(150)] * 2


def test_values_that_look_alike_are_told_apart(add, messages):
    """
    1, 1.0 and True are equal, and not the same in a message; what is deep is looked at as well.
    """
    deep = {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}}
    values = [1, 1.0, True, "1", [1], [True], deep]
    calls = [call(add, 1, 0).headers(value=value) for value in values * 3]
    calls += [call(add, 1, 0).priority(level) for level in (Priority.LOW, 7, Priority.LOW, 7)]

    send_many(calls)

    sent = messages()
    assert [repr(message.headers.get("value")) for message in sent[:21]] == [
        repr(value) for value in values * 3
    ]


def test_arguments_are_judged_one_by_one(app, messages):
    """
    What a rule says of a name counts where the name is used, and nowhere else.
    """

    @app.task(name="shop.login")
    def login(user, password=None, **more):
        return user

    calls = [
        *(call(login, "ada"), call(login, "ada"), call(login, "ada")),
        *(call(login, "ada", "hunter2"), call(login, "ada", password="x")),  # noqa: S106 - an example
        *(call(login, "ada", countdown=5), call(login, "ada", colour="red")),
    ]
    with pytest.warns(CallWarning) as told:
        report = send_many(calls)

    assert report.complete
    assert [str(each.message).split()[1] for each in told] == ["CK110", "CK110", "CK105"]
    assert len(messages()) == 7


def test_a_small_budget_is_kept(app, add):
    """
    An app that warns of heavy calls does so in bulk too.
    """
    app.conf.celerykit = {"payload_budget": 100}

    with pytest.warns(CallWarning, match="CK304"):
        send_many(add, [(1, 2), (1, 2), (1, 2), (["x" * 50] * 4, 2)])


def test_a_router_may_look_at_the_arguments(app, add, messages):
    """
    Where the route has a say in what the rules think, they are asked each time.
    """
    app.conf.update(task_routes={"shop.add": {"priority": 3}})

    send_many(add, ROWS, queue="high")

    assert len(messages("high")) == 9


def test_rpc_results_have_a_queue_to_come_to(make_app):
    """
    A backend that has to know of a call beforehand is told of each.
    """
    app = make_app(result_backend="rpc://")

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    told = []
    celerys = type(app.backend).on_task_call

    def on_task_call(producer, task_id):
        told.append(task_id)
        return celerys(app.backend, producer, task_id)

    app.backend.on_task_call = on_task_call
    report = send_many(add, ROWS)

    assert told == [*report.ids]


def test_events_of_a_running_task_name_its_root(make_app):
    """
    The root of what a task sends is the task's own, in the events as well.
    """
    app = make_app(task_send_sent_event=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    @app.task(name="shop.many", bind=True)
    def many(self):
        assert send_many(add, ROWS).complete
        return self.request.id

    assert many.apply().get()


def test_an_int_of_thousands_of_digits_is_celerys_to_refuse(add):
    """
    Python itself refuses to write it.
    """
    with pytest.raises(Exception, match="Exceeds the limit") as ours:
        send_many(add, [(1, 2), (1, 2), (1, 2), (10**5000, 2)])

    with pytest.raises(type(ours.value), match="Exceeds the limit"):
        add.delay(10**5000, 2)


def test_handles_may_be_sliced(add):
    """
    As any sequence.
    """
    report = send_many(add, ROWS)

    assert [handle.id for handle in report.handles[2:4]] == report.ids[2:4]


def test_a_projects_own_json_is_used(add, messages):
    """
    A serializer that was registered in the place of kombu's writes every message.
    """

    def mine(value):
        return kombu_json.dumps(value).replace("null", "null ")

    serialization.register("json", mine, kombu_json.loads, "application/json", "utf-8")
    try:
        send_many(add, ROWS)
    finally:
        serialization.register_json()

    assert all(b"null " in message.body for message in messages())


def test_a_serializer_that_looks_like_kombus_is_noticed(add, messages):
    """
    One that differs in some cases only is not taken for kombu's.
    """

    def mine(value):
        return kombu_json.dumps(value)

    serialization.register("json", mine, kombu_json.loads, "application/json", "utf-8")
    try:
        assert jsontext.json_encoder() is None
        send_many(add, ROWS)
    finally:
        serialization.register_json()

    assert jsontext.json_encoder() is not None
    assert len(messages()) == 9


def test_a_python_without_a_c_encoder_writes_json_too(add, messages, monkeypatch):
    """
    PyPy has none.
    """
    monkeypatch.setattr(jsontext, "_c_make_encoder", None)

    send_many(add, ROWS)

    assert [message.payload[0] for message in messages()] == [[number, 0] for number in range(9)]


def publication(**headers):
    """
    What Celery gives to publish().
    """
    known = {"id": "a", "root_id": "a", "argsrepr": "()", "kwargsrepr": "{}"}
    times = {"eta": None, "expires": None, "group_index": None}
    given = {"headers": {**known, **times, **headers}, "correlation_id": "a", "exchange": ""}
    return Publication(((), {}, {}), given)


def test_a_message_without_the_usual_headers_is_no_example(app):
    """
    A Celery to come may write others: then it writes them all itself.
    """
    odd = publication()
    del odd.options["headers"]["argsrepr"]

    assert Model.of(odd, app, {}) is None
    assert Model.of(publication(), app, {}) is not None


def test_only_what_was_foreseen_is_trusted(app):
    """
    Another body, another property or another header than expected: Celery goes on alone.
    """
    model = Model.of(publication(), app, {"priority": 1})
    slots = Slots("a", (), {}, "()", "{}", None, None)

    assert model.predicts(publication(), slots)
    assert not model.predicts(publication(lang="other"), slots)
    assert not model.predicts(Publication(((1,), {}, {}), publication().options), slots)
    more = {**publication().options, "priority": 3}
    assert not model.predicts(Publication(((), {}, {}), more), slots)
    assert not model.predicts(publication(eta="2040-01-01T00:00:00+00:00"), slots)


def test_nothing_is_learnt_from_nothing(app):
    """
    A call that published nothing, or more than its message and an event, teaches nothing.
    """
    for publications in ([], [publication()] * 3, [publication()] * 2):
        pattern = Pattern(app, {}, None, None)
        pattern.learn(publications)
        assert pattern.hopeless


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=40),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(some.sampled_from(["a", "b", "__type__", "__value__"]), inner)
        | some.tuples(inner)
    ),
    max_leaves=12,
)


@given(some.lists(VALUES, max_size=4), some.dictionaries(some.sampled_from("kx"), VALUES))
def test_no_rule_objects_to_what_is_plain(args, kwargs):
    """
    What is taken for plain without asking passes every rule on arguments that there is.
    """
    app = Celery(set_as_current=False, broker="memory://")
    facts = facts_of(app)

    if Briefs(app, "shop.add").glance(tuple(args), kwargs) is not None:
        asked = Request("shop.add", tuple(args), kwargs, {}, plain=False)
        assert at_arguments(asked, facts) == []


def test_ids_are_random_uuids():
    """
    As Celery's own: version 4, and no two alike.
    """
    ids, tags = fresh_ids(), numbered_ids()
    some_ids = [next(ids) for _ in range(2_000)]
    some_tags = [next(tags) for _ in range(2_000)]

    assert len({*some_ids, *some_tags}) == 4_000
    assert {len(each) for each in [*some_ids, *some_tags]} == {36}
    assert {each[14] for each in some_ids} == {"4"}
    assert {each[19] for each in some_ids} == {*"89ab"}


def test_a_json_of_ones_own_may_know_less(add, messages):
    """
    A project's serializer need not write what kombu's does; calls are sent with it all the same.
    """
    known = serialization.registry._encoders["json"]
    serialization.register("json", json.dumps, json.loads, "application/json", "utf-8")
    try:
        report = send_many(add, ROWS)
    finally:
        serialization.registry._encoders["json"] = known
        serialization.registry._decoders["application/json"] = kombu_json.loads

    assert report.complete
    assert len(messages()) == len(ROWS)


def test_the_seconds_in_a_routing_key_are_no_example(app):
    """
    Native delayed delivery names the seconds that are left, which are fewer for each message.
    """
    options = {"exchange": "celery_delayed_27", "routing_key": "0.1.1.celery", "headers": {}}

    assert Model.of(Publication(((), {}, {}), options), app, {}) is None


def test_a_moment_of_expiry_is_another_matter_each_time_too(add, messages, made_by_celery):
    """
    How long is left until then is a property of each message, and never the same for long.
    """
    moment = datetime.now(timezone.utc) + timedelta(hours=1)

    send_many(add, ROWS, expires=moment)

    assert len(made_by_celery) == len(messages()) == len(ROWS)
