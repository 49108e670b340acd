"""
Any other transport: kombu writes, and every call still has an outcome.
"""

import pytest
from kombu import Producer
from kombu.transport import memory

from celerykit import PublishError
from celerykit.bulk import _general as general
from celerykit.bulk import send_many
from celerykit.bulk._general import GeneralWriter

FAST = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


class Channel(memory.Channel):
    """
    A channel that fails to order.
    """

    faults: list[str] = []  # noqa: RUF012 - emptied by each test

    def _put(self, queue, message, **kwargs):
        """
        Take a message, or fail.
        """
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "lost":
            super()._put(queue, message, **kwargs)
        if fault:
            raise ConnectionResetError(104, fault)
        super()._put(queue, message, **kwargs)


class Transport(memory.Transport):
    """
    A transport that nobody knows.
    """

    Channel = Channel


@pytest.fixture
def add(make_app):
    """
    A task on that transport.
    """
    app = make_app(
        broker_transport=f"{__name__}:Transport",
        task_publish_retry_policy=FAST,
        result_backend=None,
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    yield add
    Channel.faults.clear()


def taken(add):
    """
    The first arguments of all messages.
    """
    with add.app.connection_for_read() as connection:
        channel = connection.default_channel
        name = add.app.conf.task_default_queue
        return [
            each.payload[0][0] for each in iter(lambda: channel.basic_get(name, no_ack=True), None)
        ]


ROWS = [(number, 0) for number in range(12)]


def test_everything_is_sent(add):
    """
    A transport that has no writer of its own is written to by kombu.
    """
    report = send_many(add, ROWS, batch_size=5)

    assert report.complete
    assert taken(add) == [*range(12)]


@pytest.mark.parametrize("fault", ["lost", "closed"])
def test_the_message_that_failed_is_unknown(add, fault):
    """
    What was written before it is sent, what was to come after it is not.
    """
    Channel.faults[:] = ["", "", "", fault]

    report = send_many(add, ROWS, batch_size=5)

    assert [*report.unknown] == [3]
    assert [*report.not_sent] == [4]
    assert [*report.sent] == [0, 1, 2]
    assert report.total == 5
    assert {0, 1, 2} <= {*taken(add)} <= {0, 1, 2, 3}


def test_a_queue_that_cannot_be_declared_is_told(add, monkeypatch):
    """
    Nothing of the batch left.
    """

    def refused(self, entity, **options):
        raise ConnectionResetError(104, "refused")

    monkeypatch.setattr(Producer, "maybe_declare", refused)

    report = send_many(add, ROWS, batch_size=5)

    assert report.not_sent.ranges == (range(5),)


def test_another_serializer_is_written_once(add):
    """
    Bodies are written before the batch leaves, so a bad one harms no other.
    """
    add.app.conf.update(accept_content=["json", "yaml"])

    report = send_many(add, ROWS, serializer="yaml")

    assert report.complete
    with add.app.connection_for_read() as connection:
        message = connection.default_channel.basic_get(add.app.conf.task_default_queue, no_ack=True)
    assert message.content_type == "application/x-yaml"
    assert message.body.startswith(b"- - 0\n  - 0\n")


def test_messages_are_alike_when_they_are_equal(add):
    """
    Kombu's own messages are compared as they are.
    """
    with add.app.producer_or_acquire() as producer:
        writer = GeneralWriter(producer)

        assert writer.alike(("body", {"a": 1}), ("body", {"a": 1}))
        assert not writer.alike(("body", {"a": 1}), ("body", {"a": 2}))


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/nothing", "nothing://", "amqp://h:port//"])
def test_a_wrong_url_is_told_as_a_mistake(make_app, url):
    """
    Nothing was sent, and no second attempt will help.
    """
    app = make_app(broker_url=url)

    @app.task(name="shop.other")
    def other(x):
        return x

    report = send_many(other, [(1,)])

    assert [*report.not_sent] == [0]
    assert report.error.side == "configuration"
    with pytest.raises(PublishError, match="no use to send again: the configuration is wrong"):
        report.raise_for_unsent()


def test_a_connection_class_of_ones_own_raises_what_it_likes(make_app, monkeypatch):
    """
    What a project's own code raises on the way to the broker comes out as it is.
    """
    app = make_app()

    @app.task(name="shop.other")
    def other(x):
        return x

    def fail(*_, **__):
        raise LookupError("mine")

    monkeypatch.setattr(app, "connection_for_write", fail)
    with pytest.raises(LookupError, match="mine"):
        send_many(other, [(1,)])


def test_few_queues_are_remembered_as_declared(monkeypatch):
    """
    Each thread's own queue for replies is declared, and none is remembered for ever.
    """
    monkeypatch.setattr(general, "_MOST", 2)
    told = []
    declared = general.Declared(told.append)
    for number in range(5):
        declared.want([f"queue{number}"])
        declared.declare()

    assert told == [f"queue{number}" for number in range(5)]
    assert len(declared._known) == 1
