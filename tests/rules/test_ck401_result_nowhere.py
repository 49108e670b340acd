"""
CK401: a result that is wanted has a place.
"""

import pytest

from celerykit import CallWarning, call
from celerykit._facts import AppFacts

from .asking import ask

WANTED = {"ignore_result": False}
NOWHERE = AppFacts(keeps_results=False)


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
    Asking for the result where none is kept is told.
    """
    (finding,) = ask("CK401", WANTED, NOWHERE)

    assert (finding.option, finding.value) == ("ignore_result", "False")


def test_says_so_at_the_send_and_sends(add):
    """
    The call is sent, with the setting to write.
    """
    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).ignore_result(False).send()

    assert str(caught[0].message) == (
        "shop.add: CK401 the result is wanted, but the app has no result backend. "
        "Set result_backend, for example 'redis://localhost:6379/1', for workers too."
    )


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        ({"ignore_result": True}, NOWHERE),
        (WANTED, AppFacts(keeps_results=True)),
        (WANTED, AppFacts()),
    ],
    ids=["not wanted", "a backend", "unknown"],
)
def test_near_miss_other_calls_pass(options, facts):
    """
    A result that nobody wants, and one that is kept, pass.
    """
    assert ask("CK401", options, facts) == []


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
