"""
CK602: a setting that Celery does not know was meant to be one that it does.
"""

from types import ModuleType, SimpleNamespace

import pytest
from celery import Celery
from celery.backends.base import DisabledBackend

from celerykit._read_config import config_of

from .configured import told, words


def of_django(**written):
    """
    The configuration of an app that reads Django's kind of settings, and Django's own among them.
    """
    app = Celery("shop", set_as_current=False)
    source = SimpleNamespace(
        CELERY_BROKER_URL="memory://", DEBUG=True, INSTALLED_APPS=[], **written
    )
    app.config_from_object(source, namespace="CELERY")
    return config_of(app)


def of_module(**written):
    """
    The configuration of an app that reads a module.
    """
    module = ModuleType("shopconfig")
    vars(module).update(written)
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.config_from_object(module)
    return config_of(app)


def of_code(**written):
    """
    The configuration of an app that was set up in the code.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.conf.update(written)
    return config_of(app)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("results_backend", "result_backend"),
        ("result_bakend", "result_backend"),
        ("backend", "result_backend"),
        ("CELERY_BROKER_TRANSPORT_OPTIONS", "broker_transport_options"),
        ("task_route", "task_routes"),
        ("task_rutes", "task_routes"),
        ("taskroutes", "task_routes"),
        ("task_ack_late", "task_acks_late"),
        ("worker_acks_late", "task_acks_late"),
        ("acks_late", "task_acks_late"),
        ("worker_prefetch_multiplyer", "worker_prefetch_multiplier"),
        ("prefetch_multiplier", "worker_prefetch_multiplier"),
        ("TASK_ROUTES", "task_routes"),
        ("time_zone", "timezone"),
        ("accept_contents", "accept_content"),
        ("celery_task_routes", "task_routes"),
    ],
)
def test_a_misspelt_setting_is_told(wrong, right):
    """
    A slip, a missing or a wrong first word, and a prefix that nobody asked for are told.
    """
    found = told("CK602", of_code(**{wrong: "x"}))

    said = f"{wrong!r} is no setting of Celery's, so it is ignored"
    assert words(found) == [(wrong, "'x'", said, f"Did you mean app.conf.{right}?")]
    assert found[0].where == f"{wrong} in Celery(...) or app.conf"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("RESULT_BACKEND", "CELERY_RESULT_BACKEND"),
        ("CELERY_RESULTS_BACKEND", "CELERY_RESULT_BACKEND"),
        ("CELERY_BACKEND", "CELERY_RESULT_BACKEND"),
        ("CELERY_TASK_ROUTE", "CELERY_TASK_ROUTES"),
        ("CELERY_CONCURRENCY", "CELERY_WORKER_CONCURRENCY"),
        ("celery_timezone", "CELERY_TIMEZONE"),
    ],
)
def test_a_django_setting_is_told_in_its_spelling(wrong, right):
    """
    With a namespace the right name has it, in capitals where the others are.
    """
    (found,) = told("CK602", of_django(**{wrong: "x"}))

    assert (found.option, found.remedy) == (wrong, f"Did you mean {right}?")
    assert found.where == f"{wrong} in the configuration object"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("task_rutes", "task_routes"),
        ("CELERY_TASK_ROUTES", "task_routes"),
        ("TASK_ROUTES", "task_routes"),
    ],
)
def test_a_setting_of_a_module_is_told(wrong, right):
    """
    In a module a name is told by its spelling, in capitals too, or by Celery's prefix.
    """
    (found,) = told("CK602", of_module(**{wrong: {}}))

    assert (found.remedy, found.where) == (f"Did you mean {right}?", f"{wrong} in shopconfig")


def test_a_misspelt_secret_stays_one():
    """
    The value of a password is hidden, however its name is misspelt.
    """
    secret = {"broker_pasword": "hunter2"}

    (found,) = told("CK602", of_code(**secret))

    assert (found.value, found.remedy) == ("***", "Did you mean app.conf.broker_password?")


@pytest.mark.parametrize(
    "name",
    [
        "time_limit",
        "backend",
        "schedule",
        "REDIS_URL",
        "REDIS_HOST",
        "DATABASE_URL",
        "SECURITY_KEY",
        "redis_hosts",
        "broker_host_name",
        "acks_late",
    ],
)
def test_near_miss_a_module_has_names_of_its_own(name):
    """
    A module may hold what its own lines use.
    """
    assert told("CK602", of_module(**{name: "x"})) == []


def test_near_miss_who_wrote_the_right_name_too_knows():
    """
    A name like a setting beside that setting is the project's own.
    """
    assert told("CK602", of_module(broker_urls=["memory://"], broker_url="memory://")) == []
    assert told("CK602", of_code(backend="x", result_backend="cache+memory://")) == []


@pytest.mark.parametrize(
    "name",
    [
        "redbeat_redis_url",
        "redbeat_lock_timeout",
        "beat_dburi",
        "singleton_backend_url",
        "flower_port",
        "shop_name",
        "serializer",
        "task_default_retry_delay_minutes",
        "worker_name",
    ],
)
def test_near_miss_other_packages_have_settings(name):
    """
    What is not nearly one of Celery's belongs to somebody else.
    """
    assert told("CK602", of_code(**{name: "x"})) == []


@pytest.mark.parametrize(
    "name",
    [
        "CELERY_RESULT_BACKEND",
        "CELERY_ONCE",
        "CELERY_RESULT_EXTENDED",
        "CELERYBEAT_SCHEDULE",
        "CELERYD_CONCURRENCY",
        "DJANGO_CELERY_BEAT_TZ_AWARE",
        "DJANGO_CELERY_RESULTS_TASK_ID_MAX_LENGTH",
        "BROKER_HOST_NAME",
        "CACHES",
        "TIME_ZONE",
    ],
)
def test_near_miss_what_django_packages_say_passes(name):
    """
    Right names, old names, and those of packages for Django pass.
    """
    assert told("CK602", of_django(**{name: "x"})) == []


def test_harm_plain_celery_ignores_what_it_does_not_know(make_app):
    """
    With plain Celery a misspelt result backend is accepted, and there are no results.
    """
    app = make_app(results_backend="cache+memory://", result_backend=None)

    assert isinstance(app.backend, DisabledBackend)
