"""
The ground that the other live tests stand on, shown with plain Celery.
"""

from collections.abc import Callable

import pytest

from .brokers import RABBITMQ, VARIABLES, find
from .stage import Stage

pytestmark = pytest.mark.live


def test_a_result_comes_back(live: Stage) -> None:
    """
    A task sent through a real broker runs in another process and its result arrives.
    """
    assert live.tasks.add.delay(2, 3).get(timeout=20) == 5


def test_the_worker_is_unmodified(live: Stage) -> None:
    """
    The worker that runs these tasks has imported nothing of celerykit but `celery doctor`.
    """
    assert live.tasks.echo.delay().get(timeout=20)["knows_celerykit"] is False


def test_echo_returns_what_the_worker_held(live: Stage) -> None:
    """
    What the worker really received can be compared with what was meant.
    """
    result = live.tasks.echo.apply_async(
        (1,),
        {"name": "a"},
        queue=live.high,
        priority=3,
        time_limit=60,
        soft_time_limit=50,
        headers={"tenant": "acme"},
    )
    held = result.get(timeout=20)
    assert (held["id"], held["correlation_id"], held["task"]) == (result.id, result.id, "live.echo")
    assert (held["args"], held["kwargs"]) == ([1], {"name": "a"})
    assert held["timelimit"] == [60, 50]
    assert held["headers"] == {"tenant": "acme"}
    assert (held["delivery_info"]["routing_key"], held["delivery_info"]["priority"]) == (
        live.high,
        3,
    )


def test_every_kind_of_task_runs(live: Stage) -> None:
    """
    A bound task and one that takes a pydantic model run like any other.
    """
    result = live.tasks.bound.delay("hello")
    assert result.get(timeout=20) == {"id": result.id, "name": "live.bound", "word": "hello"}
    order = live.tasks.Order(sku="tea", count=2)
    assert live.tasks.double.delay(order).get(timeout=20) == {"sku": "tea", "count": 4}


def test_a_retry_is_another_attempt(live: Stage) -> None:
    """
    A task that fails twice and asks for a retry runs three times, and each attempt can be seen.
    """
    trail = live.unique()
    assert live.tasks.flaky.delay(trail, 2).get(timeout=20) == 2
    assert [note.label for note in live.notes(trail, 3)] == [0, 1, 2]


def test_links_run_after_success(live: Stage) -> None:
    """
    A callback runs once its parent has succeeded.
    """
    trail = live.unique()
    live.tasks.add.apply_async((1, 1), link=live.tasks.note.si(trail, "linked"))
    assert [note.label for note in live.notes(trail, 1)] == ["linked"]


def test_errbacks_run_after_failure(live: Stage) -> None:
    """
    Both kinds of errback can be observed: the one run on the spot, and the one that is queued.
    """
    errbacks = [live.tasks.record_error.s(), live.tasks.record_failed_id.s()]
    result = live.tasks.boom.apply_async(("ouch",), link_error=errbacks)
    assert [note.label for note in live.notes(f"error:{result.id}", 1)] == ["ValueError('ouch')"]
    assert [note.label for note in live.notes(f"failed:{result.id}", 1)] == [result.id]


def test_a_message_can_be_taken_raw(live: Stage) -> None:
    """
    A message sent to a queue nobody reads can be taken out and looked at, byte by byte.
    """
    parked = live.queue(live.unique("parked"))
    result = live.tasks.add.apply_async((2, 3), queue=parked)
    (message,) = live.take(parked)
    assert message.headers["id"] == result.id
    assert message.properties["correlation_id"] == result.id
    assert message.decode()[0] == [2, 3]
    assert live.depth(parked) == 0


def test_nothing_runs_before_the_worker_starts(paused: Stage) -> None:
    """
    On a paused stage messages wait until a worker is started, and run then.
    """
    trail = paused.unique()
    for label in ("first", "second"):
        paused.tasks.note.delay(trail, label)
    paused.wait_depth(paused.default, 2)
    paused.start()
    assert [note.label for note in paused.notes(trail, 2)] == ["first", "second"]


def test_a_stage_leaves_nothing_behind(make_stage: Callable[..., Stage]) -> None:
    """
    Closing a stage deletes its messages, queues and keys, and nobody else's.
    """
    stage = make_stage(timezone="Asia/Tokyo")
    other = make_stage()
    for each in (stage, other):
        each.tasks.add.delay(1, 1)
        each.wait_depth(each.default, 1)
    assert stage.app.conf.timezone == "Asia/Tokyo"
    stage.delete()
    assert (other.depth(stage.default), other.depth(other.default)) == (0, 1)


def test_a_missing_broker_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    When a broker is not there the test fails, and says where it looked and what to do.
    """
    monkeypatch.setenv(VARIABLES[RABBITMQ], "amqp://guest:secret@127.0.0.1:1//")
    with pytest.raises(pytest.fail.Exception, match=r"rabbitmq does not answer") as failure:
        find(RABBITMQ)
    assert "127.0.0.1:1" in str(failure.value)
    assert VARIABLES[RABBITMQ] in str(failure.value)
    assert "secret" not in str(failure.value)
