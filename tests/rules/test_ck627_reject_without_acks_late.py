"""
CK627: what was acknowledged before it ran cannot be given back.
"""

import pytest
from billiard.exceptions import WorkerLostError
from celery.app.trace import ExceptionInfo
from celery.worker.request import Request

from celerykit._config import TaskClass
from celerykit._read_config import config_of

from .configured import configured, told, words

LOST = "a task whose process is killed is lost"


def task(**ready):
    """
    A task with these attributes.
    """
    return TaskClass("shop.pay", "shop.tasks", {}, ready)


def killed():
    """
    What a worker makes of a process that was killed.
    """
    with pytest.raises(WorkerLostError) as caught:
        raise WorkerLostError
    return ExceptionInfo((caught.type, caught.value, caught.tb))


def test_the_setting_alone_is_told():
    """
    The setting is told, and the one that it needs.
    """
    assert words(
        told("CK627", configured({"task_reject_on_worker_lost": True}, tasks=(task(),)))
    ) == [
        (
            "task_reject_on_worker_lost",
            "True",
            f"task_reject_on_worker_lost does nothing without task_acks_late: {LOST}",
            "Write app.conf.task_acks_late = True as well",
        )
    ]


def test_a_task_that_says_so_itself_is_told():
    """
    A task may say it for itself.
    """
    (found,) = told("CK627", configured(tasks=(task(reject_on_worker_lost=True),)))

    assert (found.task, found.option) == ("shop.pay", "reject_on_worker_lost")
    assert found.message == (
        f"reject_on_worker_lost of shop.pay does nothing without acks_late: {LOST}"
    )


@pytest.mark.parametrize(
    ("written", "tasks"),
    [
        ({"task_reject_on_worker_lost": True, "task_acks_late": True}, ()),
        ({"task_reject_on_worker_lost": True}, (task(acks_late=True), task())),
        ({"task_reject_on_worker_lost": True}, ()),
        ({"task_acks_late": True}, ()),
        ({}, (task(reject_on_worker_lost=True, acks_late=True),)),
        ({}, ()),
    ],
    ids=repr,
)
def test_near_miss_both_together_pass(written, tasks):
    """
    Both together pass, for all tasks or for those that are meant.
    """
    assert told("CK627", configured(written, tasks=tasks)) == []


@pytest.mark.parametrize(("late", "given_back"), [(False, False), (True, True)])
def test_harm_plain_celery_does_not_give_it_back(make_app, late, given_back):
    """
    With plain Celery the worker gives a lost message back only if it acknowledges late.
    """
    app = make_app(task_reject_on_worker_lost=True, task_acks_late=late)
    rejected = []

    @app.task(name="shop.pay")
    def pay():
        return None

    pay.delay()
    with app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(app.conf.task_default_queue)
        request = Request(message, app=app, task=pay, on_reject=lambda *_: rejected.append(1))
        request.on_failure(killed())

    assert bool(rejected) is given_back
    assert bool(told("CK627", config_of(app))) is not late
