"""
CK504: something can wait for a group only where its results are counted.
"""

import celery
import pytest

from celerykit import BackendProblem, call, fan, group, step
from celerykit._request import Place

from .asking import ask, printed, refusal


@pytest.fixture
def tasks(make_app):
    """
    Make an app with this result backend, and two tasks in it.
    """

    def make(backend):
        app = make_app(result_backend=backend)

        @app.task(name="shop.one", shared=False)
        def one(value=1):
            return value

        @app.task(name="shop.total", shared=False)
        def total(values):
            return sum(values)

        return one, total

    return make


PROBLEM = BackendProblem(
    "none", "the app 'shop'", "result_backend", "None", "", "has none", "Set it"
)


def test_the_problem_is_told():
    """
    The finding says what is wrong with the app's result backend, in the words that all use.
    """
    (finding,) = ask("CK504", {}, place=Place(chord_problem=PROBLEM))

    assert finding.message == "nothing can wait for a group: the app 'shop' has none"
    assert finding.remedy == "Set it"


@pytest.mark.parametrize(
    ("backend", "problem"),
    [
        (None, "result_backend=None"),
        ("disabled", "result_backend='disabled'"),
        ("rpc://", "result_backend='rpc://' (result_backend in Celery(...) or app.conf), which"),
    ],
)
def test_a_chord_is_refused_before_anything_is_sent(tasks, backend, problem):
    """
    Whatever the backend lacks, the whole flow stays here, and it is told once.
    """
    one, total = tasks(backend)
    members = group(call(one), call(one)) | step(total)

    (finding,) = refusal((group(members, members) | step(total)).send).findings

    assert finding.code == "CK504"
    assert problem in finding.message


def test_the_refusal_says_what_to_set(tasks):
    """
    The whole message names the app, its setting and the way out.
    """
    one, total = tasks(None)

    assert str(refusal((group(call(one), call(one)) | step(total)).send)) == printed(
        "CK504",
        f"nothing can wait for a group: the app {one.app.main!r} has result_backend=None "
        "(result_backend in Celery(...) or app.conf). Write for example "
        "app.conf.result_backend = 'redis://localhost:6379/1' before the first call, "
        "and start the workers with it too.",
        task="shop.one",
    )


def test_a_backend_that_cannot_be_made_is_told_by_its_own_rule(tasks):
    """
    Where no call can be sent at all, the group has nothing to add.
    """
    one, total = tasks("nowhere://")

    found = (group(call(one), call(one)) | step(total)).check()

    assert {finding.code for finding in found} == {"CK410"}


@pytest.mark.parametrize("inner", ["chord", "group in a group", "fan"])
def test_every_group_that_is_waited_for_counts(tasks, inner):
    """
    A group in the middle of a flow, or in a group, needs the backend as well.
    """
    one, total = tasks(None)
    several = group(call(one), call(one))
    flow = {
        "chord": call(one).then(several) | step(total),
        "group in a group": group(several, call(one)),
        "fan": call(one) | fan(step(one), step(one)) | step(total),
    }[inner]

    assert [finding.code for finding in flow.check()] == ["CK504"]


def test_near_miss_a_group_that_nothing_waits_for_passes(tasks, make_app):
    """
    A group, or a chain that ends in one, is sent without any backend; and with one, a chord is.
    """
    one, _ = tasks(None)
    several = group(call(one), call(one))
    counted, counted_total = tasks("cache+memory://")

    assert several.check() == call(one).then(several).check() == []
    assert len(several.send()) == 2
    assert (group(call(counted), call(counted)) | step(counted_total)).check() == []
    assert ask("CK504", {}) == ask("CK504", {}, place=Place()) == []


def test_harm_celery_sends_half_of_it(tasks, messages):
    """
    With plain Celery the members before the one that cannot work are sent, and then it fails.
    """
    one, total = tasks(None)
    half = celery.group(one.s(1), celery.chord([one.s(2), one.s(3)], total.s()))

    with pytest.raises(NotImplementedError, match="result backend"):
        half.apply_async()

    assert [sent.headers["task"] for sent in messages(one.app.conf.task_default_queue)] == [
        "shop.one"
    ]
