"""
Flows on real brokers, run by a worker of its own process: each comes to what Python comes to.
"""

from typing import Any

import pytest
from celery.exceptions import ChordError
from hypothesis import HealthCheck, given, settings

from celerykit import call, chunks, fan, from_signature, group, step, xmap, xstarmap
from tests.flows.generated import Row, built, busy_rows, closed_rows, meant

from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 30
PROFILE = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_sent(value: Any) -> Any:
    """
    The value as JSON brings it.
    """
    return [as_sent(each) for each in value] if isinstance(value, (list, tuple)) else value


@PROFILE
@given(row=closed_rows)
def test_a_flow_means_what_python_means(live: Stage, row: Row) -> None:
    """
    Whatever its shape, a flow gives the value that the same functions give in plain Python.
    """
    handle = built(row, live.tasks).send()

    assert as_sent(handle.get(PATIENCE)) == meant(row)


@PROFILE
@given(row=busy_rows)
def test_a_signature_means_what_python_means(live: Stage, row: Row) -> None:
    """
    So does Celery's own canvas of it.
    """
    result = built(row, live.tasks).signature().apply_async()

    assert as_sent(result.get(timeout=PATIENCE)) == meant(row)


def test_a_flow_that_is_sent_twice_has_two_results(live: Stage) -> None:
    """
    One flow, sent again and again and then read, has fresh ids and the right result each time.
    """
    flow = call(live.tasks.first, 1) | fan(step(live.tasks.later, 2), step(live.tasks.later, 3))

    handles = [flow.send() for _ in range(10)]

    assert [handle.get(PATIENCE) for handle in handles] == [([2, [1]], [3, [1]])] * 10
    assert len({member.id for handle in handles for member in handle}) == 20


def test_a_failure_is_raised_at_the_end(live: Stage) -> None:
    """
    Whatever fails in a flow is what its handle raises, a group's too.
    """
    bad, good = call(live.tasks.boom, "ouch"), call(live.tasks.first, 1)
    flows = [
        bad | step(live.tasks.later, 1) | step(live.tasks.later, 2),
        group(good, bad) | step(live.tasks.later, 1),
        bad.then(group(good, good)),
        bad.then(group([])),
    ]

    for flow in flows:
        with pytest.raises((ValueError, ChordError), match="ouch"):
            flow.send().get(PATIENCE)


def test_an_errback_of_a_flow_knows_who_failed(live: Stage) -> None:
    """
    A bare task of one parameter is sent with the id of the failed task, one of three runs there.
    """
    watched = (
        call(live.tasks.first, 1)
        .then(call(live.tasks.boom, "ouch"))
        .link_error(live.tasks.record_failed_id, live.tasks.record_error)
    )

    handle = watched.send()

    assert [note.label for note in live.notes(f"failed:{handle.id}", 1)] == [handle.id]
    assert [note.label for note in live.notes(f"error:{handle.id}", 1)] == ["ValueError('ouch')"]


def test_defaults_reach_tasks_that_a_worker_sends(live: Stage) -> None:
    """
    A later step, and a task that waits for a group, go where the defaults say, with their headers.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    several = group(call(live.tasks.first, 1), call(live.tasks.first, 2)).defaults(queue=live.high)
    flow = several | step(live.tasks.later, 3).queue(parked).headers(tenant="acme")

    handle = flow.send()
    live.wait_depth(parked, 1)
    (message,) = live.take(parked)

    assert message.headers["id"] == handle.id
    assert message.headers["tenant"] == "acme"
    assert message.payload[0] == [[[1], [2]], 3]


def test_a_body_in_the_middle_keeps_its_priority(live: Stage) -> None:
    """
    A task that waits for a group after another task is sent with its own priority.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    wide = fan(step(live.tasks.later, 1), step(live.tasks.later, 2))
    last = step(live.tasks.later, 3).queue(parked).priority(2).allow("CK220")

    (call(live.tasks.first, 0) | wide | last).defaults(queue=live.default).send()
    # What Celery's own task hands on goes the same way as the one that it is for.
    live.wait_depth(parked, 1)
    (between,) = live.take(parked)

    assert between.headers["task"] == "celery.accumulate"
    [after] = between.payload[2]["chain"]
    assert after["options"]["priority"] == 2


def test_many_items_travel_in_few_messages(live: Stage) -> None:
    """
    xmap(), xstarmap() and chunks() run in an unmodified worker.
    """
    rows = [(number, number) for number in range(25)]
    sums = [2 * number for number in range(25)]

    assert xmap(live.tasks.first, [1, 2]).send().get(PATIENCE) == [[1], [2]]
    assert xstarmap(live.tasks.add, rows).send().get(PATIENCE) == sums
    assert chunks(live.tasks.add, rows, 10).send().get(PATIENCE) == [
        sums[:10],
        sums[10:20],
        sums[20:],
    ]


def test_a_large_group_comes_back_in_order(live: Stage) -> None:
    """
    Five hundred results are read in the order of the calls, and passed on in it.
    """
    many = group(call(live.tasks.add, number, 1) for number in range(500))

    read, passed = many.send(), (many | step(live.tasks.later, 0)).send()

    expected = [number + 1 for number in range(500)]
    assert read.get(PATIENCE) == expected
    assert passed.get(PATIENCE) == [0, expected]


def test_celerys_canvas_becomes_a_flow(live: Stage) -> None:
    """
    A chain that Celery sent before is sent afresh, and joined.
    """
    add = live.tasks.add
    old = add.s(1, 2) | add.s(3)
    old.apply_async()

    flow = from_signature(old, returns=int) | step(add, 10)

    assert [flow.send().get(PATIENCE) for _ in range(2)] == [16, 16]
