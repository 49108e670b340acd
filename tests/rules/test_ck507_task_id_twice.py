"""
CK507: each task of a flow has an id of its own.
"""

import celery

from celerykit import call, group, step
from celerykit._request import Place

from .asking import ask, printed, refusal


def test_an_id_that_is_there_already_is_found():
    """
    What is known of the others decides.
    """
    (finding,) = ask("CK507", {"task_id": "order-7"}, place=Place(id_again=True))

    assert (finding.option, finding.value) == ("task_id", "'order-7'")


def test_one_id_for_two_tasks_is_refused(add, messages):
    """
    A call with an id can be in a flow once, and a default cannot give one id to all.
    """
    once = call(add, 2, 3).task_id("twice-1")

    assert str(refusal(group(once, once).send)) == printed(
        "CK507",
        "task_id='twice-1' belongs to another task of the same flow. "
        "Leave task_id out, so that each task has its own.",
    )
    chain = (call(add, 2, 3) | step(add, 4)).defaults(task_id="twice-2")
    assert [finding.code for finding in chain.check()] == ["CK507"]
    assert messages() == []


def test_near_miss_one_id_for_one_task_passes(add, messages):
    """
    Each task may have its own, and sends it once.
    """
    flow = call(add, 2, 3).task_id("single-1") | step(add, 4).task_id("single-2")

    assert flow.check() == []
    assert flow.send().id == "single-2"
    assert [finding.code for finding in flow.check()] == ["CK217", "CK217"]
    assert ask("CK507", {"task_id": "order-7"}, place=Place()) == []
    assert ask("CK507", {"task_id": "order-7"}) == []


def test_harm_both_have_the_result_of_the_first(app, add, set_current, work):
    """
    With plain Celery both run, and the second result is nowhere.
    """
    set_current(app)
    members = [add.s(2, 3).set(task_id="harm-1"), add.s(20, 30).set(task_id="harm-1")]
    result = celery.group(members).apply_async()

    work(app)

    assert [each.get() for each in result.results] == [5, 5]


def test_near_miss_the_same_call_twice_has_two_ids(add, messages):
    """
    Without an id of its own, one call in a group twice is two tasks.
    """
    same = call(add, 2, 3)

    group(same, same).send()

    assert len({sent.headers["id"] for sent in messages()}) == 2
