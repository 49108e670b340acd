"""
CK502: what is joined fits: a value goes to what waits for one.
"""

import celery
import pytest

from celerykit import call, fan, group, step
from celerykit._findings import shown

from .asking import printed, refusal, refused


def test_a_call_cannot_take_a_value(add, greet):
    """
    A call after `|` is refused at that line, which names both ways to write it.
    """
    before, after = call(add, 2, 3), call(greet, "Ann")

    assert str(refusal(lambda: before | after)) == printed(
        "CK502",
        "call(shop.greet, 'Ann') takes no value, and would be given one. "
        "Write .then(...) to run it after, without the value before it, "
        "or step(...) to pass that on.",
        task="call(shop.add, 2, 3)",
    )


def test_a_step_after_then_gets_nothing(add):
    """
    What waits for a value cannot come after `.then()`, which drops it.
    """
    found = refusal(lambda: call(add, 2, 3).then(step(add, 4))).findings[0]

    assert found.message == "step(shop.add, 4) waits for a value, and would be given none"
    assert found.remedy == (
        "Write call(...), or put it after what gives the value: ... | step(...)"
    )


@pytest.mark.parametrize(
    ("thing", "remedy"),
    [
        (5, "Pass call(task, ...), step(task, ...), or what they make together"),
        (None, "Pass call(task, ...), step(task, ...), or what they make together"),
        (print, "Write step(task, ...), or call(task, ...) if it takes no value"),
    ],
    ids=repr,
)
def test_what_is_no_call_says_what_to_write(add, thing, remedy):
    """
    A value, or a bare function, is told what would fit in its place.
    """
    (finding,) = refusal(lambda: call(add, 2, 3) | thing).findings

    assert finding.message == f"{thing!r} is not a call, a step or a flow"
    assert finding.remedy == remedy


def test_things_of_celerys_are_told_apart(add):
    """
    A signature and a handle have a way of their own out.
    """
    handle = call(add, 2, 3).send()

    by_signature = refusal(lambda: call(add, 2, 3) | add.s(4)).findings[0]
    by_handle = refusal(lambda: call(add, 2, 3) | handle).findings[0]

    assert "from_signature(...)" in by_signature.remedy
    assert "sent already" in by_handle.remedy


@pytest.mark.parametrize("make", [group, fan])
def test_members_fit_too(add, make):
    """
    A group gives no value to its members, and a fan gives one to each: at most three are told.
    """
    wrong = (step if make is group else call)(add, *([2] if make is group else [2, 3]))

    assert refused(lambda: make(wrong, wrong, wrong, wrong, 5)) == [("CK502", "", repr(wrong))] * 3


@pytest.mark.parametrize("make", [group, fan])
def test_one_wrong_member_is_told_as_itself(app, add, make):
    """
    A lone task, signature, text or dict is no iterable of members, though it can be iterated over.
    """

    @app.task(lazy=True)
    def later(x):
        return x

    whole = [later, add, add.s(2), celery.chain(add.s(2), add.s(3)), "add", b"add", {"a": 1}]

    assert [refused(lambda one=one: make(one)) for one in whole] == [
        [("CK502", "", shown(one))] for one in whole
    ]


def test_near_miss_members_come_in_any_iterable(add):
    """
    A generator, a view of a dict and a set hold members, as a list does.
    """
    one = call(add, 2, 3)

    for members in [(each for each in [one]), {"a": one}.values(), {one}, (one,), iter([one])]:
        assert group(members) == group([one])


def test_near_miss_what_fits_passes(add, greet):
    """
    Steps after values, calls after `.then()`, pipes and fans wherever a step may stand.
    """
    pipe = step(add, 1) | step(add, 2)
    start = call(add, 2, 3)

    for good in [
        start | pipe | fan(pipe, step(add, 4)) | step(greet),
        start.then(call(greet, "Ann")).then(start | pipe),
        group(start, start | pipe).then(group([])).then(start),
        pipe.then(start) | step(add, 1),
        fan(pipe, pipe).then(start),
    ]:
        assert repr(good)


def test_harm_a_task_fails_after_those_before_it_have_run(app, add, greet, set_current, work):
    """
    Celery joins anything: the worker finds out when the work is done, and marks that as failed.
    """
    set_current(app)
    result = celery.chain(add.s(2, 3), greet.s("Ann")).apply_async()

    with pytest.warns(RuntimeWarning, match="takes 1 positional argument but 2 were given"):
        work(app)

    assert result.parent.state == "FAILURE"
