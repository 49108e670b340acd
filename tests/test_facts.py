"""
What the rules know of an app: each fact as the app's own settings make it.
"""

from uuid import UUID

import celery
import pytest
from celery import Celery, _state
from celery.app.base import Celery as CeleryClass
from kombu import Queue
from kombu.transport import memory
from kombu.utils.json import register_type

from celerykit._facts import PAYLOAD_BUDGET, UNKNOWN, AppFacts
from celerykit._gather import facts_of

RABBIT = "amqp://127.0.0.1:1//"  # nobody listens there
REDIS = "redis://127.0.0.1:1/0"
QUORUM = {"queue_arguments": {"x-queue-type": "quorum"}}


class Sqs(memory.Transport):
    """
    What stands for SQS, whose own client is not installed everywhere.
    """

    driver_type = "sqs"


@pytest.mark.parametrize(
    ("settings", "timeout"),
    [
        ({"broker_url": REDIS}, 3600),
        ({"broker_url": REDIS, "broker_transport_options": {"visibility_timeout": 60}}, 60),
        ({"broker_url": REDIS, "broker_transport_options": {"visibility_timeout": 0.5}}, 0.5),
        ({"broker_url": REDIS, "broker_transport_options": {"visibility_timeout": "60"}}, None),
        ({"broker_url": REDIS, "broker_transport_options": {"ack_emulation": False}}, None),
        ({"broker_url": RABBIT, "broker_transport_options": {"visibility_timeout": 60}}, None),
        ({"broker_transport": Sqs}, 1800),
        ({"broker_transport": Sqs, "broker_transport_options": {"visibility_timeout": 7}}, 7),
        ({}, None),
    ],
    ids=["Redis", "set", "a part", "text", "no emulation", "RabbitMQ", "SQS", "SQS, set", "memory"],
)
def test_how_long_a_message_stays_hidden(make_app, settings, timeout):
    """
    The visibility timeout is the transport's own option, or its default; other brokers have none.
    """
    assert facts_of(make_app(**settings)).visibility_timeout == timeout


@pytest.mark.parametrize(
    ("settings", "quorum"),
    [
        ({}, False),
        ({"task_queues": [Queue("plain")]}, False),
        ({"task_queues": [Queue("plain"), Queue("orders", **QUORUM)]}, True),
        ({"task_queues": {"orders": {"exchange": "orders", **QUORUM}}}, True),
        ({"task_queues": {"plain": Queue("plain")}}, False),
        ({"task_default_queue_type": "quorum"}, True),
        ({"task_default_queue_type": "classic"}, False),
        ({"task_create_missing_queue_type": "quorum"}, True),
    ],
    ids=repr,
)
def test_whether_a_queue_is_a_quorum_queue(make_app, settings, quorum):
    """
    A declared queue, the default queue and those that Celery makes may be quorum queues.
    """
    assert facts_of(make_app(**settings)).has_quorum_queues is quorum


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (None, False),
        ({}, False),
        ({"shop.*": "high"}, True),
        ([("shop.*", {"queue": "high"})], True),
        ("shop.routers.route", True),
    ],
    ids=repr,
)
def test_whether_there_are_routes(make_app, routes, expected):
    """
    Routes in any form count.
    """
    assert facts_of(make_app(task_routes=routes)).has_routes is expected


def test_queues_of_routes_in_pairs_are_known(make_app):
    """
    Routes may be written as a list of dicts, too.
    """
    routes = [{"shop.a": {"queue": "low"}}, {"shop.b": {"exchange": "x"}}]

    facts = facts_of(make_app(task_queues=[Queue("high")], task_routes=routes))

    assert {"high", "low"} < facts.queues


class Own(CeleryClass):
    """
    An app whose class says which backend it has.
    """

    backend_cls = "cache+memory://"


@pytest.mark.parametrize(
    ("kind", "backend", "keeps"),
    [
        (Celery, "cache+memory://", True),
        (Celery, "redis://127.0.0.1:1/0", True),
        (Celery, "rpc://", True),
        (Celery, None, False),
        (Celery, "", False),
        (Celery, "disabled://", False),
        (Own, None, True),
    ],
)
def test_whether_results_are_kept(make_app, kind, backend, keeps):
    """
    A backend by setting or by class keeps results; none, or a disabled one, does not.
    """
    assert facts_of(make_app(kind, result_backend=backend)).keeps_results is keeps


@pytest.mark.usefixtures("_no_celery_environment")
@pytest.mark.parametrize(
    ("name", "settings", "fallback"),
    [
        ("default", {}, True),
        ("default", {"broker_url": "memory://"}, False),
        ("shop", {}, False),
        (None, {}, False),
    ],
)
def test_which_app_celery_made_up(name, settings, fallback):
    """
    The fallback app is called default, has no fixups, and nobody gave it a broker.
    """
    with Celery(name, set_as_current=False, fixups=[]) as app:
        app.conf.update(settings)

        assert facts_of(app).fallback is fallback


@pytest.mark.usefixtures("_no_celery_environment")
@pytest.mark.parametrize("loader", [None, "app"])
def test_the_app_that_celery_really_makes_up(monkeypatch, loader):
    """
    It is recognised in each version of Celery, and with a loader from the environment.
    """
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)
    if loader:
        monkeypatch.setenv("CELERY_LOADER", loader)

    with _state.get_current_app() as app:
        assert facts_of(app).fallback is True


class Unfixed(Celery):
    """
    An app that needs no fixups.
    """

    builtin_fixups = frozenset()


@pytest.mark.usefixtures("_no_celery_environment")
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Celery, {}),
        (Celery, {"set_as_current": False}),
        (Celery, {"fixups": []}),
        (Unfixed, {"set_as_current": False}),
    ],
    ids=["default", "not current", "no fixups", "a class without fixups"],
)
def test_near_miss_an_app_of_yours_may_be_called_default(set_current, kind, options):
    """
    An app that somebody made and called default is theirs, even without a broker.
    """
    set_current(None)

    with kind("default", **options) as app:
        assert facts_of(app).fallback is False


def test_how_arguments_are_written(make_app):
    """
    The default serializer is the app's.
    """
    assert facts_of(make_app()).serializer == "json"
    assert facts_of(make_app(task_serializer="yaml")).serializer == "yaml"


def test_the_round_trip_is_kombus_own(app, monkeypatch):
    """
    What the project registers with kombu, whenever it does, is known.
    """
    monkeypatch.setattr("kombu.utils.json._encoders", {})
    facts = facts_of(app)
    with pytest.raises(TypeError):
        facts.round_trip(UUID(int=7))

    register_type(UUID, None, str)

    assert facts.round_trip([UUID(int=7), (1,)]) == [str(UUID(int=7)), [1]]


def test_what_the_project_asks_of_celerykit(make_app):
    """
    Levels and budget are those of the setting, and a wrong one is told.
    """
    right = facts_of(make_app(celerykit={"severity": {"CK302": "off"}, "payload_budget": 7}))
    wrong = facts_of(make_app(celerykit={"severity": {"CK3": "off"}, "payload_budget": 7}))

    assert (right.severities, right.payload_budget) == ({"CK302": "off"}, 7)
    assert right.wrong_setting is None
    assert (wrong.severities, wrong.payload_budget) == ({}, PAYLOAD_BUDGET)
    assert "CK3" in wrong.wrong_setting


def test_a_queue_that_is_added_in_place_is_read_again(make_app):
    """
    So may a list.
    """
    app = make_app(task_queues=[Queue("high")])
    assert "low" not in facts_of(app).queues

    app.conf.task_queues.append(Queue("low"))

    assert "low" in facts_of(app).queues


def test_a_level_that_changes_in_place_is_read_again(make_app):
    """
    A dict inside the setting may be changed, and counts from the next call on.
    """
    app = make_app(celerykit={"severity": {}, "payload_budget": 7})
    assert facts_of(app).severities == {}

    app.conf.celerykit["severity"]["CK302"] = "off"

    assert facts_of(app).severities == {"CK302": "off"}


def test_which_celery_counts_given_arguments(app):
    """
    Celery 5.7 looks at what an errback still lacks; earlier ones at all it takes.
    """
    assert facts_of(app).counts_given is (celery.VERSION < (5, 7))


def test_facts_are_frozen(app):
    """
    Nobody changes what was read.
    """
    with pytest.raises(AttributeError):
        facts_of(app).transport = "redis"
    with pytest.raises(TypeError):
        UNKNOWN.severities["CK302"] = "off"


def test_nothing_is_known_of_no_app():
    """
    Facts that nobody has read are unknown, or say that nothing is set.
    """
    known = {name: value for name, value in UNKNOWN._asdict().items() if value}

    assert known == {
        "payload_budget": PAYLOAD_BUDGET,
        "creates_queues": True,
        "makes_backend": True,
    }
    assert AppFacts() == UNKNOWN
