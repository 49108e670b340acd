"""
Receivers of before_task_publish change each message anew, and no other one.
"""

import pytest
from celery import signals

from celerykit import call, send_many
from celerykit.bulk._overheard import overheard
from celerykit.bulk._wire import Publication

ROWS = [(number, 0) for number in range(5)]


@pytest.fixture
def receive():
    """
    Connect receivers for the time of a test.
    """
    connected, before = [], [*signals.before_task_publish.receivers]

    def connect(receiver):
        connected.append(receiver)
        signals.before_task_publish.connect(receiver, weak=False)

    yield connect
    for receiver in connected:
        signals.before_task_publish.disconnect(receiver)
    assert signals.before_task_publish.receivers == before


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
    before = [*signals.before_task_publish.receivers]
    with overheard():
        with overheard():
            pass
        assert len(signals.before_task_publish.receivers) == len(before) + 1
    assert signals.before_task_publish.receivers == before


def test_what_was_not_heard_is_no_example(app):
    """
    A message that did not pass the signal teaches nothing; neither does one without headers.
    """
    with overheard() as heard:
        signals.before_task_publish.send(sender="shop.add", headers=None)

    assert heard.untouched(Publication((), {"headers": {"id": "order-7"}})) == []


def test_others_are_not_listened_to(add, at_once):
    """
    What another thread sends meanwhile is none of a call's business that is being learned from.
    """
    with overheard() as heard:
        at_once(lambda number: add.delay(number, 2), threads=1)

    assert heard.shown == {}
