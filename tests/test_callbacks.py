"""
An errback is judged as Celery itself will choose how to call it.
"""

from functools import partial
from inspect import Parameter, signature

import celery
import pytest
from celery.utils.functional import arity_greater
from hypothesis import given, settings
from hypothesis import strategies as st

from celerykit import CallRejected, call, remote, step
from celerykit._callbacks import judged_errback


@pytest.fixture
def errbacks(app):
    """
    Errbacks of every shape, by what they take.
    """

    def one(failed): ...
    def two(failed, more): ...
    def default(failed, more=None): ...
    def three(request, exc=None, traceback=None): ...
    def any_number(*args): ...
    def named(failed, *, loud=False): ...
    def bound(self, failed, more): ...

    unbound = (one, two, default, three, any_number, named)
    made = {each.__name__: app.task(name=f"shop.{each.__name__}")(each) for each in unbound}
    return {**made, "bound": app.task(name="shop.bound", bind=True)(bound)}


FAILS = "takes more than one argument, so Celery calls it with three and fails"
THREE = "would get request, exception and traceback, inside the failed task's worker"
INSIDE = "would run inside the failed task's worker, with its options ignored"


@pytest.mark.parametrize(
    ("name", "args", "problem", "level"),
    [
        ("default", (), FAILS, "error"),
        ("three", (), THREE, "warning"),
        ("any_number", (), THREE, "warning"),
        ("any_number", (1,), THREE, "warning"),
    ],
)
def test_a_step_that_gets_too_much_is_told(errbacks, name, args, problem, level):
    """
    A step is meant for the id alone; where Celery gives it three values, it says so.
    """
    found = judged_errback(step(errbacks[name], *args))

    assert (found.option, found.problem, found.level) == ("link_error", problem, level)
    assert found.shown.startswith("step(shop.")
    assert "bind=True" in found.remedy


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("one", (), {}),
        ("two", ("more",), {}),
        ("two", (), {"more": 1}),
        ("default", ("more",), {}),
        ("default", (), {"more": 1}),
        ("three", (1, 2), {}),
        ("three", (), {"exc": 1}),
        ("any_number", (), {}),
        ("named", (), {"loud": True}),
        ("bound", ("more",), {}),
    ],
)
def test_what_was_given_does_not_count(errbacks, name, args, kwargs):
    """
    Since Celery 5.7 a step that lacks one argument alone gets the id, whatever else it has.
    """
    found = judged_errback(step(errbacks[name], *args, **kwargs))

    assert found.problem == (THREE if name == "any_number" else None)


@pytest.mark.parametrize(
    ("name", "args", "problem"),
    [("two", ("more",), FAILS), ("three", (1, 2), FAILS), ("one", (), None), ("bound", (1,), None)],
)
def test_older_celery_counted_what_was_given(errbacks, name, args, problem):
    """
    Before Celery 5.7 all parameters counted.
    """
    assert judged_errback(step(errbacks[name], *args), counts_given=True).problem == problem


@pytest.mark.parametrize(
    ("name", "args", "problem"),
    [
        ("one", (1,), None),
        ("named", (1,), None),
        ("bound", (1, 2), None),
        ("two", (1, 2), INSIDE),
        ("any_number", (), INSIDE),
    ],
)
def test_a_call_with_all_its_arguments_runs_inside(errbacks, name, args, problem):
    """
    A call takes nothing from the failure; with two parameters or more it runs in the worker.
    """
    found = judged_errback(call(errbacks[name], *args))

    assert found.problem == problem
    assert found.level == ("error" if problem is None else "warning")


def test_a_task_elsewhere_is_not_judged(app):
    """
    What a remote task looks like to its own worker is not known here.
    """

    @remote("other.alarm", app=app)
    def alarm(failed: str, more: int = 0) -> None:
        raise NotImplementedError

    assert judged_errback(step(alarm)).problem is None


def test_a_step_that_lacks_more_is_refused_at_once(errbacks):
    """
    An errback of the new style, of three parameters, is no step: its line says so.
    """
    with pytest.raises(CallRejected, match="CK102"):
        step(errbacks["two"])


PARAMETERS = st.lists(st.sampled_from(["plain", "default", "named"]), min_size=1, max_size=5).map(
    lambda kinds: sorted(kinds, key=["plain", "default", "named"].index)
)


def function(kinds, *, variadic):
    """
    A function with parameters of these kinds.
    """
    makes = {
        "plain": lambda name: name,
        "default": lambda name: f"{name}=None",
        "named": lambda name: f"{name}=None",
    }
    positional = [makes[kind](f"p{i}") for i, kind in enumerate(kinds) if kind != "named"]
    named = [makes[kind](f"p{i}") for i, kind in enumerate(kinds) if kind == "named"]
    star = ["*rest"] if variadic else ["*"] if named else []
    made = eval(f"lambda {', '.join([*positional, *star, *named])}: None")  # noqa: S307 - ours
    made.__name__ = "errback"
    return made


@pytest.mark.skipif(celery.VERSION < (5, 7), reason="since 5.7 given arguments do not count")
@settings(max_examples=200, deadline=None, derandomize=True)
@given(PARAMETERS, st.booleans(), st.integers(0, 4), st.sets(st.integers(1, 4)))
def test_celery_counts_the_same(kinds, variadic, many, named):
    """
    For any parameters and any arguments given, Celery's own count decides as ours.
    """
    app = celery.Celery("count", broker="memory://", set_as_current=False)
    task = app.task(name="shop.any")(function(kinds, variadic=variadic))
    known = signature(task.run).parameters.values()
    taken = [each.name for each in known if each.kind is not Parameter.VAR_POSITIONAL]
    args = tuple(range(many))
    kwargs = {f"p{number}": 0 for number in named if f"p{number}" in taken}
    try:
        errback = step(task, *args, **kwargs)
    except CallRejected:
        return

    found = judged_errback(errback)

    header = partial(task.__header__, *args, **kwargs) if args or kwargs else task.__header__
    assert (found.problem is None) == (not arity_greater(header, 1))
