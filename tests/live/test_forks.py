"""
A forked child and its parent send and read as if each had been started by itself.
"""

from collections.abc import Callable
from typing import Any

import pytest

from celerykit import call

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

HOWS = ["os", "multiprocessing"]
TRIES = 5
EACH = 30  # as liveproj.forking sends
EVERY = {("first", 0), *((who, n) for who in ("child", "parent") for n in range(EACH))}
OWN, DROPPED, KEPT = ([base + n for n in range(4)] for base in (30, 10, 20))
only = {
    name: pytest.mark.parametrize("broker", [name], indirect=True) for name in (REDIS, RABBITMQ)
}


def sent(stage: Stage, who: str, how: str) -> tuple[dict[str, Any], list[tuple[str, int]]]:
    """
    What the program answered, and what of its calls is on the broker.
    """
    parked = stage.queue(stage.unique("parked"))
    answer = stage.program("send_in_both", parked, LIVE_WITH=who, LIVE_HOW=how)
    found = stage.take(parked, stage.depth(parked))
    return answer, [tuple(message.payload[0][:2]) for message in found]


@pytest.mark.parametrize("how", HOWS)
def test_both_send(paused: Stage, how: str) -> None:
    """
    All that a parent and its child send arrives once, and the parent keeps its connection.
    """
    answer, found = sent(paused, "celerykit", how)

    assert answer == {"child": [], "parent": [], "same": True}
    assert (len(found), {*found}) == (len(EVERY), EVERY)


@only[RABBITMQ]
def test_both_send_and_wait_for_confirms(make_stage: Callable[..., Stage]) -> None:
    """
    The same where the broker confirms each message: neither takes the other's confirms.
    """
    stage = make_stage(broker_transport_options={"confirm_publish": True})

    answer, found = sent(stage, "celerykit", "os")

    assert answer == {"child": [], "parent": [], "same": True}
    assert (len(found), {*found}) == (len(EVERY), EVERY)


@only[REDIS]
@pytest.mark.parametrize("how", HOWS)
def test_both_read(live: Stage, how: str) -> None:
    """
    Parent and child read from Redis what both have sent, and what the child lets go the parent has.
    """
    answer = live.program("read_in_both", live.default, LIVE_WITH="celerykit", LIVE_HOW=how)

    assert answer == {"child": [*OWN, *KEPT], "parent": [*DROPPED, *KEPT]}


@only[RABBITMQ]
def test_both_read_answers(make_stage: Callable[..., Stage]) -> None:
    """
    With rpc:// each is answered by itself.
    """
    stage = make_stage(result_backend="rpc://")
    stage.start()
    assert call(stage.tasks.add, 2, 3).send().get(20) == 5

    answer = stage.program("read_in_both", stage.default, LIVE_WITH="celerykit", LIVE_HOW="os")

    assert answer == {"child": OWN, "parent": [*DROPPED, *KEPT]}


@only[RABBITMQ]
def test_celery_alone_sends_over_one_socket(paused: Stage) -> None:
    """
    Proof of harm: with plain Celery, parent and child write into each other's messages.
    """
    tries = (sent(paused, "plain", "os") for _ in range(TRIES))  # it is a matter of chance when

    assert any({*found} < EVERY for _, found in tries)


@only[RABBITMQ]
def test_celery_alone_cuts_the_connection(paused: Stage) -> None:
    """
    Proof of harm: with plain Celery, a child of multiprocessing shuts its parent's connection.
    """
    answer, _ = sent(paused, "plain", "multiprocessing")

    assert not answer["same"]


@only[REDIS]
def test_celery_alone_takes_results_away(live: Stage) -> None:
    """
    Proof of harm: with plain Celery, results of the parent never arrive, though they are there.
    """
    who = {"LIVE_WITH": "plain", "LIVE_HOW": "multiprocessing"}

    answer = live.program("read_in_both", live.default, **who)

    assert answer["parent"][-1].startswith("TimeoutError")
