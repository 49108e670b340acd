"""
CK623: where a task goes is said by an attribute that Celery is about to ignore.
"""

import warnings

import celery
import pytest
from celery.exceptions import CDeprecationWarning

from celerykit._config import ROUTING, TaskClass
from celerykit._read_config import config_of

from .configured import configured, told, words


def asked(written=None, **own):
    """
    What the rule says of a task with these attributes.
    """
    task = TaskClass("shop.pay", "shop.tasks", own, {})
    return told("CK623", configured(written, tasks=(task,)))


def test_a_task_that_routes_itself_is_told():
    """
    What it says is told, and the route to write instead.
    """
    (found,) = asked(queue="money", priority=5)

    assert words([found]) == [
        (
            "queue and priority",
            "'money', 5",
            "shop.pay says queue and priority by an attribute, which Celery 6 is to ignore",
            "Write app.conf.task_routes = {'shop.pay': {'queue': 'money', 'priority': 5}}",
        )
    ]
    assert (found.task, found.where) == ("shop.pay", "the task in shop.tasks")


def test_routes_are_added_to_others():
    """
    Where there are routes, this is one more.
    """
    (found,) = asked({"task_routes": {"mail.*": "mail"}}, queue="money")

    assert found.remedy == "Add 'shop.pay': {'queue': 'money'} to app.conf.task_routes"


def test_near_miss_other_attributes_pass(make_app):
    """
    What does not route passes, and so does a priority that all tasks have by a setting.
    """
    app = make_app(task_default_priority=5)

    @app.task(name="shop.pay", max_retries=5, expires=60, serializer="yaml", ratelimit=1)
    def pay():
        return None

    assert told("CK623", config_of(app)) == []


@pytest.mark.parametrize("name", sorted(ROUTING))
def test_harm_plain_celery_says_so(app, name):
    """
    Since Celery 5.7 such an attribute is deprecated when the task is made, and found by the rule.
    """
    with warnings.catch_warnings(record=True) as told_by_celery:
        warnings.simplefilter("always")

        @app.task(name="shop.pay", **{name: 1})
        def pay():
            return None

        found = told("CK623", config_of(app))

    deprecated = [each for each in told_by_celery if each.category is CDeprecationWarning]
    assert [each.option for each in found] == [name]
    assert bool(deprecated) is (celery.VERSION >= (5, 7))
