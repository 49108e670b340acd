"""
A word for the priority means the same on every broker, as seen in the order of execution.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from celerykit import CallWarning, Priority, call

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

HIGHEST, HIGH, NORMAL, LOW, LOWEST = reversed(Priority)
SENT = [NORMAL, LOWEST, HIGH, LOW, HIGHEST, HIGH, LOWEST, HIGHEST, LOW, NORMAL]
IN_ORDER = ["highest 1", "highest 2", "high 1", "high 2", "normal 1", "normal 2"]
ALL_APART = [*IN_ORDER, "low 1", "low 2", "lowest 1", "lowest 2"]
LOW_SHARED = [*IN_ORDER, "lowest 1", "low 1", "lowest 2", "low 2"]
BOTH_SHARED = [
    *("high 1", "highest 1", "high 2", "highest 2", "normal 1", "normal 2"),
    *("lowest 1", "low 1", "lowest 2", "low 2"),
]


class Case(NamedTuple):
    """
    A broker, its settings, the queue that is used, and the order in which it must run.
    """

    broker: str
    settings: dict[str, Any]
    queue: str
    ran: list[str]


CASES = {
    "redis, default steps": Case(REDIS, {}, "default", LOW_SHARED),
    "redis, ten steps": Case(
        REDIS, {"broker_transport_options": {"priority_steps": [*range(10)]}}, "default", ALL_APART
    ),
    "redis, three steps": Case(
        REDIS, {"broker_transport_options": {"priority_steps": [3, 6, 9]}}, "default", BOTH_SHARED
    ),
    "rabbitmq, ten": Case(RABBITMQ, {}, "ranked", ALL_APART),
    "rabbitmq, five": Case(RABBITMQ, {"task_queue_max_priority": 5}, "default", ALL_APART),
}


def send(stage: Stage, queue: str) -> str:
    """
    Send two notes for each word, in no good order, and return the trail they will leave.
    """
    trail = stage.unique()
    times = dict.fromkeys(Priority, 0)
    for word in SENT:
        times[word] += 1
        note = call(stage.tasks.note, trail, f"{word.value} {times[word]}")
        note.queue(queue).priority(word).send()
    stage.wait_depth(queue, len(SENT))
    return trail


@pytest.mark.parametrize(
    ("broker", "case"),
    [(case.broker, case) for case in CASES.values()],
    ids=CASES.keys(),
    indirect=["broker"],
)
def test_the_more_urgent_word_runs_first(make_stage: Callable[..., Stage], case: Case) -> None:
    """
    Calls sent in any order run from HIGHEST to LOWEST on both brokers, whatever their steps;
    equal words, and words that have to share a step, run in the order of sending.
    """
    stage = make_stage(**case.settings)
    queue = stage.queue(case.queue)
    trail = send(stage, queue)
    stage.start(queue)
    assert [note.label for note in stage.notes(trail, len(SENT))] == case.ran


@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)
def test_a_queue_that_knows_no_order_is_named(make_stage: Callable[..., Stage]) -> None:
    """
    A word for a RabbitMQ queue without x-max-priority is sent all the same, and warned of at the
    caller's own line.
    """
    stage = make_stage()
    parked = stage.queue(stage.unique("nobody-reads-this"))
    urgent = call(stage.tasks.add, 2, 3).queue(parked).priority(HIGHEST)

    with pytest.warns(CallWarning, match=rf"CK220 .*'{parked}' .*has no x-max-priority") as told:
        handle = urgent.send()

    assert [warning.filename for warning in told] == [__file__]
    assert [finding.code for finding in urgent.check()] == ["CK220"]
    assert [message.headers["id"] for message in stage.take(parked)] == [handle.id]


def test_a_number_is_the_brokers_own(live: Stage) -> None:
    """
    A plain number is passed on as it is, and no word's number takes its place.
    """
    echo = call(live.tasks.echo).queue(live.ranked)
    numbers = [echo.priority(number).send().get(20)["delivery_info"] for number in (0, 3, 9)]
    assert [info["priority"] for info in numbers] == [0, 3, 9]
