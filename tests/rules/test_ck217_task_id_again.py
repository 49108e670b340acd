"""
CK217: an id belongs to one call.
"""

import uuid

import pytest
from celery.worker.request import Request

from celerykit import CallRejected, call

from .asking import ask, printed


@pytest.fixture
def task_id():
    """
    An id that nobody has used.
    """
    return uuid.uuid4().hex


def test_an_id_that_was_sent_is_found():
    """
    What this process remembers decides.
    """
    (finding,) = ask("CK217", {"task_id": "order-7"}, id_was_sent=True)

    assert (finding.option, finding.value) == ("task_id", "'order-7'")


def test_the_second_send_is_refused(add, messages, task_id):
    """
    A call with an id of its own can be sent once, and so can any other with that id.
    """
    once = call(add, 2, 3).task_id(task_id)
    once.send()

    with pytest.raises(CallRejected) as caught:
        once.send()

    assert str(caught.value) == printed(
        "CK217",
        f"task_id='{task_id}' was sent before by this process. "
        "Leave task_id out, so that each send has its own.",
    )
    assert [each.code for each in call(add, 4, 5).task_id(task_id).check()] == ["CK217"]
    assert len(messages()) == 1


def test_near_miss_a_first_send_passes(add, task_id):
    """
    An id that is new passes, however often the call is checked before.
    """
    once = call(add, 2, 3).task_id(task_id)

    assert once.check() == once.check() == []
    assert ask("CK217", {"task_id": "order-7"}) == []


def test_near_miss_a_retry_keeps_its_id():
    """
    A task that Celery sends again, to retry it, goes out under its old id.
    """
    assert ask("CK217", {"task_id": "order-7"}, id_was_sent=True, from_canvas=True) == []


def test_near_miss_running_here_sends_nothing(add, task_id):
    """
    A call that runs in this process, or becomes a signature, may still be sent.
    """
    once = call(add, 2, 3).task_id(task_id)

    once.apply()
    once.signature()

    assert once.check() == []
    assert once.allow("CK217").send().id == once.allow("CK217").send().id == task_id


def test_near_miss_a_call_without_an_id_can_be_sent_again(add, messages):
    """
    A call that leaves its id to each send can be kept and sent at will.
    """
    again = call(add, 2, 3)

    assert again.send().id != again.send().id
    assert len(messages()) == 2


def test_harm_two_calls_share_one_result(app, add, messages, task_id):
    """
    With plain Celery both calls run, and the second one's caller reads the first one's result.
    """
    first, second = (add.apply_async((n, n), task_id=task_id) for n in (1, 2))

    ran = [Request(sent, app=app, task=add).execute() for sent in messages()]

    assert ran == [2, 4]
    assert first.get(timeout=1) == second.get(timeout=1) == 2
