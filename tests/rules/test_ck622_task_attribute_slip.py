"""
CK622: a task's attribute is nearly one of Celery's.
"""

import pytest
from celery import Task

from celerykit._config import TaskClass
from celerykit._read_config import config_of

from .configured import configured, told


def asked(**own):
    """
    What the rule says of a task with these attributes.
    """
    return told("CK622", configured(tasks=(TaskClass("shop.pay", "shop.tasks", own, {}),)))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("max_retry", "max_retries"),
        ("max_retires", "max_retries"),
        ("ratelimit", "rate_limit"),
        ("timelimit", "time_limit"),
        ("soft_timelimit", "soft_time_limit"),
        ("softtime_limit", "soft_time_limit"),
        ("ack_late", "acks_late"),
        ("acklate", "acks_late"),
        ("ignore_results", "ignore_result"),
        ("ignore_resutl", "ignore_result"),
        ("retry_backof", "retry_backoff"),
        ("autoretry", "autoretry_for"),
        ("default_retry_delays", "default_retry_delay"),
        ("reject_on_workers_lost", "reject_on_worker_lost"),
        ("serialiser", "serializer"),
    ],
)
def test_a_slip_is_told(wrong, right):
    """
    The task, the attribute and the one that was meant are told.
    """
    (found,) = asked(**{wrong: 5})

    assert (found.task, found.option, found.value) == ("shop.pay", wrong, "5")
    assert found.message == f"shop.pay has an attribute {wrong!r}, which Celery does not read"
    assert found.remedy == f"Did you mean {right}?"
    assert found.where == "the task in shop.tasks"


@pytest.mark.parametrize(
    "name",
    [
        *("autoretry_for", "retry_kwargs", "retry_backoff", "dont_autoretry_for", "bind"),
        *("once", "unique_on", "lock_expiry", "raise_on_duplicate", "timeout", "retries", "tries"),
        *("limit", "session", "client", "tenant", "queue", "priority", "base_url", "max_items"),
        *("rate", "backends", "throttle", "throw", "strict_mode"),
    ],
)
def test_near_miss_other_attributes_pass(name):
    """
    Celery's own attributes pass, and so does what a project or a package gives its tasks.
    """
    assert asked(**{name: 5}) == []


def test_harm_plain_celery_keeps_its_default(app):
    """
    With plain Celery the decorator takes the slip, and the task has Celery's own value.
    """

    @app.task(name="shop.pay", max_retry=9)
    def pay():
        return None

    assert (pay.max_retry, pay.max_retries) == (9, Task.max_retries)
    assert [found.option for found in told("CK622", config_of(app))] == ["max_retry"]
