"""
CK102: the arguments are those that the task takes.
"""

import pytest

from celerykit import call, remote, step

from .asking import printed, refusal, refused

MISFITS = {
    "too few": ((2,), {}),
    "too many": ((2, 3, 4), {}),
    "unknown name": ((2,), {"z": 3}),
    "twice": ((2, 3), {"x": 4}),
}


@pytest.mark.parametrize(("args", "kwargs"), MISFITS.values(), ids=MISFITS)
def test_arguments_that_do_not_fit_are_refused(add, args, kwargs):
    """
    Too few, too many or unknown arguments are refused on the line that writes them.
    """
    assert refused(lambda: call(add, *args, **kwargs)) == [("CK102", "arguments", "")]


def test_says_which_argument_is_missing(add):
    """
    The message is Python's own, with the parameters of the task.
    """
    assert str(refusal(lambda: call(add, 2))) == printed(
        "CK102",
        "add() missing 1 required positional argument: 'y'. Match the parameters x, y.",
    )


def test_a_task_without_parameters_says_so(app):
    """
    A task that takes nothing gets nothing.
    """

    @app.task(name="shop.tick")
    def tick():
        return 1

    (finding,) = refusal(lambda: call(tick, 1)).findings

    assert finding.remedy == "The task takes no arguments"


def test_a_step_counts_the_value_it_waits_for(add):
    """
    A step has one argument less to write, and no more than that.
    """
    assert refused(lambda: step(add)) == [("CK102", "arguments", "")]
    assert refused(lambda: step(add, 2, 3)) == [("CK102", "arguments", "")]


def test_a_remote_task_is_checked_like_a_local_one(app):
    """
    A task that lives elsewhere is checked against its contract, which Celery never does.
    """

    @remote("other.mul", app=app)
    def mul(x, y=1):
        raise NotImplementedError

    assert refused(lambda: call(mul)) == [("CK102", "arguments", "")]


def test_near_miss_defaults_names_and_stars_pass(app, add, greet):
    """
    A default left out, an argument by name, `**kwargs`, a bound task's `self` and None all fit.
    """

    @app.task(name="shop.anything", bind=True)
    def anything(self, *args, **kwargs):
        return 1

    assert call(greet, "Ann")
    assert call(greet, name=None, loud=True)
    assert call(add, y=3, x=2)
    assert call(anything, 1, 2, three=3)
    assert step(add, 3)


def test_near_miss_a_task_that_asks_not_to_be_checked_is_not(app):
    """
    `typing=False` says that Celery checks nothing, and celerykit follows.
    """

    @app.task(name="shop.loose", typing=False)
    def loose(x):
        return x

    assert call(loose, 1, 2, 3)


def test_harm_a_call_by_name_fails_in_the_worker(app, add, outcome):
    """
    With plain Celery `send_task` sends one argument where two are needed, and the worker fails.
    """
    app.send_task("shop.add", (2,))

    state, error = outcome()
    assert state == "FAILURE"
    assert "missing 1 required positional argument" in str(error)


def test_harm_a_callback_that_takes_nothing_fails_its_parent(app, add, outcome):
    """
    With plain Celery a callback without a parameter marks the task that succeeded as failed.
    """

    @app.task(name="shop.tick")
    def tick():
        return 1

    add.apply_async((2, 3), link=tick.s())

    with pytest.warns(RuntimeWarning, match="Exception raised outside body"):
        state, error = outcome()
    assert (state, type(error)) == ("FAILURE", TypeError)
