"""
CK213: what belongs to the declaration of a task is written there.
"""

import inspect

import pytest
from celery import Task

from celerykit import call
from celerykit._vocabulary import CALL_OPTIONS, TASK_ATTRIBUTES

from .asking import ask, printed, refusal, refused

# Attributes of the class that no caller would write as an option.
_MACHINERY = {
    *("MaxRetriesExceededError", "OperationalError", "Strategy", "Request", "from_config"),
    *("abstract", "name", "request_stack", "app", "request", "ignore_result"),
}


@pytest.mark.parametrize("name", sorted(TASK_ATTRIBUTES))
def test_each_attribute_is_refused(add, name):
    """
    Neither `.extra()` nor `.options()` takes an attribute of the task.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.extra(**{name: 1})) == [("CK213", name, "1")]
    assert refused(lambda: base.options(**{name: 1})) == [("CK213", name, "1")]


def test_says_where_to_write_it(add):
    """
    The message has the line to write.
    """
    assert str(refusal(lambda: call(add, 2, 3).extra(max_retries=5))) == printed(
        "CK213",
        "'max_retries' is an attribute of the task, which a call cannot change. "
        "Write @app.task(max_retries=...).",
    )


def test_knows_every_setting_of_a_task():
    """
    A setting that a newer Celery adds to tasks fails here by name.
    """
    settings = {
        name
        for name, value in ((each, inspect.getattr_static(Task, each)) for each in dir(Task))
        if not name.startswith("_") and not callable(value) and not isinstance(value, classmethod)
    }

    assert settings - _MACHINERY - CALL_OPTIONS.keys() <= TASK_ATTRIBUTES


def test_near_miss_what_both_know_is_an_option():
    """
    What a task and a call both have is the call's to say.
    """
    options = {"ignore_result": True, "serializer": "json", "time_limit": 5, "priority": 3}

    assert ask("CK213", options) == []


def test_near_miss_the_retries_of_the_publishing_pass(add):
    """
    `max_retries` of the publishing is another one, and passes.
    """
    assert call(add, 2, 3).retry(max_retries=5)


def test_harm_the_attribute_is_accepted_and_ignored(app, received):
    """
    With plain Celery `max_retries=0, acks_late=True` is sent, and the task knows nothing of it.
    """

    @app.task(name="shop.flaky", bind=True)
    def flaky(self):
        return self.max_retries, self.acks_late

    flaky.apply_async(max_retries=0, acks_late=True)

    assert received().execute() == (3, False)
