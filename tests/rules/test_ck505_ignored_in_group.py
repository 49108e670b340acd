"""
CK505: what is passed on with the results of its group is kept until then.
"""

import celery
import pytest
from celery.result import AsyncResult

from celerykit import call, group, step
from celerykit._request import Place

from .asking import ask, printed, refusal


@pytest.fixture
def log(app, set_current):
    """
    A task whose results nobody keeps.
    """
    set_current(app)

    @app.task(name="shop.log", ignore_result=True)
    def log(text):
        return text

    return log


@pytest.fixture
def total(app):
    """
    A task that takes what a group comes to.
    """

    @app.task(name="shop.total")
    def total(values):
        return len(values)

    return total


def test_a_place_with_no_result_is_found():
    """
    What is known of the place decides.
    """
    (finding,) = ask("CK505", {}, place=Place(ignored=True))

    assert finding.message.startswith("its result is to be passed on")
    assert finding.option == "ignore_result"


def test_an_ignoring_task_is_refused(add, log, total):
    """
    A task that ignores its results cannot be in a group that is waited for; nor can a call.
    """
    flow = group(call(add, 2, 3), call(log, "a")) | step(total)

    assert str(refusal(flow.send)) == printed(
        "CK505",
        "its result is to be passed on with those of its group, and it is not kept. "
        "Write .ignore_result(False) on this call.",
        task="shop.log",
    )
    ignoring = group(call(add, 2, 3).ignore_result(), call(add, 4, 5)) | step(total)
    assert [finding.code for finding in ignoring.check()] == ["CK505"]


def test_near_miss_only_what_is_passed_on_counts(app, add, log, total, work):
    """
    A task on the way, and the one that waits, may ignore their results; so may those of a group
    that nothing waits for.
    """
    on_the_way = call(log, "a") | step(log)
    flow = group(call(add, 2, 3), on_the_way.then(call(add, 1, 1))) | step(total)

    assert flow.check() == (flow | step(log)).check() == []
    assert group(call(log, "a"), call(log, "b")).check() == []
    handle = flow.send()
    work(app)
    assert handle.get(timeout=0) == 2


def test_near_miss_a_call_may_keep_what_its_task_does_not(log, total, monkeypatch):
    """
    `.ignore_result(False)` is enough, unless the worker is older than Celery 5.6.3.
    """
    flow = group(call(log, "a").ignore_result(False), call(log, "b").ignore_result(False))

    monkeypatch.setattr(celery, "VERSION", celery.VERSION._replace(major=5, minor=6, micro=3))
    assert (flow | step(total)).check() == []
    monkeypatch.setattr(celery, "VERSION", celery.VERSION._replace(micro=2))
    (first, _) = (flow | step(total)).check()
    assert first.remedy == "Leave ignore_result out of the task, which workers before 5.6.3 follow"


def test_near_miss_redis_keeps_them_itself(make_app):
    """
    With Redis as result backend what is passed on need not be kept.
    """
    app = make_app(result_backend="redis://nowhere.invalid:1/0")

    @app.task(name="shop.log", ignore_result=True)
    def log(text=""):
        return text

    assert (group(call(log), call(log)) | step(log)).check() == []


def test_harm_the_task_that_waits_never_gets_them(app, add, log, total, work):
    """
    With plain Celery the group is done, and the next task fails, or waits for ever, with nothing
    to tell by.
    """
    app.conf.result_chord_join_timeout = 0.01
    result = celery.chord([add.s(2, 3), log.s("a")], total.s()).apply_async()

    work(app)

    assert isinstance(result, AsyncResult)
    assert result.state == "FAILURE"
    with pytest.raises(celery.exceptions.ChordError):
        result.get()
