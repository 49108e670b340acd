"""
diagnose(app): what it takes, and what it returns.
"""

import math
import re
from datetime import timedelta

import celery
import pytest
from celery import Celery

from celerykit import Finding, diagnose, typed_app


@pytest.fixture
def unnamed() -> Celery:
    """
    An app that names no broker, and connects to none.
    """
    return Celery("shop", set_as_current=False)


def codes(findings):
    """
    The codes of findings, in their order.
    """
    return [each.code for each in findings]


@pytest.mark.usefixtures("_no_celery_environment")
def test_findings_are_plain_values(unnamed):
    """
    A finding says what is wrong, where that was written, and what to write instead.
    """
    (finding,) = [each for each in diagnose(unnamed) if each.code == "CK604"]

    assert isinstance(finding, Finding)
    assert (finding.option, finding.where) == ("broker_url", "Celery's default")
    assert finding.message.startswith("the app 'shop' names no broker")
    assert "app.conf.broker_url = " in finding.remedy


def test_a_healthy_app_has_none(app):
    """
    Where nothing is wrong, nothing is found.
    """
    assert diagnose(app) == []


def test_findings_come_in_the_order_of_their_codes(make_app):
    """
    What is found is in the same order each time, live findings last.
    """
    app = make_app(
        brokr_pool_limit=1, broker_url="", celerykit={"severity": 5}, task_publish_retry=False
    )

    found = codes(diagnose(app))

    assert found == sorted(found)
    assert found[:3] == ["CK601", "CK602", "CK604"]


@pytest.mark.parametrize(
    ("level", "found"), [("off", []), ("error", ["error"]), ("warning", ["warning"])]
)
def test_a_project_may_disagree(make_app, level, found):
    """
    The setting that changes the level of a rule for calls changes it for the doctor too.
    """
    app = make_app(broker_url=None, celerykit={"severity": {"CK604": level}})

    assert [each.level for each in diagnose(app) if each.code == "CK604"] == found


def test_every_kind_of_app_is_taken(app, set_current):
    """
    A typed app and a proxy are the app that they stand for.
    """
    set_current(app)
    app.conf.brokr_pool_limit = 1

    for given in typed_app(app), celery.current_app:
        assert codes(diagnose(given)) == ["CK602"]


@pytest.mark.parametrize("thing", [None, "shop", object(), Celery])
def test_what_is_no_app_is_refused(thing):
    """
    The error names what was given, and what is wanted.
    """
    with pytest.raises(TypeError, match=r"that is not a Celery app\. Pass what Celery\(\.\.\.\)"):
        diagnose(thing)


@pytest.mark.parametrize(
    ("time", "kind", "said"),
    [
        (0, ValueError, "within=0 is no time to wait. Pass seconds above 0"),
        (timedelta(0), ValueError, "is no time to wait"),
        (math.inf, ValueError, "within=inf is no time to wait"),
        (math.nan, ValueError, "within=nan is no time to wait"),
        (True, TypeError, "within=True is not a number of seconds or a timedelta"),
        ("5", TypeError, "within='5' is not a number of seconds or a timedelta"),
        (None, TypeError, "within=None is not a number of seconds or a timedelta"),
    ],
)
def test_a_time_that_is_none_is_refused(app, time, kind, said):
    """
    A deadline has to be one: seconds, or a timedelta, above 0.
    """
    with pytest.raises(kind, match=re.escape(said)):
        diagnose(app, live=True, within=time)


def test_a_time_may_be_a_timedelta(make_app):
    """
    A deadline is taken as Python writes lengths of time.
    """
    app = make_app(control_exchange="nobody")

    (found,) = diagnose(app, live=True, within=timedelta(seconds=0.1))

    assert found.message == "no worker answered within 0.1 s"


def test_nothing_is_connected_and_nothing_changed(make_app):
    """
    Without live, a broker that is not there is no matter, and the app stays as it was.
    """
    app = make_app(broker_url="amqp://127.0.0.1:1//", result_backend="redis://127.0.0.1:1/0")
    app.conf.finalize()
    changes = dict(app.conf.changes)

    found = diagnose(app)

    assert "CK660" not in codes(found)
    assert app.conf.changes == changes
    assert app.pool._resource.qsize() == app.pool.limit  # nobody took a connection out
