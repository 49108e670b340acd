"""
recommended_settings(): bounded sends, as settings; what they do is proven in tests/live.
"""

import math
from datetime import timedelta

import celery
import pytest
from celery import Celery

from celerykit import SettingsWarning, recommended_settings, typed_app

WAIT = 3.0
WITHIN = 9.6
ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}
COMMON = {**ONCE_MORE, "connect_retries_timeout": pytest.approx(WITHIN)}
REDIS = {"socket_timeout": pytest.approx(WAIT), "socket_connect_timeout": pytest.approx(WAIT)}
RABBITMQ = {
    "read_timeout": pytest.approx(WAIT),
    "write_timeout": pytest.approx(WAIT),
    "confirm_publish": True,
}
PUBLISH = {
    "broker_connection_timeout": pytest.approx(WAIT),
    "task_publish_retry_policy": ONCE_MORE,
}
RESULTS = {
    "redis_socket_timeout": pytest.approx(WAIT),
    "redis_socket_connect_timeout": pytest.approx(WAIT),
    "result_backend_transport_options": {"retry_policy": ONCE_MORE},
}


def make(broker, backend=None, **settings):
    """
    An app of its own.
    """
    app = Celery("shop", broker=broker, backend=backend, set_as_current=False)
    app.conf.update(settings)
    return app


@pytest.mark.parametrize(
    ("broker", "backend", "settings"),
    [
        ("redis://h/0", None, {**PUBLISH, "broker_transport_options": {**COMMON, **REDIS}}),
        ("amqp://h//", "rpc://", {**PUBLISH, "broker_transport_options": {**COMMON, **RABBITMQ}}),
        (
            "rediss://h/0",
            "redis://h/1",
            {**PUBLISH, "broker_transport_options": {**COMMON, **REDIS}, **RESULTS},
        ),
        ("memory://", "sentinel://h", RESULTS),
        ("memory://", "cache+memory://", {}),
        ("memory://", "reddis://", {}),
        ("reddis://h/0", "redis://h/1", RESULTS),  # the doctor tells, once the app is imported
    ],
)
def test_the_settings_are_those_of_broker_and_backend(broker, backend, settings):
    """
    Redis and RabbitMQ get what bounds them, and others nothing.
    """
    assert recommended_settings(make(broker, backend), within=WITHIN) == settings


def test_what_is_set_stays_but_for_these_names():
    """
    Options of the project's own are kept, and what was given is left as it was.
    """
    policy = {"max_retries": 9, "errback": print}
    given = {"visibility_timeout": 60, "max_retries": 9}
    results = {"retry_policy": {"max_retries": 9, "timeout": 5}, "global_keyprefix": "shop"}
    app = make(
        "redis://h/0",
        "redis://h/1",
        broker_transport_options=given,
        result_backend_transport_options=results,
        task_publish_retry_policy=policy,
    )

    found = recommended_settings(app, within=timedelta(seconds=WITHIN))

    assert found["broker_transport_options"] == {"visibility_timeout": 60, **COMMON, **REDIS}
    assert found["task_publish_retry_policy"] == {"errback": print, **ONCE_MORE}
    assert found["result_backend_transport_options"] == {
        "global_keyprefix": "shop",
        "retry_policy": {"timeout": 5, **ONCE_MORE},
    }
    assert given == {"visibility_timeout": 60, "max_retries": 9}
    assert results["retry_policy"] == {"max_retries": 9, "timeout": 5}


def test_settings_that_are_none_are_no_obstacle():
    """
    A setting that somebody set to None has nothing to keep.
    """
    app = make("amqp://h//", task_publish_retry_policy=None)

    found = recommended_settings(app, within=WITHIN)

    assert found["task_publish_retry_policy"] == ONCE_MORE


def test_an_app_may_be_given_in_other_forms(set_current):
    """
    A typed app and Celery's current app are apps too.
    """
    app = make("amqp://h//")
    set_current(app)
    settings = recommended_settings(app)

    assert recommended_settings(typed_app(app)) == settings
    assert recommended_settings(celery.current_app) == settings
    assert settings["broker_connection_timeout"] == pytest.approx(10 / 3.2)


def test_the_settings_count_before_the_first_call(make_app):
    """
    What is updated before the first call is what connections are made with.
    """
    app = make_app(broker_url="redis://h/0", result_backend="redis://h/1")

    app.conf.update(recommended_settings(app, within=WITHIN))

    with app.connection_for_write() as connection:
        assert connection.transport_options == {**COMMON, **REDIS}
        assert connection.connect_timeout == pytest.approx(WAIT)
    assert app.backend.connparams["socket_timeout"] == pytest.approx(WAIT)
    assert app.backend.retry_policy == ONCE_MORE


@pytest.mark.parametrize(
    "use",
    [lambda app: app.pool, lambda app: app.amqp.producer_pool, lambda app: app.backend],
    ids=["pool", "producers", "backend"],
)
def test_settings_after_the_first_use_are_told(app, use):
    """
    An app that has connections keeps what they were made with, and says so at the caller's line.
    """
    use(app)

    with pytest.warns(SettingsWarning) as caught:
        recommended_settings(app)

    assert caught[0].filename == __file__
    assert str(caught[0].message) == (
        "recommended_settings(app): the app has connections already, and they keep the settings "
        "of before. Call it before the first call, and before anything reads app.pool or "
        "app.backend"
    )


def test_harm_settings_after_the_first_use_do_not_count():
    """
    With plain Celery a pool that was made once keeps its options, whatever the settings say.
    """
    app = make("amqp://h//")
    held = app.pool

    app.conf.broker_transport_options = {"read_timeout": 1}

    assert app.pool is held
    assert app.pool.connection.transport_options == {}


@pytest.mark.parametrize(
    ("within", "kind"),
    [
        ("5", TypeError),
        (None, TypeError),
        (True, TypeError),
        (0, ValueError),
        (-1, ValueError),
        (math.inf, ValueError),
        (math.nan, ValueError),
        (timedelta(0), ValueError),
    ],
    ids=repr,
)
def test_a_time_that_is_none_is_refused(app, within, kind):
    """
    Only a length of time that is above 0, and ends, can be promised.
    """
    with pytest.raises(kind, match=r"^within="):
        recommended_settings(app, within=within)


@pytest.mark.parametrize("app", [None, "shop", {}], ids=repr)
def test_what_is_no_app_is_refused(app):
    """
    Anything else is shown.
    """
    with pytest.raises(TypeError) as caught:
        recommended_settings(app)

    assert str(caught.value) == f"recommended_settings({app!r}): that is not a Celery app"
