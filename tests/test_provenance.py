"""
Where a setting was written: the doctor and every error about a setting say so.
"""

from types import ModuleType

import pytest
from celery import Celery
from celery.app import defaults

from celerykit._provenance import find_setting, masked, settings_of


class Config:
    """
    A configuration object with Django's kind of names.
    """

    CELERY_RESULT_BACKEND = "redis://localhost/1"
    CELERY_TIMEZONE = "Asia/Tokyo"
    CELERY_TASK_RUTES = None
    CELERY_CELERYKIT = None
    RESULT_BACKEND = "redis://localhost/2"
    BROKER_URL = "redis://localhost/0"
    DEBUG = True


@pytest.fixture
def django_like():
    """
    An app that reads its settings with a namespace.
    """
    app = Celery("shop", set_as_current=False)
    app.config_from_object(Config, namespace="CELERY")
    return app


def test_the_code_is_named(make_app):
    """
    A setting of the app itself is found there, under the name that was written.
    """
    setting = find_setting(make_app(task_serializer="yaml"), "task_serializer")

    assert setting[:5] == (
        "task_serializer",
        "yaml",
        "code",
        "task_serializer in Celery(...) or app.conf",
        "'yaml'",
    )


def test_an_argument_of_the_app_is_named():
    """
    What Celery(...) was given counts before anything was read.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)

    assert find_setting(app, "broker_url").source == "code"


def test_a_default_is_named(app):
    """
    What nobody set is Celery's default, whether Celery has a value for it or not.
    """
    assert find_setting(app, "task_compression")[1:4] == (None, "default", "Celery's default")
    assert find_setting(app, "result_expires").source == "default"


def test_a_name_with_its_namespace_is_found(django_like):
    """
    A setting of a configuration object carries the name that stands there.
    """
    setting = find_setting(django_like, "timezone")

    assert (setting.value, setting.source) == ("Asia/Tokyo", "file")
    assert setting.where == "CELERY_TIMEZONE in Config"


def test_an_old_name_is_found(django_like):
    """
    Celery still reads the names of its version 3, and so does celerykit.
    """
    assert find_setting(django_like, "broker_url").where == "BROKER_URL in Config"


def test_a_lower_case_namespace_is_found():
    """
    A namespace in lower case goes before names in lower case.
    """
    app = Celery("shop", set_as_current=False)
    app.config_from_object({"shop_timezone": "Asia/Tokyo"}, namespace="shop")

    assert find_setting(app, "timezone").where == "shop_timezone in the configuration object"


def test_a_module_is_named(tmp_path, monkeypatch):
    """
    A configuration module is called by its name.
    """
    (tmp_path / "shopconfig.py").write_text("import os\nfrom json import dumps\ntask_rutes = {}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    app = Celery("shop", set_as_current=False, config_source="shopconfig")

    (unknown,) = settings_of(app).unknown

    assert unknown.where == "task_rutes in shopconfig"


def test_the_module_of_the_environment_is_named(tmp_path, monkeypatch):
    """
    A module that CELERY_CONFIG_MODULE names is called by that name.
    """
    (tmp_path / "envconfig.py").write_text("timezone = 'Asia/Tokyo'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("CELERY_CONFIG_MODULE", "envconfig")

    setting = find_setting(Celery("shop", set_as_current=False), "timezone")

    assert setting.where == "timezone in envconfig"


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("broker_url", "CELERY_BROKER_URL"),
        ("broker_read_url", "CELERY_BROKER_READ_URL"),
        ("broker_write_url", "CELERY_BROKER_WRITE_URL"),
        ("result_backend", "CELERY_RESULT_BACKEND"),
    ],
)
def test_the_environment_wins(app, monkeypatch, name, variable):
    """
    What Celery takes from the environment is told, with what it hides.
    """
    written = find_setting(app, name)
    monkeypatch.setenv(variable, "redis://prod/0")

    setting = find_setting(app, name)

    assert (setting.value, setting.source) == ("redis://prod/0", "environment")
    assert setting.where == f"the environment variable {variable}"
    assert setting.shadowed == (None if written.source == "default" else written)
    assert (getattr(app.conf, name), setting.value) == ("redis://prod/0", "redis://prod/0")


def test_near_miss_an_empty_variable_is_none(app, monkeypatch):
    """
    Celery takes an empty variable for none, and so does celerykit.
    """
    monkeypatch.setenv("CELERY_BROKER_URL", "")

    assert find_setting(app, "broker_url").source == "code"


def test_every_setting_is_found(app):
    """
    All settings agree with what Celery itself reads.
    """
    settings = settings_of(app)

    assert settings.known.keys() == defaults.DEFAULTS.keys()
    assert settings["task_serializer"].value == app.conf.task_serializer
    assert settings.unknown == ()
    assert settings.namespace is None


def test_what_celery_does_not_know_is_listed(django_like):
    """
    A misspelt name, and one without its namespace, are listed; other things of Django's are not.
    """
    settings = settings_of(django_like)

    assert [each.name for each in settings.unknown] == ["CELERY_TASK_RUTES", "RESULT_BACKEND"]
    assert settings.namespace == "CELERY_"


def test_what_the_code_misspells_is_listed(make_app):
    """
    Celery takes any name that is set on app.conf.
    """
    app = make_app(results_backend="redis://", celerykit={})
    app.conf.finalize()
    app.conf[5] = "no name at all"

    assert [each.where for each in settings_of(app).unknown] == [
        "results_backend in Celery(...) or app.conf"
    ]


def test_near_miss_what_a_module_imports_is_no_setting():
    """
    A configuration module may hold functions, classes and modules of its own.
    """
    module = ModuleType("shopconfig")
    module.helper, module.Kind, module.os = (lambda: None), Config, pytest
    module.task_serializer = "json"
    app = Celery("shop", set_as_current=False)
    app.config_from_object(module)

    assert settings_of(app).unknown == ()


def test_a_setting_is_spelled_as_the_project_does(app, django_like):
    """
    The line to write has the namespace of the file, or goes to app.conf where there is no file.
    """
    lower = Celery("shop", set_as_current=False)
    lower.config_from_object({"shop_timezone": "Asia/Tokyo"}, namespace="shop")
    plain = Celery("shop", set_as_current=False, config_source={"timezone": "Asia/Tokyo"})

    assert settings_of(app).spelled("timezone") == "app.conf.timezone"
    assert settings_of(django_like).spelled("timezone") == "CELERY_TIMEZONE"
    assert settings_of(lower).spelled("timezone") == "shop_timezone"
    assert settings_of(plain).spelled("timezone") == "timezone"


def test_old_names_stay_old():
    """
    A configuration in the names of Celery 3 takes no new ones, and all its settings are known.
    """
    app = Celery("shop", set_as_current=False, config_source={"CELERYD_CONCURRENCY": 2})

    settings = settings_of(app)

    assert settings.spelled("result_expires") == "CELERY_TASK_RESULT_EXPIRES"
    assert settings["worker_concurrency"].where == "CELERYD_CONCURRENCY in the configuration object"
    assert settings["worker_pool"].value == "prefork"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("broker_url", "redis://:pw@host/1", "'redis://:***@host/1'"),
        ("broker_url", ["amqp://u:pw@a//", "amqp://b//"], "['amqp://u:***@a//', 'amqp://b//']"),
        ("result_backend", "redis://", "'redis://'"),
        ("broker_password", "pw", "***"),
        ("broker_url", "redis://:p@w@host/1", "'redis://:***@host/1'"),
        ("broker_url", "redis://u:p/w@host/1", "'redis://u:***@host/1'"),
        ("broker_url", "redis://p/w@host/1", "'redis://***@host/1'"),
        ("broker_url", "redis://u:pw@host:port/1", "'redis://u:***@host:port/1'"),
        ("broker_url", "redis:/u:pw@host/1", "'redis:***@host/1'"),
        ("broker_url", "amqp://u:pw@a//;amqp://u:pw@b//", "'amqp://u:***@a//;amqp://u:***@b//'"),
        ("broker_url", "sqs://user@host", "'sqs://user@host'"),
        ("result_backend", "redis://host?password=pw&a=1", "'redis://host?password=***&a=1'"),
        (
            "result_backend",
            "azureblockblob://a=b;AccountKey=pw;c",
            "'azureblockblob://a=b;AccountKey=***;c'",
        ),
        ("broker_password", None, "None"),
        ("broker_transport_options", {"password": "pw", "a": 1}, "{'password': ***, 'a': 1}"),
        ("task_default_routing_key", "orders", "'orders'"),
    ],
)
def test_secrets_stay_hidden(name, value, text):
    """
    A password is never shown, wherever it stands; what is no secret is.
    """
    assert masked(value, name) == text
