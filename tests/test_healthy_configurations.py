"""
A healthy configuration is told nothing that a careful operator would not say.
"""

import sys

import pytest

from celerykit import recommended_settings
from celerykit._read_config import config_of
from celerykit.rules import of_app

from .corpus.configurations import CODE, DJANGO, MODULE, RABBIT, REDIS, app_of

KINDS = {"code": CODE, "Django": DJANGO, "module": MODULE}
CASES = [(kind, name) for kind, named in KINDS.items() for name in named]


@pytest.fixture
def routers(monkeypatch):
    """
    A module that a configuration of the corpus names.
    """
    module = type(sys)("proj.routers")
    module.route_task = lambda name, args, kwargs, options, task=None: None
    monkeypatch.setitem(sys.modules, "proj", type(sys)("proj"))
    monkeypatch.setitem(sys.modules, "proj.routers", module)


@pytest.mark.usefixtures("_no_celery_environment", "routers")
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_healthy_configuration_is_told_what_is_expected(kind, name):
    """
    It gets the warnings that are listed for it, no other ones, and no error.
    """
    settings, expected = KINDS[kind][name]

    found = of_app(config_of(app_of(kind, settings)))

    assert {each.code for each in found} == expected
    assert {each.level for each in found} <= {"warning"}


@pytest.mark.usefixtures("_no_celery_environment")
@pytest.mark.parametrize("broker", [REDIS, RABBIT], ids=["Redis", "RabbitMQ"])
def test_the_line_that_is_recommended_is_enough(broker):
    """
    With the one line that the remedies offer, nothing is left of what they are for.
    """
    settings = {"broker_url": broker, "result_backend": "redis://localhost:6379/1"}
    app = app_of("code", settings)
    assert len(of_app(config_of(app))) > 0

    app.conf.update(recommended_settings(app))

    assert of_app(config_of(app)) == []


def test_there_are_enough_of_them():
    """
    The corpus has several dozen of them.
    """
    assert len(CASES) > 35
