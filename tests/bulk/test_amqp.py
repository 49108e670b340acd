"""
Writing to RabbitMQ: py-amqp's own frames, in fewer writes, and an outcome for every fault.
"""

import gc
import warnings
from contextlib import closing

import pytest
from celery import group as celerys_group
from kombu import Exchange, Producer, Queue

from celerykit import call, group
from celerykit.bulk import _amqp as writing
from celerykit.bulk import send_many
from celerykit.bulk._frames import on_channel
from celerykit.bulk._line import Line
from celerykit.bulk._wire import Publication, Slots

from . import plain_amqp
from .amqp_server import amqp_server

FAST = {"max_retries": 2, "interval_start": 0, "interval_step": 0, "interval_max": 0}
ROWS = [(number, "é") for number in range(20)]


@pytest.fixture
def server():
    """
    A RabbitMQ of the test's own.
    """
    with amqp_server() as running:
        yield running


@pytest.fixture(
    params=["no confirms", "confirms", "confirms, public API", "asked for", "asked for, public API"]
)
def way(request):
    """
    Whether publisher confirms are on, or celerykit is to ask for them, and knows the transport.
    """
    return request.param


@pytest.fixture
def confirms(way):
    """
    Whether publisher confirms are on.
    """
    return way != "no confirms"


@pytest.fixture
def add(make_app, server, way, confirms):
    """
    A task of an app on that RabbitMQ.
    """
    app = make_app(
        broker_url=server.url,
        broker_transport=f"{plain_amqp.__name__}:Transport" if "public" in way else "amqp",
        task_default_queue="work",
        task_publish_retry_policy=FAST,
        broker_transport_options={"confirm_publish": way.startswith("confirms")},
        result_backend=None,
        celerykit={
            "severity": {"CK220": "off", "CK221": "off"},
            "confirm": way.startswith("asked for"),
        },
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


def told(arrived):
    """
    All that a message says, but for its own id.
    """
    own = arrived.properties["correlation_id"]
    headers = arrived.properties["application_headers"]
    return {
        **arrived._asdict(),
        "properties": {
            **{key: value for key, value in arrived.properties.items() if value != own},
            "application_headers": {
                key: "<id>" if value == own else value for key, value in headers.items()
            },
        },
    }


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"priority": 7},
        {"serializer": "json", "headers": {"tenant": "acme", "cost": "100 %b %"}},
        {"compression": "gzip"},
        {"shadow": "sum", "time_limit": 5},
        {"retry": False},
    ],
    ids=["plain", "priority", "headers", "gzip", "shadow", "no retry"],
)
def test_the_broker_gets_what_celery_would_have_sent(add, server, options):
    """
    Every message is py-amqp's own, properties and headers included.
    """
    rows = [*ROWS, ("it's", 'a "b"'), ("x" * 200_000, 1), ("x" * 140_000, 1)]

    report = send_many(add, rows, **options)
    ours = [told(each) for each in server.arrived]
    server.arrived.clear()
    for row in rows:
        add.apply_async(row, **options)

    assert report.complete
    assert ours == [told(each) for each in server.wait(len(rows))]


def test_ids_of_ones_own_and_callbacks_travel_too(add, server):
    """
    Messages that are not alike are made by Celery, and still written together.
    """
    report = send_many(call(add, number, 2).task_id(f"order-{number}") for number in range(6))

    assert [each.properties["correlation_id"] for each in server.arrived] == [*report.ids]
    assert report.complete


def test_the_members_of_a_group_are_told_apart(add, server):
    """
    Each says which group it belongs to, and its place in it: as Celery's own do.
    """
    add.ignore_result = True

    group(call(add, *row) for row in ROWS).send()
    ours = [told(each) for each in server.arrived]
    server.arrived.clear()
    celerys_group([add.si(*row) for row in ROWS]).apply_async()

    theirs = [told(each) for each in server.wait(len(ROWS))]
    for each in (*ours, *theirs):
        assert each["properties"]["application_headers"].pop("group")
    assert ours == theirs


def test_a_queue_is_declared_once(add, server):
    """
    Queue, exchange and binding are declared once for each run, and not for each message.
    """
    send_many(add, ROWS, batch_size=5)

    assert server.methods.count((50, 10)) == 1


def test_the_channel_is_ones_own(add, server):
    """
    An exchange that does not exist closes the channel of this run, and nobody else's.
    """
    before = add.delay(1, 2)
    server.faults[:] = ["", "close"]

    report = send_many(add, ROWS, batch_size=20)

    server.faults.clear()
    assert report.unknown or report.sent
    assert "404" in report.error.cause
    count = len(server.arrived)
    after = add.delay(3, 4)
    ids = [each.properties["correlation_id"] for each in server.wait(count + 1)]
    assert ids[0] == before.id
    assert ids[-1] == after.id


def test_what_was_confirmed_before_a_cut_is_sent(add, server, way, confirms):
    """
    With confirms the outcome is known for each message up to the cut; without, for none.

    Who writes one after the other may find the connection cut before it has read the confirms.
    """
    server.multiple = False
    server.faults[:] = [*[""] * 7, "cut"]

    report = send_many(add, ROWS, batch_size=10)

    lost = range(7, 10) if confirms else range(10)
    if "public" in way:
        assert 7 in report.unknown
        assert {*report.unknown} <= {*range(10)}
    else:
        assert report.unknown.ranges == (lost,)
    assert [*report.sent][-10:] == [*range(10, 20)]
    arrived = {each.properties["correlation_id"] for each in server.arrived}
    assert {report.ids[position] for position in report.sent} <= arrived


def test_a_negative_answer_is_unknown(add, server, confirms):
    """
    The broker could not do what a confirm stands for, and does not say how far it came.
    """
    server.multiple = False
    server.faults[:] = ["", "nack"]

    report = send_many(add, ROWS[:5])

    assert [*report.unknown] == ([1] if confirms else [])
    assert len(report.sent) == (4 if confirms else 5)


def test_an_unroutable_message_is_not_sent(add, server, confirms):
    """
    With mandatory the broker gives it back: that one was not sent, and all others were.
    """
    server.faults[:] = ["", "return"]

    report = send_many([call(add, number, 1).extra(mandatory=True) for number in range(5)])

    assert [*report.not_sent] == [1]
    assert [*report.sent] == [0, 2, 3, 4]
    assert "NO_ROUTE" in report.error.cause


def test_an_idle_connection_that_was_closed_is_replaced(add, server):
    """
    A restart of the broker between two batches costs nothing; queues are declared anew.
    """

    def rows():
        for number in range(20):
            if number == 10:
                server.close_all()
            yield number, 0

    report = send_many(add, rows(), batch_size=5)

    assert report.complete
    assert len(server.arrived) == 20
    assert server.methods.count((50, 10)) == 2


def test_a_broker_that_is_gone_ends_the_run(add, server):
    """
    Nothing listens any more: what was not sent is told, after the attempts the policy allows.
    """
    report = send_many(add, server.rows_until_it_goes(), batch_size=5)

    assert report.sent.ranges == (range(10),)
    assert report.not_sent.ranges == (range(10, 15),)
    assert report.error.outcome == "not_sent"


CHANNEL_OPEN, CONFIRM_SELECT = (20, 10), (85, 10)


@pytest.mark.parametrize(
    ("cuts", "more", "sent"),
    [
        ([], {}, 20),
        ([CHANNEL_OPEN], {}, 20),
        ([CHANNEL_OPEN], {"max_retries": 0}, 0),
        ([CHANNEL_OPEN, CHANNEL_OPEN], {}, 0),
        ([CONFIRM_SELECT], {"max_retries": None}, 20),
        ([CONFIRM_SELECT, CONFIRM_SELECT], {}, 0),
    ],
)
def test_a_connection_that_breaks_while_it_is_opened_is_made_anew_once(
    make_app, server, cuts, more, sent
):
    """
    Where the policy allows any attempt more it is opened again; each broken one is closed at once.
    """
    app = make_app(
        broker_url=server.url,
        task_publish_retry_policy={**FAST, **more},
        broker_transport_options={"confirm_publish": True},
        result_backend=None,
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    gc.collect()
    server.cut_at[:] = cuts

    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always", ResourceWarning)
        report = send_many(add, ROWS)
        gc.collect()

    assert (len(report.sent), len(server.arrived)) == (sent, sent)
    assert not report.unknown
    assert [str(warning.message) for warning in left_open] == []


def test_a_silent_broker_is_left_after_a_while(add, server, monkeypatch):
    """
    Where no answer comes, the outcome is unknown, and the run does not hang.
    """
    monkeypatch.setattr("celerykit.bulk._wire.ANSWER_S", 0.1)
    server.faults[:] = ["mute"]

    report = send_many(add, ROWS, batch_size=15)

    assert report.unknown.ranges == (range(15),)
    assert [*report.sent] == [*range(15, 20)]


def test_a_queue_that_cannot_be_declared_is_told(add, server, monkeypatch):
    """
    The queue exists with other arguments, say: nothing of the batch left.
    """

    def refused(entity, channel=None):
        raise TimeoutError("refused")

    monkeypatch.setattr(writing, "maybe_declare", refused)
    monkeypatch.setattr(Producer, "maybe_declare", refused)

    report = send_many(add, ROWS, batch_size=5)

    assert report.not_sent.ranges == (range(5),)
    assert "refused" in report.error.cause


def test_messages_may_go_to_an_exchange(add, server):
    """
    Exchange and routing key are in the frames.
    """
    add.app.conf.task_queues = [Queue("all", Exchange("fan", type="topic"), routing_key="shop.#")]
    add.app.conf.task_default_queue = "all"

    report = send_many(add, ROWS, exchange="fan", routing_key="shop.add")

    assert report.complete
    assert {(each.exchange, each.routing_key) for each in server.arrived} == {("fan", "shop.add")}


def test_frames_move_to_another_channel():
    """
    After a reconnection the channel may have another number, which each frame names.
    """
    frames = b"\x01\x00\x01\x00\x00\x00\x02ab\xce\x03\x00\x01\x00\x00\x00\x00\xce"

    moved = on_channel(frames, 258)

    assert moved == b"\x01\x01\x02\x00\x00\x00\x02ab\xce\x03\x01\x02\x00\x00\x00\x00\xce"


def test_marks_that_are_not_where_they_should_be_are_noticed(add, server):
    """
    A message that cannot be split is made by py-amqp, each time.
    """

    class Odd:
        """
        Makes messages without any marks.
        """

        def made(self, slots):
            """
            Return one.
            """
            options = {"exchange": "", "routing_key": "work", "headers": {}, "serializer": "json"}
            return Publication(((), {}, {}), options)

    with add.app.producer_or_acquire() as producer, closing(Line(add.app, producer)) as line:
        slots = Slots("x", (), {}, "()", "{}", None, None)

        assert line.writer.filler(Odd(), slots) is None


def test_a_broker_that_goes_at_the_end_is_left(add, server):
    """
    All was answered for; that the channel could not be closed changes nothing.
    """

    def last_words(report):
        server.close_all()

    report = send_many(add, ROWS, progress=last_words)

    assert report.complete
    assert send_many(add, ROWS).complete
