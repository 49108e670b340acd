"""
Receivers of before_task_publish change each message anew, and no other one.
"""

import pytest
from celery import VERSION, signals

from celerykit import call, send_many
from celerykit.bulk._overheard import overheard
from celerykit.bulk._wire import Publication
from tests.equivalence.published import counted

ROWS = [(number, 0) for number in range(5)]


@pytest.fixture(autouse=True)
def nobody():
    """
    No receivers but those of the test, for its time: others may go at any moment.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signals.before_task_publish, "receivers", [])
        yield
        assert signals.before_task_publish.receivers == []


@pytest.fixture
def receive(nobody):
    """
    Connect receivers for the time of a test.
    """
    connected = []

    def connect(receiver):
        connected.append(receiver)
        signals.before_task_publish.connect(receiver, weak=False)

    yield connect
    for receiver in connected:
        signals.before_task_publish.disconnect(receiver)


def meaning(message):
    """
    What the receiver below may have changed.
    """
    headers = message.headers
    errbacks = message.payload[2]["errbacks"]
    return message.properties["priority"], headers["shadow"], headers["timelimit"], errbacks


PLAIN = (0, None, [None, None], None)
MARKED = (9, "urgent", [33, None], [])


def mark(body, headers, properties):
    """
    Change a property, a header, and what lies deeper in a header and in the body.
    """
    properties["priority"] = 9
    headers["shadow"] = "urgent"
    headers["timelimit"][0] = 33
    body[2]["errbacks"] = []


@pytest.mark.parametrize("urgent", [{0, 1}, {3}, {0, 1, 2, 3, 4}, set()])
def test_a_change_stays_in_its_message(add, messages, receive, urgent):
    """
    What a receiver does to the first messages is not learned, and later ones are not spared.
    """
    count = iter(range(2 * len(ROWS)))

    def receiver(body, headers, properties, **_):
        if next(count) % len(ROWS) in urgent:
            mark(body, headers, properties)

    receive(receiver)
    wanted = [MARKED if number in urgent else PLAIN for number in range(len(ROWS))]

    send_many(add, ROWS)
    assert [*map(meaning, messages())] == wanted
    for row in ROWS:
        call(add, *row).send()
    assert [*map(meaning, messages())] == wanted


def test_two_may_listen_at_once():
    """
    Each has a receiver of its own, which goes with it.
    """
    with overheard():
        with overheard():
            pass
        assert len(signals.before_task_publish.receivers) == 1
    assert signals.before_task_publish.receivers == []


def test_what_was_not_heard_is_no_example(app):
    """
    A message that did not pass the signal teaches nothing; neither does one without headers.
    """
    with overheard() as heard:
        signals.before_task_publish.send(sender="shop.add", headers=None)

    assert heard.untouched([Publication((), {"headers": {"id": "order-7"}})]) is None


def test_a_message_under_another_id_is_no_example_and_later_ones_are(add, messages, receive):
    """
    While a receiver gives each message an id of its own Celery makes all; then there is an example.
    """

    def rename(headers, **_):
        headers["id"] = f"tenant-{headers['id']}"

    receive(rename)
    for row in ROWS:
        call(add, *row).send()
    assert all(each.headers["id"].startswith("tenant-") for each in messages())
    signals.before_task_publish.disconnect(rename)

    for row in ROWS:
        call(add, *row).send()
    with counted() as by_example:
        call(add, 1, 2).send()

    assert by_example == [add.name]


def test_an_app_that_tells_nobody_any_more_is_learned_from_later(add, messages):
    """
    Before Celery 5.7 an app loses sight of the signal's receivers where one that was held weakly
    has gone before they came: nothing is heard then, and all is learned when nobody listens.
    """
    signal = signals.before_task_publish
    add.delay(0, 0)

    def weak(**_):
        """Hear, and go."""

    signal.connect(weak)
    signal.disconnect(weak)
    del weak
    heard = []

    def receiver(**_):
        heard.append(1)

    signal.connect(receiver)
    for row in ROWS:
        add.delay(*row)
    assert len(heard) == (0 if VERSION < (5, 7) else len(ROWS))
    for row in ROWS:
        call(add, *row).send()
    signal.disconnect(receiver)
    for row in ROWS:
        call(add, *row).send()
    with counted() as by_example:
        call(add, 1, 2).send()

    assert by_example == [add.name]
    assert len([*messages()]) == 3 * len(ROWS) + 2


def test_others_are_not_listened_to(add, at_once):
    """
    What another thread sends meanwhile is none of a call's business that is being learned from.
    """
    with overheard() as heard:
        at_once(lambda number: add.delay(number, 2), threads=1)

    assert heard.shown == {}
