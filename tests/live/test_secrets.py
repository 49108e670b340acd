"""
Redacted arguments: the task gets them, and those who watch the task do not.
"""

from collections.abc import Callable
from typing import Any

import pytest

from celerykit import Call, call, step

from .brokers import RABBITMQ
from .stage import SOON, Stage

pytestmark = pytest.mark.live

SECRET = "hunter2"  # noqa: S105 - the secret of these tests


def watched(stage: Stage, send: Callable[[], Any]) -> dict[str, Any]:
    """
    What a monitor, as Flower is one, is told when a worker receives what `send` sends.
    """
    told: list[dict[str, Any]] = []
    mine: list[str] = []

    def start(*_: Any, **__: Any) -> None:
        mine.append(send().id)

    def keep(event: dict[str, Any]) -> None:
        if event["uuid"] in mine:
            told.append(event)
            receiver.should_stop = True

    with stage.app.connection_for_read() as connection:
        receiver = stage.app.events.Receiver(connection, handlers={"task-received": keep})
        receiver.on_consume_ready = start
        receiver.capture(limit=None, timeout=SOON)
    return told[0]


@pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)  # it is no matter of the broker
def test_monitors_do_not_see_a_secret(make_stage: Callable[..., Stage]) -> None:
    """
    A redacted argument gets to the task, and is in no event that the worker sends to monitors.
    """
    stage = make_stage(worker_send_task_events=True)
    stage.start()
    trail = stage.unique()
    plain: Call[Any] = call(stage.tasks.note, trail, SECRET)
    assert SECRET in str(watched(stage, plain.send))

    event = watched(stage, plain.redact("label").send)

    assert SECRET not in str(event)
    assert trail in event["args"]
    assert [note.label for note in stage.notes(trail, 2)] == [SECRET, SECRET]


def test_headers_and_log_do_not_show_a_secret(live: Stage) -> None:
    """
    A redacted argument, by position or by name, is in the message's body alone, and not in the log
    of the worker that ran it.
    """
    parked, trail = live.queue(live.unique("nobody-reads-this")), live.unique()
    asked = [call(live.tasks.note, trail, SECRET), call(live.tasks.note, trail, label=SECRET)]
    for plain in asked:
        plain.queue(parked).send()
        plain.redact("label").queue(parked).send()
        plain.redact("label").send()

    messages = live.take(parked, 4)  # in any order: they left by two connections

    assert sorted(SECRET in str(each.headers) for each in messages) == [False, False, True, True]
    assert all(SECRET in str(each.decode()) for each in messages)
    assert [note.label for note in live.notes(trail, 2)] == [SECRET, SECRET]
    assert SECRET not in live.logs()


def test_a_callback_keeps_its_secret(live: Stage) -> None:
    """
    What follows a task, and is sent by the worker, hides its redacted argument too.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    after = step(live.tasks.note, SECRET).redact("label").queue(parked)
    parent = call(live.tasks.add, 2, 3).link(after).send()
    live.wait_depth(parked, 1)
    (message,) = live.take(parked)
    assert message.headers["parent_id"] == parent.id
    assert message.decode()[0] == [5, SECRET]
    assert SECRET not in str(message.headers)
