"""
What an app is configured to do: read when it is needed, once, and never over the network.
"""

import gc
import weakref

import kombu.compression
import pytest
from celery import Celery
from kombu import Exchange, Queue, serialization
from kombu.transport import memory

from celerykit import Priority, call, remote
from celerykit._gather import facts_of
from celerykit._request import Request
from celerykit._routing import destination_of

from .naming import steady

RABBIT = "amqp://127.0.0.1:1//"  # nobody listens there
REDIS = "redis://127.0.0.1:1/0"


def test_facts_are_read_without_a_network(make_app):
    """
    Checking a call needs no broker, so it works while the broker is down.
    """
    app = make_app(broker_url=RABBIT)
    pack = app.task(name="shop.pack")(pack_body)

    findings = call(pack).priority(Priority.HIGH).serializer("json").check()

    assert [finding.code for finding in findings] == ["CK220"]
    assert facts_of(app).transport == "amqp"
    assert facts_of(make_app(broker_url=REDIS)).transport == "redis"


def pack_body():
    """
    A task's body.
    """
    raise NotImplementedError


def test_facts_are_read_when_they_are_needed(app):
    """
    Building a call asks the app nothing; checking it does.
    """
    pack = remote("shop.pack", app=app)(pack_body)

    base = call(pack).countdown(60).headers(tenant="acme").priority(Priority.HIGH)
    assert not app.configured

    base.check()
    assert app.configured


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("memory", (), False, None)),
        ({"broker_url": RABBIT}, ("amqp", None, False, "guest")),
        ({"broker_url": "amqp://ann:pw@127.0.0.1:1//"}, ("amqp", None, False, "ann")),
        (
            {"broker_url": RABBIT, "broker_transport_options": {"confirm_publish": True}},
            ("amqp", None, True, "guest"),
        ),
        ({"broker_url": REDIS}, ("redis", (9, 6, 3, 0), False, None)),
        (
            {"broker_url": REDIS, "broker_transport_options": {"priority_steps": [0, 5]}},
            ("redis", (5, 0), False, None),
        ),
        ({"broker_url": RABBIT, "broker_write_url": REDIS}, ("redis", (9, 6, 3, 0), False, None)),
    ],
    ids=["memory", "amqp", "login", "confirms", "redis", "steps", "two brokers"],
)
def test_what_is_read(make_app, settings, expected):
    """
    Transport, priorities, confirms and login are those of the connection that messages take.
    """
    facts = facts_of(make_app(**settings))

    assert (facts.transport, facts.priority_levels, facts.confirms, facts.login) == expected


@pytest.mark.parametrize(("kind", "levels"), [("mongodb", tuple(range(10))), ("sqs", ())])
def test_other_transports(make_app, kind, levels):
    """
    A transport that orders larger numbers first is known; any other counts as one without order.
    """

    class Transport(memory.Transport):
        driver_type = kind

    facts = facts_of(make_app(broker_transport=Transport))

    assert (facts.transport, facts.priority_levels) == (kind, levels)


def test_facts_are_read_once(app):
    """
    As long as the configuration stays, so do the facts, from the first reading on.
    """
    first = facts_of(app)

    assert facts_of(app) is first
    assert app.conf.task_default_queue == app.main
    assert facts_of(app) is first


def test_each_app_has_its_own_facts(make_app):
    """
    Two apps with two brokers are two things.
    """
    one, other = make_app(), make_app(broker_url=RABBIT)

    assert facts_of(one).transport == "memory"
    assert facts_of(other).transport == "amqp"
    assert facts_of(one).transport == "memory"


CHANGES = {
    "an attribute": lambda app: setattr(app.conf, "broker_url", REDIS),
    "update()": lambda app: app.conf.update(broker_url=REDIS),
    "a new object": lambda app: app.config_from_object({"broker_write_url": REDIS}, force=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_configuration_is_read_again(app, change):
    """
    The next call after a change of configuration is checked by the new one.
    """
    assert facts_of(app).transport == "memory"

    change(app)

    assert facts_of(app).transport == "redis"


@pytest.mark.parametrize("change", ["replaced", "in place"])
def test_changed_transport_options_are_read_again(make_app, change):
    """
    A change inside a setting that is a dict counts as a change.
    """
    app = make_app(broker_url=REDIS, broker_transport_options={"visibility_timeout": 60})
    before = facts_of(app)

    if change == "replaced":
        app.conf.broker_transport_options = {"priority_steps": [0, 5]}
    else:
        app.conf.broker_transport_options["priority_steps"] = [0, 5]

    assert before.priority_levels == (9, 6, 3, 0)
    assert facts_of(app).priority_levels == (5, 0)


@pytest.mark.parametrize("variable", ["CELERY_BROKER_URL", "CELERY_BROKER_WRITE_URL"])
def test_the_environment_counts_as_it_was_at_first(app, monkeypatch, variable):
    """
    Celery's environment variables win over settings, as they were when the app was first asked.
    """
    monkeypatch.setenv(variable, RABBIT)
    assert facts_of(app).transport == "amqp"

    monkeypatch.delenv(variable)
    assert facts_of(app).transport == "amqp"


def test_threads_agree(make_app, at_once):
    """
    Threads that ask at the same moment get equal facts, and from then on the same.
    """
    app = make_app(broker_url=REDIS)

    facts = at_once(lambda number: facts_of(app))

    first = facts[0]
    assert {(each.transport, each.priority_levels) for each in facts} == {
        (first.transport, first.priority_levels)
    }
    assert facts_of(app) is facts_of(app)


def test_an_app_can_be_forgotten():
    """
    Knowing an app does not keep it alive.
    """
    app = Celery("gone", broker="memory://", set_as_current=False)
    facts_of(app)
    trace = weakref.ref(app)

    app.close()
    del app
    gc.collect()

    assert trace() is None


def test_what_is_registered_later_is_known(app, monkeypatch):
    """
    A serializer or compression that is registered after the first call may be used in the next.
    """
    facts = facts_of(app)
    assert "mine" not in facts.serializers
    assert "mine" not in facts.compressions

    serialization.register("mine", str, str, "application/x-mine")
    monkeypatch.setitem(kombu.compression._aliases, "mine", "application/x-gzip")

    try:
        assert "mine" in facts.serializers
        assert "mine" in facts.compressions
    finally:
        serialization.unregister("mine")


def test_compressions_are_listed_by_name(app):
    """
    The names that a message lists are those that may be written.
    """
    listed = list(facts_of(app).compressions)

    assert {"bzip2", "gzip", "zlib"} <= set(listed)
    assert all(name in facts_of(app).compressions for name in listed)


@pytest.mark.parametrize(
    ("content", "accepts", "refuses"),
    [
        (["json"], {"json"}, {"yaml", "pickle"}),
        (["application/json", "pickle"], {"json", "pickle"}, {"yaml"}),
        (None, {"json", "yaml", "pickle"}, set()),
    ],
    ids=steady,
)
def test_what_workers_accept(make_app, content, accepts, refuses):
    """
    accept_content lists serializers by name or by content type, or allows every one.
    """
    facts = facts_of(make_app(accept_content=content))

    assert accepts <= facts.accepts
    assert not refuses & facts.accepts


@pytest.mark.parametrize(
    ("settings", "queues"),
    [
        ({}, None),
        ({"task_queues": [Queue("high"), Queue("low")]}, {"high", "low", "main"}),
        (
            {
                "task_queues": [Queue("high")],
                "task_routes": {"a": {"queue": "low"}, "b": {"queue": Queue("mid")}, "c": "odd"},
            },
            {"high", "low", "mid", "odd", "main"},
        ),
        (
            {"task_queues": {"high": {"exchange": "x"}}, "task_routes": [lambda *a, **k: None]},
            {"high", "main"},
        ),
    ],
    ids=["none", "queues", "routes", "a dict"],
)
def test_which_queues_are_declared(make_app, settings, queues):
    """
    The queues of an app are those in its settings; without task_queues any name is as good.
    """
    facts = facts_of(make_app(task_default_queue="main", **settings))

    assert facts.queues == (None if queues is None else frozenset(queues))


HIGH = Queue("high", Exchange("orders", type="topic"), routing_key="eu.#", max_priority=5)


@pytest.fixture
def routed(make_app):
    """
    An app with routes and declared queues, and a task that has a queue of its own.
    """
    app = make_app(
        task_queues=[HIGH, Queue("low", queue_arguments={"x-queue-type": "quorum"})],
        task_routes={"shop.route": {"queue": "low"}, "shop.exchange": {"exchange": "orders"}},
        task_default_queue="low",
    )

    def where(name="shop.pack", task=None, **options):
        return destination_of(Request(name, (), {}, options), app, task)

    where.app = app
    return where


def test_where_a_call_goes(routed):
    """
    A call goes where Celery's router says: its own queue, its route, or the default queue.
    """
    assert routed().queue == "low"
    assert routed(queue="high").queue == "high"
    assert routed("shop.route").queue == "low"
    assert routed("shop.route", queue="high").queue == "high"
    assert routed(queue="new").queue == "new"


def test_a_task_may_have_its_own_queue(routed):
    """
    A queue that the task names counts, unless the call names another.
    """
    task = routed.app.task(name="shop.pack")(pack_body)
    task.queue = "high"

    assert routed(task=task).queue == "high"
    assert routed(task=task, queue="low").queue == "low"


def test_what_is_known_of_a_queue(routed):
    """
    The kind of its exchange, its priorities and its binding are the declared ones.
    """
    high, low = routed(queue="high"), routed(queue="low")

    assert (high.exchange_type, high.max_priority, high.quorum) == ("topic", 5, False)
    assert high.binding == ("orders", "eu.#")
    assert (low.exchange_type, low.max_priority, low.quorum) == ("direct", None, True)


def test_what_is_known_of_an_exchange(routed):
    """
    An exchange and a routing key together lead to a queue of the app, or to none.
    """
    taken = routed(exchange="orders", routing_key="eu.fr")
    lost = routed(exchange="parcels", routing_key="eu")

    assert (taken.exchange, taken.routing_key, taken.taken) == ("orders", "eu.fr", True)
    assert (lost.exchange, lost.routing_key, lost.taken) == ("parcels", "eu", False)
    assert routed("shop.exchange").exchange == "orders"
    assert routed(exchange="orders").taken is None
