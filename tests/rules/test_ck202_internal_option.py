"""
CK202: what Celery sets itself is not for callers.
"""

import pytest

from celerykit import call
from celerykit._vocabulary import INTERNAL_OPTIONS

from .asking import ask, printed, refusal, refused


@pytest.mark.parametrize("name", INTERNAL_OPTIONS)
def test_each_of_celerys_own_options_is_refused(add, name):
    """
    Neither `.extra()` nor `.options()` takes an option that Celery means for itself.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.extra(**{name: "v"})) == [("CK202", name, "'v'")]
    assert refused(lambda: base.options(**{name: "v"})) == [("CK202", name, "'v'")]


def test_says_what_to_write_instead(add):
    """
    Where there is a way to say it, the message names it.
    """
    assert str(refusal(lambda: call(add, 2, 3).extra(expiration=5))) == printed(
        "CK202", "'expiration' is not for callers. Write .expires()."
    )


def test_near_miss_neighbours_pass():
    """
    The options that callers may write are not touched, whatever their value.
    """
    options = {"expires": 5, "retry": True, "serializer": "json", "headers": {}, "route_name": "x"}

    assert ask("CK202", options) == []


def test_harm_a_request_believes_what_the_caller_wrote(add, received):
    """
    With plain Celery `retries="x"` becomes the number of retries of the task.
    """
    add.apply_async((2, 3), retries="x")

    assert received().request_dict["retries"] == "x"


@pytest.mark.parametrize("chain", ["x", [5]], ids=repr)
def test_harm_a_chain_breaks_the_task_that_succeeded(add, outcome, chain):
    """
    With plain Celery `chain="x"` is sent, and the worker breaks on it after the task has run.
    """
    add.apply_async((2, 3), chain=chain)

    with pytest.raises(RuntimeWarning, match="Exception raised outside body"):
        outcome()
