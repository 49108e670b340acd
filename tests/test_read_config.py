"""
What the rules know of a configuration: each fact as the app's own settings make it.
"""

import re
import sys
from datetime import timedelta
from types import ModuleType

import pytest
from celery import Celery, Task, _state, shared_task
from celery.beat import ScheduleEntry
from celery.schedules import crontab
from kombu import Exchange, Queue

from celerykit._config import Line, Route
from celerykit._read_config import config_of

from .naming import steady


def route(name, args, kwargs, options, task=None):
    """
    A router that decides at the call.
    """


def test_the_app_is_named(make_app):
    """
    An app is called by its name, and one without a name says so.
    """
    app = make_app()
    nameless = Celery(broker="memory://", set_as_current=False)

    assert config_of(app).app == f"the app {app.main!r}"
    assert config_of(nameless).app == "an app without a name"


@pytest.mark.usefixtures("_no_celery_environment")
def test_the_fallback_app_is_named(monkeypatch):
    """
    The app that Celery makes up is told from yours.
    """
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)
    monkeypatch.setenv("CELERY_BROKER_URL", "memory://")

    assert config_of(_state.get_current_app()).app.startswith("Celery's fallback app")


@pytest.mark.parametrize(
    ("backend", "scheme"),
    [
        ("redis://localhost/1", "redis"),
        ("db+sqlite:///results.db", "db"),
        ("cache+memory://", "cache"),
        ("rpc", "rpc"),
        ("disabled://", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_result_backend_has_a_scheme(make_app, backend, scheme):
    """
    The scheme says which backend it is; without a backend there is none.
    """
    assert config_of(make_app(result_backend=backend)).backend == scheme


def test_what_is_wrong_with_results_is_known(make_app):
    """
    It is known why results cannot be read, where another process needs them too.
    """
    problems = [
        config_of(make_app(result_backend=backend)).backend_problem
        for backend in ("reddis://", "cache+memory://", "file:///tmp")
    ]

    assert [each and each.kind for each in problems] == ["unknown", "one-process", None]


def test_the_transport_has_its_options(make_app):
    """
    The options of the transport are those that the connection really gets.
    """
    app = make_app(
        broker_url="redis://127.0.0.1:1/0", broker_transport_options={"visibility_timeout": 60}
    )

    assert config_of(app).options["visibility_timeout"] == 60


def test_the_tasks_are_listed(app):
    """
    A task says where it is from, and what its author wrote beside Celery's attributes.
    """

    class Patient(Task):
        max_retry = 9

        def on_bad_day(self):
            return None

    @app.task(name="shop.pay", base=Patient, ratelimit="1/s", time_limit=60, serializer="yaml")
    def pay():
        return None

    (found,) = config_of(app).tasks

    assert (found.name, found.where) == ("shop.pay", __name__)
    assert found.own == {"max_retry": 9, "ratelimit": "1/s"}
    assert (found.ready["time_limit"], found.ready["retry_backoff"]) == (60, None)
    assert found.ready["serializer"] == "yaml"


@pytest.mark.filterwarnings("ignore:(?s).*task attribute is deprecated")
def test_a_task_says_where_it_goes_whatever_the_app_is_configured_from():
    """
    A task with a queue of its own is listed, in an app that reads a module as in any other.
    """
    module = ModuleType("shopconfig")
    vars(module).update(broker_url="memory://", task_default_priority=3)
    app = Celery("shop", set_as_current=False)
    app.config_from_object(module)
    app.task(name="shop.pay", queue="money", priority=3, shared=False)(route)

    assert config_of(app).tasks[0].own == {"queue": "money"}


def test_near_miss_what_celery_fills_in_was_not_written(make_app):
    """
    A plain task has nothing of its own, however often it was used.
    """
    app = make_app(task_acks_late=True, task_default_priority=3)

    @app.task(name="shop.add", bind=True)
    def add(self, x, y):
        return x + y

    add.apply_async((2, 3))
    (found,) = config_of(app).tasks

    assert found.own == {}
    assert found.ready["acks_late"] is True


def test_the_schedule_is_listed(make_app):
    """
    An entry tells its task, its options, and whether it goes by the hours of the day.
    """
    app = make_app(
        beat_schedule={
            "often": {"task": "shop.a", "schedule": 30.0},
            "hourly": {"task": "shop.b", "schedule": crontab(minute=5), "options": {"queue": "q"}},
            "daily": {"task": "shop.c", "schedule": crontab(minute=5, hour=9)},
            "weekly": {"task": "shop.d", "schedule": crontab(day_of_week="mon")},
            "delta": ScheduleEntry("delta", "shop.e", schedule=timedelta(hours=1), app=None),
        }
    )

    assert [(each.name, each.on_the_hour) for each in config_of(app).beat] == [
        ("often", False),
        ("hourly", False),
        ("daily", True),
        ("weekly", True),
        ("delta", False),
    ]
    assert config_of(app).beat[1].options == {"queue": "q"}


@pytest.mark.parametrize("schedule", [None, {}, ["no dict"]], ids=repr)
def test_near_miss_no_schedule_has_no_entries(make_app, schedule):
    """
    What is no dict of entries has none.
    """
    assert config_of(make_app(beat_schedule=schedule)).beat == ()


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        (None, []),
        (route, []),
        ({"shop.*": "high"}, [Route("shop.*", {"queue": "high"})]),
        ({"shop.*": {"queue": "high"}}, [Route("shop.*", {"queue": "high"})]),
        ({re.compile("shop"): "high"}, [Route("shop", {"queue": "high"})]),
        (({"shop.a": "high"}, route), [Route("shop.a", {"queue": "high"})]),
        (
            ([("shop.a", "a"), ("shop.b", "b")],),
            [Route("shop.a", {"queue": "a"}), Route("shop.b", {"queue": "b"})],
        ),
    ],
    ids=steady,
)
def test_the_routes_are_listed(make_app, routes, expected):
    """
    A route is told whichever way it is written; a function tells nothing before a call.
    """
    assert [*config_of(make_app(task_routes=routes)).routes] == expected


def test_the_default_queue_is_listed(make_app):
    """
    Where no queue is declared it is the default queue, with the settings for it.
    """
    app = make_app(
        task_default_queue="orders", task_default_queue_type="quorum", task_queue_max_priority=9
    )

    config = config_of(app)

    assert config.declared is False
    assert config.queues == (
        Line("orders", "direct", {"x-max-priority": 9, "x-queue-type": "quorum"}),
    )


def test_declared_queues_are_listed(make_app):
    """
    A queue has the exchange and the arguments that Celery will declare it with.
    """
    app = make_app(
        task_queues=[
            Queue("a"),
            Queue("b", Exchange("b", "topic"), queue_arguments={"x-max-priority": 5}),
            Queue("c", max_priority=3),
        ],
        task_default_exchange_type="fanout",
        task_queue_max_priority=9,
    )

    config = config_of(app)

    assert config.declared is True
    assert config.queues == (
        Line("a", "fanout", {"x-max-priority": 9}),
        Line("b", "topic", {"x-max-priority": 5}),
        Line("c", "fanout", {"x-max-priority": 3}),
    )


def test_to_look_makes_nothing(make_app):
    """
    An app that was looked at still takes a default exchange and routes.
    """
    app = make_app()

    config_of(app)

    assert vars(app.amqp).keys().isdisjoint({"queues", "router", "default_exchange"})


@pytest.mark.parametrize(
    ("settings", "accepted"),
    [
        ({}, {"json"}),
        ({"accept_content": ["yaml"]}, {"yaml"}),
        ({"accept_content": ["yaml"], "result_accept_content": ["json"]}, {"json"}),
        ({"result_accept_content": []}, set()),
    ],
    ids=repr,
)
def test_results_are_accepted_as_calls_are(make_app, settings, accepted):
    """
    What results may be written in is a setting of its own, else that of the calls.
    """
    assert config_of(make_app(**settings)).result_accepts == accepted


@pytest.mark.usefixtures("_no_celery_environment")
def test_near_miss_the_fallback_app_is_no_default_app(app, monkeypatch):
    """
    Once Celery has made up an app, each thread finds one, but not yours.
    """
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)
    assert _state.get_current_app() is _state.default_app

    assert config_of(app).default_app is False


def test_shared_tasks_and_a_default_app_are_seen(app, monkeypatch):
    """
    It is known whether a shared task exists, and whether each thread has an app for it.
    """
    monkeypatch.setattr(_state, "_on_app_finalizers", set())
    monkeypatch.setattr(_state, "default_app", None)
    before = config_of(app)

    shared_task(name="shop.shared")(route)
    monkeypatch.setattr(_state, "default_app", app)
    after = config_of(app)

    assert (before.shared_tasks, before.default_app) == (False, False)
    assert (after.shared_tasks, after.default_app) == (True, True)


@pytest.mark.parametrize(
    ("first", "later", "stale"),
    [
        (None, {"shop.add": "high"}, True),
        ({"shop.*": "low"}, {"shop.*": "high"}, True),
        ({"shop.*": "low"}, {"shop.*": "low"}, False),
        (route, route, False),
        ("shop.routing.route", "shop.routing.route", False),
        ("shop.routing.route", "shop.routing.other", True),
    ],
    ids=steady,
)
def test_routes_that_came_too_late_are_seen(make_app, first, later, stale):
    """
    Once the router is made, an assignment no longer changes it; the same routes again are no harm.
    """
    app = make_app(task_routes=first)
    assert app.amqp.router

    app.conf.task_routes = later

    assert config_of(app).stale_routes is stale


def test_near_miss_routes_before_the_first_use_are_in_time(make_app):
    """
    Before the router is made, and through update(), routes are taken.
    """
    app = make_app()
    app.conf.task_routes = {"shop.*": "high"}
    assert config_of(app).stale_routes is False

    assert app.amqp.router
    app.conf.update(task_routes={"shop.*": "low"})

    assert config_of(app).stale_routes is False


def test_a_test_is_seen(app, monkeypatch):
    """
    Both pytest and Django's test command are tests; a program is none.
    """
    assert config_of(app).in_tests is True
    monkeypatch.delitem(sys.modules, "pytest")
    monkeypatch.setattr(sys, "argv", ["manage.py", "runserver"])
    assert config_of(app).in_tests is False
    monkeypatch.setattr(sys, "argv", ["manage.py", "test"])
    assert config_of(app).in_tests is True
