"""
Many calls through a real broker: run by Celery's own worker, and read back together.
"""

from contextlib import suppress
from datetime import timedelta
from threading import Thread

import pytest

from celerykit import as_completed, call, gather, group, send_many

from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 60
OWN = {"delivery_tag", "correlation_id"}


def meaning(message):
    """
    All that a message says, but for what is its own.
    """
    own = message.headers["id"]
    known = {key: "<id>" if value == own else value for key, value in message.headers.items()}
    properties = {
        key: value
        for key, value in message.properties.items()
        if key not in OWN and key != "application_headers"
    }
    address = (message.delivery_info.get("exchange"), message.delivery_info.get("routing_key"))
    return message.body, message.content_type, known, properties, address


def test_an_unmodified_worker_runs_all_and_gather_reads_all(live: Stage) -> None:
    """
    Every call runs once, with its own arguments, and the results are in the order of the rows.
    """
    rows = [(number, 1) for number in range(300)]

    report = send_many(live.tasks.add, rows, batch_size=64)

    assert report.complete
    assert gather(report.handles, timeout=PATIENCE) == [number + 1 for number in range(300)]


def test_a_group_of_many_runs_and_is_read_in_any_thread(live: Stage) -> None:
    """
    A worker runs each member once; their results are in order, and Celery's own group has them too.
    """
    handle = group(call(live.tasks.add, number, 1) for number in range(300)).send()
    got: list[list[int]] = []
    reader = Thread(target=lambda: got.append(handle.get(timeout=PATIENCE)))

    reader.start()
    reader.join(PATIENCE)

    assert got == [[number + 1 for number in range(300)]]
    assert handle.async_result.get(timeout=PATIENCE) == got[0]


def test_results_are_read_in_another_thread(live: Stage) -> None:
    """
    Celery's own join would wait for ever there.
    """
    report = send_many(live.tasks.add, [(number, 1) for number in range(20)])
    got: dict[int, int] = {}

    def read() -> None:
        for arrived in as_completed(report.handles, timeout=PATIENCE):
            got[arrived.position] = arrived.get()

    reader = Thread(target=read)
    reader.start()
    reader.join(PATIENCE)

    assert got == {number: number + 1 for number in range(20)}


def test_single_results_are_read_as_ever(live: Stage) -> None:
    """
    Nothing was subscribed to beforehand, and a handle's own get() finds its result all the same.
    """
    report = send_many(live.tasks.add, [(number, 1) for number in range(6)])

    assert [handle.get(timeout=PATIENCE) for handle in report.handles] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"priority": 3},
        {"headers": {"tenant": "acme"}},
        {"compression": "gzip"},
        {"shadow": "x"},
    ],
    ids=["plain", "priority", "headers", "gzip", "shadow"],
)
def test_the_broker_holds_what_celery_would_have_sent(paused: Stage, options) -> None:
    """
    Message for message, part for part.
    """
    queue = paused.queue(paused.unique("ranked"))
    paused.app.conf.celerykit = {"severity": {"CK220": "off", "CK226": "off"}}
    rows = [(number, "it's é") for number in range(5)]

    report = send_many(paused.tasks.add, rows, queue=queue, **options)
    for row in rows:
        paused.tasks.add.apply_async(row, queue=queue, **options)

    assert report.complete
    sent = [meaning(message) for message in paused.take(queue, 10)]
    assert sent[:5] == sent[5:]


def test_times_count_from_each_send(live: Stage) -> None:
    """
    A countdown in a bulk send is a countdown of every call.
    """
    report = send_many(
        live.tasks.add, [(number, 1) for number in range(5)], countdown=timedelta(0.00001)
    )

    assert gather(report.handles, timeout=PATIENCE) == [1, 2, 3, 4, 5]


def test_events_tell_of_each_call(make_stage) -> None:
    """
    With task_send_sent_event a monitor hears of every call.
    """
    stage = make_stage(task_send_sent_event=True)
    heard: list[str] = []
    with stage.app.connection_for_read() as own:
        receiver = stage.app.events.Receiver(
            own, handlers={"task-sent": lambda event: heard.append(event["uuid"])}
        )
        with receiver.consumer_context(wakeup=False) as (connection, _, _):
            with suppress(TimeoutError):
                connection.drain_events(timeout=0.5)  # on Redis it listens from now on
            report = send_many(stage.tasks.add, [(number, 1) for number in range(30)])
            for _ in range(500):
                if {*report.ids} <= {*heard}:
                    break
                connection.drain_events(timeout=10)

    assert {*report.ids} <= {*heard}


def test_calls_of_many_kinds_travel_together(live: Stage) -> None:
    """
    Links, ids of one's own and plain calls in one run: each does what it says.
    """
    add = live.tasks.add
    report = send_many(
        call(add, number, 1) if number % 2 else call(add, number, 1).task_id(live.unique("own"))
        for number in range(10)
    )

    assert gather(report.handles, timeout=PATIENCE) == [number + 1 for number in range(10)]
