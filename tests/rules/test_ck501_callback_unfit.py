"""
CK501: what follows a call can be called as Celery calls it.
"""

import celery
import pytest

from celerykit import CallRejected, CallWarning, call, step
from celerykit._request import Callback

from .asking import ask, printed


@pytest.fixture
def make_errback(app):
    """
    Make an errback that notes what it was given.
    """
    given = []

    @app.task(name="shop.alarm0")
    def none():
        given.append(())

    @app.task(name="shop.alarm1")
    def one(failed):
        given.append((failed,))

    @app.task(name="shop.alarm2")
    def two(failed, more):
        given.append((failed, more))

    @app.task(name="shop.alarm12")
    def one_or_two(failed, more=None):
        given.append((failed, more))

    @app.task(name="shop.alarm123")
    def up_to_three(failed, more=None, most=None):
        given.append((failed, more, most))

    @app.task(name="shop.bound", bind=True)
    def bound(self, failed, more):
        given.append((failed, more))

    tasks = (none, one, two, one_or_two, up_to_three, bound)
    return {"given": given, **{task.run.__name__: task for task in tasks}}


@pytest.fixture
def boom(app):
    """
    A task that fails.
    """

    @app.task(name="shop.boom")
    def boom():
        message = "boom"
        raise ValueError(message)

    return boom


def test_a_callback_with_a_problem_is_found():
    """
    The problem and the remedy are told as they were found.
    """
    callback = Callback("link", "'x'", "is not a signature", "Pass task.s(...)")

    (finding,) = ask("CK501", {"link": "x"}, callbacks=(callback,))

    assert (finding.level, finding.option) == ("error", "link")
    assert finding.message == "link='x' is not a signature"
    assert finding.remedy == "Pass task.s(...)"


def test_each_callback_is_told_at_its_level():
    """
    A callback that runs in the wrong place is a warning; one that cannot run is an error.
    """
    callbacks = (
        Callback("link", "a", "cannot be called"),
        Callback("link_error", "b", "would run elsewhere", level="warning"),
        Callback("link_error", "c"),
    )

    found = ask("CK501", {}, callbacks=callbacks)

    assert [(each.level, each.option) for each in found] == [
        ("error", "link"),
        ("warning", "link_error"),
    ]


def test_an_errback_that_can_never_run_is_refused(boom, make_errback, messages):
    """
    Celery gives an errback that may take two arguments three of them, which is refused before.
    """
    with pytest.raises(CallRejected) as caught:
        call(boom).link_error(step(make_errback["one_or_two"])).send()

    assert str(caught.value) == printed(
        "CK501",
        "link_error=step(shop.alarm12) takes more than one argument, so Celery calls it with three "
        "and fails. Give it one parameter, the failed task's id, or declare it with bind=True.",
        task="shop.boom",
    )
    assert messages() == []


def test_an_errback_that_runs_elsewhere_is_told(boom, make_errback):
    """
    An errback that would run inside the failed task's worker, or get more there than its author
    may know, is a warning.
    """
    with pytest.warns(CallWarning, match="CK501 .* would run inside the failed task's worker"):
        call(boom).link_error(call(make_errback["two"], 1, 2)).send()
    with pytest.warns(CallWarning, match="CK501 .* would get request, exception and traceback"):
        call(boom).link_error(step(make_errback["up_to_three"])).send()


@pytest.mark.skipif(celery.VERSION < (5, 7), reason="since 5.7 given arguments do not count")
def test_near_miss_an_errback_that_was_given_all_but_one_passes(boom, make_errback, outcome):
    """
    What a step was given already does not count, and the failed task's id comes before it.
    """
    call(boom).link_error(step(make_errback["two"], "more")).send()

    assert outcome()[0] == "FAILURE"
    assert outcome() == ("SUCCESS", None)
    assert [more for _failed, more in make_errback["given"]] == ["more"]


@pytest.mark.parametrize("kind", ["none", "one", "bound"])
def test_near_miss_errbacks_that_work_pass(boom, make_errback, outcome, kind):
    """
    An errback of one parameter, one that takes nothing and a bound one pass, and run.
    """
    task = make_errback[kind]
    errback = {
        "none": lambda: call(task),
        "one": lambda: step(task),
        "bound": lambda: step(task, 1),
    }

    call(boom).link_error(errback[kind]()).send()

    assert outcome()[0] == "FAILURE"
    assert outcome() == ("SUCCESS", None)
    assert len(make_errback["given"]) == 1


def test_near_miss_a_call_without_callbacks_passes(add):
    """
    What has no callbacks has nothing to refuse.
    """
    assert call(add, 2, 3).check() == []
    assert ask("CK501", {}) == []


@pytest.mark.filterwarnings("ignore:Exception raised outside body:RuntimeWarning")
@pytest.mark.parametrize("kind", ["none", "two"])
def test_harm_an_errback_of_another_shape_never_runs(boom, make_errback, messages, kind, outcome):
    """
    With plain Celery an errback that takes nothing, or two values, is sent along and never runs.
    """
    boom.apply_async(link_error=make_errback[kind].s())

    assert outcome()[0] == "FAILURE"

    assert make_errback["given"] == []
    assert messages() == []
