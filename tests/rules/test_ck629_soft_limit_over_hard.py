"""
CK629: the soft limit comes after the hard one.
"""

from contextlib import nullcontext

import celery
import pytest

from celerykit._config import TaskClass
from celerykit._read_config import config_of

from .configured import configured, told, words


def task(**ready):
    """
    A task with these attributes.
    """
    return TaskClass("shop.pay", "shop.tasks", {}, ready)


def test_limits_of_the_app_are_told():
    """
    Both limits are told; it is an error, since every call fails.
    """
    (found,) = told("CK629", configured({"task_time_limit": 60, "task_soft_time_limit": 90}))

    assert words([found]) == [
        (
            "task_soft_time_limit",
            "90",
            (
                "task_soft_time_limit 90 is longer than task_time_limit 60, "
                "so every call raises a ValueError"
            ),
            "Write app.conf.task_soft_time_limit = 60 or less",
        )
    ]
    assert found.level == "error"


def test_limits_of_a_task_are_told():
    """
    A task may have limits of its own, and one that has those of the app is not told again.
    """
    own, shared = task(time_limit=5, soft_time_limit=6), task(time_limit=60, soft_time_limit=90)
    written = {"task_time_limit": 60, "task_soft_time_limit": 90}

    _app, found = told("CK629", configured(written, tasks=(own, shared)))

    assert (found.task, found.option, found.value) == ("shop.pay", "soft_time_limit", "6")
    assert found.message == (
        "soft_time_limit 6 of shop.pay is longer than its time_limit 5, "
        "so every call raises a ValueError"
    )
    assert found.remedy == "Write soft_time_limit=5 or less"


@pytest.mark.parametrize(
    ("soft", "hard"), [(60, 60), (59, 60), (60, None), (None, 60), (None, None), (60, 0), ("9", 5)]
)
def test_near_miss_limits_in_order_pass(soft, hard):
    """
    The same limit twice passes, and so does one alone.
    """
    written = {"task_time_limit": hard, "task_soft_time_limit": soft}
    tasks = (task(time_limit=hard, soft_time_limit=soft),)

    assert told("CK629", configured(written)) == []
    assert told("CK629", configured(tasks=tasks)) == []


def test_before_5_5_it_is_a_warning():
    """
    An older Celery sends the call, and its worker has no hard limit.
    """
    written = {"task_time_limit": 60, "task_soft_time_limit": 90}

    (found,) = told("CK629", configured(written, compares_limits=False))

    assert found.level == "warning"
    assert found.message.endswith("task_time_limit 60, so the hard limit is never kept")


def test_harm_plain_celery_raises_at_each_call(make_app):
    """
    With plain Celery every call raises, since 5.5; what happens before is proven for CK208.
    """
    app = make_app(task_time_limit=60, task_soft_time_limit=90)

    @app.task(name="shop.pay")
    def pay():
        return None

    refused = pytest.raises(ValueError, match="soft_time_limit must be less")
    with refused if celery.VERSION >= (5, 5) else nullcontext():
        pay.delay()
    (found,) = told("CK629", config_of(app))
    assert (found.task, found.level == "error") == ("", celery.VERSION >= (5, 5))
