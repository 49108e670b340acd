"""
Plain Celery: what a send takes from the app, from another call or from an errback's parameters.
"""

from collections.abc import Callable
from contextlib import closing

import celery
import pytest
from celery.exceptions import NotRegistered
from kombu import Exchange

from .brokers import RABBITMQ, REDIS
from .stage import Stage
from .test_harm_channel import told

pytestmark = pytest.mark.live

PATIENCE = 20
DELAYED = "celery_delayed_27"


@pytest.mark.parametrize("broker", [REDIS], indirect=True)
def test_harm_ck230_one_call_runs_again_and_again(make_stage: Callable[..., Stage]) -> None:
    """
    With plain Celery on Redis one call with a countdown beyond the visibility timeout is executed
    more than once, by one worker.
    """
    often = {"unacked_restore_interval": 1, "unacked_restore_throttle": 1}
    stage = make_stage(broker_transport_options={"visibility_timeout": 2, **often})
    stage.start()
    trail = stage.unique()

    stage.tasks.note.apply_async((trail, "once"), countdown=6)

    assert [note.label for note in stage.notes(trail, 2)] == ["once", "once"]


def test_harm_ck233_a_route_takes_the_message_away(make_stage: Callable[..., Stage]) -> None:
    """
    With plain Celery a route with an exchange and a key beats the queue of the call: the message
    is in no queue at all.
    """
    route = {"exchange": "amq.direct", "routing_key": "nobody.is.bound.to.this"}
    stage = make_stage(task_routes=[{"live.add": route}])

    stage.tasks.add.apply_async((2, 3), queue=stage.high)
    stage.tasks.note.apply_async(("nobody", "after"), queue=stage.high)

    stage.wait_depth(stage.high, 1)
    (only,) = stage.take(stage.high)
    assert only.headers["task"] == "live.note"
    assert stage.depth(stage.default) == 0


def test_harm_ck217_the_second_call_has_the_first_ones_result(live: Stage) -> None:
    """
    With plain Celery two calls with one id both run, and the second one's caller gets what the
    first returned.
    """
    task_id, trail = live.unique("order"), live.unique()
    first = live.tasks.add.apply_async((1, 1), task_id=task_id)
    assert first.get(timeout=PATIENCE) == 2

    second = live.tasks.add.apply_async((20, 3), task_id=task_id)
    live.tasks.note.delay(trail, "both ran")
    live.notes(trail, 1)

    assert live.app.AsyncResult(second.id).get(timeout=PATIENCE) == 2


def test_harm_ck106_a_name_that_no_worker_knows(live: Stage) -> None:
    """
    With plain Celery a misspelt name is taken by a worker, which throws it away, and no errback
    runs.
    """
    trail = live.unique()
    errback = live.tasks.note.si(trail, "errback")

    result = live.app.send_task("live.ad", (2, 3), link_error=errback)

    with pytest.raises(NotRegistered):
        result.get(timeout=PATIENCE)
    live.tasks.note.delay(trail, "after")
    assert [note.label for note in live.notes(trail, 1)] == ["after"]


def test_harm_ck305_a_type_that_kombu_does_not_know_is_thrown_away(live: Stage) -> None:
    """
    With plain Celery a dict in kombu's own notation is dropped by the worker, which cannot read it,
    and its caller is told nothing.
    """
    lost = live.tasks.echo.delay({"__type__": "shop.order", "__value__": 1})

    assert live.tasks.add.delay(1, 1).get(timeout=PATIENCE) == 2
    assert lost.state == "PENDING"


def test_harm_ck501_an_errback_of_two_parameters_never_runs(live: Stage) -> None:
    """
    With plain Celery an errback of two parameters is called with three arguments inside the failed
    task's worker: it never runs, and only that worker's log knows.
    """
    trail = live.unique()

    failed = live.tasks.boom.apply_async(link_error=live.tasks.note.s())

    with pytest.raises(ValueError, match="boom"):
        failed.get(timeout=PATIENCE)
    live.tasks.note.delay(trail, "after")
    assert [note.label for note in live.notes(trail, 1)] == ["after"]
    assert "note() takes 2 positional arguments but 3 were given" in live.workers[0].log()


@pytest.mark.skipif(celery.VERSION < (5, 6), reason="the type of a missing queue's exchange")
@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)
def test_harm_ck231_a_delay_on_a_quorum_queue_is_lost(make_stage: Callable[..., Stage]) -> None:
    """
    With plain Celery a countdown on a quorum queue, before any worker has declared the exchanges
    that delay, is lost, and the next call raises for it.
    """
    stage = make_stage(
        task_create_missing_queue_type="quorum",
        task_create_missing_queue_exchange_type="topic",
    )
    if is_declared(stage, DELAYED):
        pytest.skip(f"a worker has declared {DELAYED} on this broker before")

    assert DELAYED in told(stage, countdown=60)


def is_declared(stage: Stage, exchange: str) -> bool:
    """
    Whether the broker has this exchange already.
    """
    with stage.app.connection_for_write() as connection, closing(connection.channel()) as channel:
        try:
            Exchange(exchange, type="topic", passive=True)(channel).declare()
        except connection.channel_errors:
            return False
    return True
