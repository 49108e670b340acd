"""
What follows a call: callbacks after success, errbacks after failure, with the right arguments.
"""

import itertools
import time

import pytest

from celerykit import call, step

from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20
MOMENT = 0.3
numbers = itertools.count(1_000_000)


def test_a_step_takes_the_result_and_a_call_does_not(live: Stage) -> None:
    """
    After success a step gets the result first, before its own arguments; a call gets only those.
    """
    trail = next(numbers)  # a number, so that a sum can be the trail
    parent = call(live.tasks.add, trail - 3, 3)
    followed = parent.link(step(live.tasks.note, "step")).link(call(live.tasks.note, trail, "call"))
    assert followed.send().get(PATIENCE) == trail
    assert sorted(note.label for note in live.notes(str(trail), 2)) == ["call", "step"]


def test_callbacks_follow_callbacks(live: Stage) -> None:
    """
    A callback with a callback of its own hands its result on: 2 + 3, + 10, then + the rest.
    """
    trail = next(numbers)
    last = step(live.tasks.add, trail - 15).link(step(live.tasks.note, "the end"))
    call(live.tasks.add, 2, 3).link(step(live.tasks.add, 10).link(last)).send()
    assert [note.label for note in live.notes(str(trail), 1)] == ["the end"]


def test_a_callback_has_options_of_its_own(live: Stage) -> None:
    """
    A callback goes to its own queue with its own headers, under an id of its own, and its
    countdown begins when it is sent.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    after = call(live.tasks.add, 1, 1).queue(parked).headers(tenant="acme").countdown(MOMENT)
    parent = call(live.tasks.add, 2, 3).link(after)
    ids = [parent.send().id for _ in range(2)]
    live.wait_depth(parked, 2)
    headers = [message.headers for message in live.take(parked, 2)]
    assert sorted(each["parent_id"] for each in headers) == sorted(ids)
    assert len({each["id"] for each in headers} | {*ids}) == 4
    assert [each["tenant"] for each in headers] == ["acme", "acme"]
    assert headers[0]["eta"] < headers[1]["eta"]


def test_a_callback_waits_after_its_parent(live: Stage) -> None:
    """
    A callback with a countdown starts that long after its parent has finished.
    """
    trail, before = live.unique(), time.time()
    after = call(live.tasks.note, trail, "after").countdown(MOMENT)
    call(live.tasks.add, 2, 3).countdown(MOMENT).link(after).send()
    (note,) = live.notes(trail, 1)
    assert note.wall >= before + 2 * MOMENT


def test_an_errback_knows_who_failed(live: Stage) -> None:
    """
    After failure a step gets the id of the failed task, a call gets its own arguments alone.
    """
    mine = live.unique()
    failing = call(live.tasks.boom, "ouch").link_error(
        step(live.tasks.record_failed_id), call(live.tasks.record_failed_id, mine)
    )
    handle = failing.send()
    assert [note.label for note in live.notes(f"failed:{handle.id}", 1)] == [handle.id]
    assert [note.label for note in live.notes(f"failed:{mine}", 1)] == [mine]


def test_an_errback_may_have_more_arguments(live: Stage) -> None:
    """
    A step with arguments of its own gets the id of the failed task before them.
    """
    after = step(live.tasks.flaky, failures=0)  # it notes its attempt, on the trail that it gets
    handle = call(live.tasks.boom).link_error(after).send()
    assert [note.label for note in live.notes(handle.id, 1)] == [0]


def test_only_what_belongs_to_the_outcome_runs(live: Stage) -> None:
    """
    A callback does not run after failure, nor an errback after success.
    """
    bad = live.unique()
    trail = f"failed:{bad}"
    good, end = (call(live.tasks.note, trail, label) for label in ("good", "end"))
    for parent in (call(live.tasks.add, 1, 1), call(live.tasks.boom)):
        parent.link(good).link_error(call(live.tasks.record_failed_id, bad)).send()
    assert sorted(note.label for note in live.notes(trail, 2)) == sorted(["good", bad])
    end.send()
    assert [note.label for note in live.notes(trail, 1)] == ["end"]


def test_a_retried_task_calls_back_once(live: Stage) -> None:
    """
    What follows a task that is tried again runs once, with the result of the last attempt.
    """
    trail = live.unique()
    after = step(live.tasks.record_failed_id)  # it notes the one argument that it gets
    handle = call(live.tasks.flaky, trail, 2).link(after).send()
    assert handle.get(PATIENCE) == 2
    assert [note.label for note in live.notes("failed:2", 1)] == [2]
    call(live.tasks.record_failed_id, "2").send()
    assert [note.label for note in live.notes("failed:2", 1)] == ["2"]
