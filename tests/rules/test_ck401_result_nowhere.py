"""
CK401: a result that is wanted has a place.
"""

import pytest
from celery.backends.cache import CacheBackend

from celerykit import CallWarning, call
from celerykit._backend import BackendProblem

from .asking import ask

WANTED = {"ignore_result": False}
NOWHERE = BackendProblem(
    "none", "the app 'shop'", "result_backend", "None", "", "has result_backend=None", "Set it"
)


@pytest.fixture
def add(make_app):
    """
    A task of an app without a result backend.
    """
    app = make_app(result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


def test_a_result_without_a_place_is_found():
    """
    Asking for the result where none is kept is told, in the words of every such error.
    """
    (finding,) = ask("CK401", WANTED, backend_problem=NOWHERE)

    assert (finding.option, finding.value) == ("ignore_result", "False")
    assert finding.message == "the result is wanted, but the app 'shop' has result_backend=None"
    assert finding.remedy == "Set it"


def test_says_so_at_the_send_and_sends(add):
    """
    The call is sent, with the setting to write.
    """
    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).ignore_result(False).send()

    assert str(caught[0].message) == (
        f"shop.add: CK401 the result is wanted, but the app {add.app.main!r} has "
        "result_backend=None (result_backend in Celery(...) or app.conf). "
        "Write for example app.conf.result_backend = 'redis://localhost:6379/1' before the first "
        "call, and start the workers with it too."
    )


def test_says_so_again(add):
    """
    What is wrong with one call is wrong with the next.
    """
    found = [call(add, 2, 3).ignore_result(False).check() for _ in range(2)]

    assert [[finding.code for finding in each] for each in found] == [["CK401"], ["CK401"]]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"ignore_result": True}, NOWHERE),
        (WANTED, None),
        (WANTED, NOWHERE._replace(kind="unknown")),
    ],
    ids=["not wanted", "a backend", "what CK410 tells"],
)
def test_near_miss_other_calls_pass(options, problem):
    """
    A result that nobody wants, and one that is kept, pass.
    """
    assert ask("CK401", options, backend_problem=problem) == []


def test_near_miss_a_task_with_a_backend_of_its_own_passes(add):
    """
    A task may keep its results where its app keeps none.
    """
    add.backend = CacheBackend(app=add.app, url="memory://")

    assert call(add, 2, 3).ignore_result(False).check() == []


def test_near_miss_a_call_that_runs_here_passes(add):
    """
    Where calls run eagerly the result is at hand.
    """
    add.app.conf.task_always_eager = True

    assert call(add, 2, 3).ignore_result(False).check() == []
    assert call(add, 2, 3).ignore_result(False).send().get(timeout=0) == 5


def test_near_miss_a_call_that_says_nothing_passes(add):
    """
    A call that is sent and forgotten needs no backend.
    """
    assert call(add, 2, 3).check() == []


def test_harm_reading_the_result_fails_in_celerys_inside(add):
    """
    With plain Celery the call is sent, and `get()` names neither the setting nor the app.
    """
    result = add.apply_async((2, 3), ignore_result=False)

    with pytest.raises((AttributeError, NotImplementedError)) as caught:
        result.get(timeout=0.01)
    assert "result_backend" not in str(caught.value)
