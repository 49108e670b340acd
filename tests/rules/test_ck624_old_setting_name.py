"""
CK624: settings are written under names that Celery 6 is not to know.
"""

from types import SimpleNamespace

import pytest
from celery import Celery
from celery.exceptions import CDeprecationWarning, ImproperlyConfigured

from celerykit._read_config import config_of

from .configured import configured, told


def of(source, namespace=None, **written):
    """
    The configuration of an app that reads this source.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.config_from_object(source, namespace=namespace)
    app.conf.update(written)
    return config_of(app)


def test_old_names_are_told():
    """
    Each old name is told with its new one.
    """
    config = of({"CELERYD_CONCURRENCY": 4, "CELERY_TASK_RESULT_EXPIRES": 60})

    (found,) = told("CK624", config)

    assert found.message == "2 settings have names that Celery 6 is not to know"
    assert found.remedy == (
        "Rename CELERY_TASK_RESULT_EXPIRES to result_expires, "
        "CELERYD_CONCURRENCY to worker_concurrency"
    )
    assert found.option == "result_expires"
    assert found.where == "CELERY_TASK_RESULT_EXPIRES in the configuration object"


def test_many_are_counted():
    """
    More than a handful are not all named.
    """
    names = (
        "LOG_COLOR",
        "POOL",
        "AGENT",
        "TIMER",
        "STATE_DB",
        "CONCURRENCY",
        "PREFETCH_MULTIPLIER",
    )

    (found,) = told("CK624", of({f"CELERYD_{name}": None for name in names}))

    assert found.message == "7 settings have names that Celery 6 is not to know"
    assert found.remedy.endswith("and 2 more, or run celery upgrade settings")


def test_old_names_beside_a_namespace_are_told():
    """
    With a namespace Celery still reads old names without a word; the new one has the namespace.
    """
    source = SimpleNamespace(CELERY_TIMEZONE="UTC", CELERYBEAT_SCHEDULE={})

    (found,) = told("CK624", of(source, "CELERY"))

    assert found.message == "a setting has a name that Celery 6 is not to know"
    assert found.remedy == "Rename CELERYBEAT_SCHEDULE to CELERY_BEAT_SCHEDULE"


def test_old_names_in_the_code_are_told():
    """
    They count as well where there is no configuration file.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    app.conf.update(CELERYD_CONCURRENCY=4)

    (found,) = told("CK624", config_of(app))

    assert found.remedy == "Rename CELERYD_CONCURRENCY to worker_concurrency"


@pytest.mark.parametrize(
    ("source", "namespace"),
    [
        ({"worker_concurrency": 4}, None),
        (SimpleNamespace(CELERY_WORKER_CONCURRENCY=4, CELERY_BEAT_SCHEDULE={}), "CELERY"),
        ({"shop_timezone": "UTC"}, "shop"),
    ],
    ids=repr,
)
def test_near_miss_names_of_today_pass(source, namespace, monkeypatch):
    """
    New names pass, with a namespace and without, and so does the environment.
    """
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "cache+memory://")

    assert told("CK624", of(source, namespace, task_acks_late=True)) == []


def test_near_miss_an_app_without_settings_passes():
    """
    Where nothing was written nothing is old.
    """
    assert told("CK624", configured()) == []


def test_harm_plain_celery_says_so():
    """
    Plain Celery itself announces the end of these names, but in a worker only.
    """
    app = Celery("shop", set_as_current=False, config_source={"CELERYD_CONCURRENCY": 4})
    assert app.conf.worker_concurrency == 4

    with pytest.warns(CDeprecationWarning, match=r"removal in\s+version 6"):
        app.conf.maybe_warn_deprecated_settings()


def test_harm_plain_celery_refuses_to_mix():
    """
    With plain Celery one new name among old ones ends the program.
    """
    source = {"CELERYD_CONCURRENCY": 4, "CELERYD_POOL": "solo", "task_acks_late": True}
    app = Celery("shop", set_as_current=False, config_source=source)

    with pytest.raises(ImproperlyConfigured, match="Cannot mix"):
        app.conf.finalize()
