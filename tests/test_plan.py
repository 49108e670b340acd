"""
One send by the shortest way: what it does when the broker fails, and when it is left alone.
"""

import select
import socket
from collections import Counter
from functools import partial
from itertools import chain
from threading import Thread
from time import monotonic
from types import SimpleNamespace

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from kombu.exceptions import EncodeError

from celerykit import CallRejected, CallWarning, PublishError, call, step
from celerykit.bulk import _own as own
from celerykit.bulk._capture import Capture
from celerykit.bulk._kept import _NAME, give, take
from celerykit.bulk._lanes import _MOST
from celerykit.bulk._line import Line
from celerykit.bulk._wire import Flushed

from .bulk.amqp_server import AmqpServer, amqp_server
from .bulk.redis_server import redis_server
from .equivalence.published import LEARNT, counted
from .faults import FAST


@pytest.fixture(params=[amqp_server, redis_server], ids=["RabbitMQ", "Redis"])
def server(request):
    """
    A broker of the test's own.
    """
    with request.param() as running:
        yield running


@pytest.fixture
def make_add(make_add_at, server):
    """
    Make a task of an app on that broker, with more settings.
    """
    return partial(make_add_at, server.url)


@pytest.fixture
def add(make_add):
    """
    A task that was sent so often that it is sent by example.
    """
    add = make_add()
    warm(add)
    return add


def warm(add):
    """
    Send a call as often as it takes to learn how.
    """
    for _ in range(LEARNT):
        call(add, 1, 2).send()


def arrived(server, count):
    """
    How many messages came, once there are so many.
    """
    if isinstance(server, AmqpServer):
        return len(server.wait(count))
    return len(server.pushed("work"))


def test_calls_are_sent_by_example_over_one_connection(add, server):
    """
    Once two of a kind were sent, the others are made like them, and leave over the same line.
    """
    connections = len(server.connections)

    with counted() as names:
        ids = {call(add, number, 2).send().id for number in range(5)}

    assert names == ["shop.add"] * 5
    assert len(ids) == 5
    assert arrived(server, LEARNT + 5) == LEARNT + 5
    assert len(server.connections) == connections


def test_a_connection_that_was_closed_is_made_anew(add, server):
    """
    What the broker closed meanwhile costs no message.
    """
    server.close_all()

    call(add, 3, 4).send()

    assert arrived(server, LEARNT + 1) == LEARNT + 1


def test_where_the_system_cannot_poll_py_amqp_is_asked(make_add, server, monkeypatch):
    """
    A connection that was closed is found out on Windows, and over TLS, as well.
    """
    monkeypatch.delattr(select, "poll")
    add = make_add()
    warm(add)
    server.close_all()

    call(add, 3, 4).send()
    call(add, 5, 6).send()

    assert arrived(server, LEARNT + 2) == LEARNT + 2


def test_an_event_that_is_lost_is_no_call_that_is_lost(add, monkeypatch):
    """
    When the message has arrived, the send returns, whatever became of the event behind it.
    """
    flushed = Flushed(["sent", "not_sent"], ConnectionResetError("it was cut"))
    monkeypatch.setattr(Line, "flush", lambda *_, **__: flushed)

    assert call(add, 3, 4).send().id


def test_a_silent_broker_is_waited_for_as_long_as_its_settings_say(make_add, server):
    """
    The timeouts of a connection count for each attempt, and then nobody knows.
    """
    wait = {"socket_timeout": 0.1, "read_timeout": 0.1, "confirm_publish": True}
    add = make_add(broker_transport_options=wait)
    warm(add)
    server.faults = ["mute"] * 9
    start = monotonic()

    with pytest.raises(PublishError) as raised:
        call(add, 3, 4).send()

    assert raised.value.outcome == "unknown"
    assert monotonic() - start < 10


def test_a_broker_that_is_gone_is_told(add, server):
    """
    When nothing takes the message, not at any attempt, then it certainly was not sent.
    """
    server.shutdown()
    server.server_close()
    server.close_all()

    with pytest.raises(PublishError, match="refused") as raised:
        call(add, 3, 4).send()

    assert raised.value.outcome == "not_sent"
    assert isinstance(raised.value.__cause__, Exception)
    assert "hunter2" not in str(raised.value)


def test_a_broker_that_was_never_there_is_told(make_add):
    """
    The first send tries as often as the app's policy says, and then says what happened.
    """
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        add = make_add(broker_url=f"amqp://127.0.0.1:{closed.getsockname()[1]}//")

        with pytest.raises(PublishError, match="refused") as raised:
            call(add, 3, 4).send()

    assert raised.value.outcome == "not_sent"


def test_what_the_rules_refuse_is_refused_before_anything_connects(make_add, server):
    """
    Nothing leaves for a call with an error, not even a connection.
    """
    add = make_add()

    with pytest.raises(CallRejected, match="CK"):
        call(add, 1, object()).send()

    assert not server.connections


def test_a_warning_is_one_however_it_is_sent(make_add):
    """
    What is doubtful is said at the caller's line, once for each send.
    """
    add = make_add(task_serializer="json")
    for _ in range(LEARNT + 1):
        with pytest.warns(CallWarning, match="CK302") as caught:
            call(add, (1, 2), 2).send()
        assert [each.filename for each in caught] == [__file__]


@pytest.mark.parametrize("retry", [True, False])
def test_a_lost_answer_is_what_celery_makes_of_it(make_app, retry):
    """
    With task_publish_retry it is sent again, with the same id; without, nobody knows.
    """
    with redis_server() as server:
        app = make_app(
            broker_url=server.url,
            task_default_queue="work",
            task_publish_retry=retry,
            task_publish_retry_policy=FAST,
            result_backend=None,
        )

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        warm(add)
        server.faults = ["lost"]

        if retry:
            call(add, 3, 4).send()
        else:
            with pytest.raises(PublishError) as raised:
                call(add, 3, 4).send()
            assert raised.value.outcome == "unknown"

        assert len(server.pushed("work")) == LEARNT + (2 if retry else 1)


def test_an_unknown_outcome_stays_one(make_app):
    """
    What may have left once is never said to be not sent, whatever comes of the next attempt.
    """
    with redis_server() as server:
        app = make_app(broker_url=server.url, task_default_queue="work", result_backend=None)
        app.conf.task_publish_retry_policy = FAST

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        warm(add)
        server.faults = ["lost", "-ERR out of memory"]

        with pytest.raises(PublishError, match="out of memory") as raised:
            call(add, 3, 4).send()

    assert raised.value.outcome == "unknown"


def test_what_the_broker_refuses_is_not_sent(make_app):
    """
    An answer that says no is as good as an answer.
    """
    with redis_server() as server:
        app = make_app(broker_url=server.url, task_default_queue="work", result_backend=None)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        warm(add)
        server.faults = ["-OOM command not allowed"]

        with pytest.raises(PublishError, match="not allowed") as raised:
            call(add, 3, 4).send()
        call(add, 3, 4).send()

    assert raised.value.outcome == "not_sent"


def test_a_channel_that_was_closed_harms_no_other_message(make_app):
    """
    Celery does not wait for RabbitMQ; the next send sees that the channel is closed.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url, task_default_queue="work", result_backend=None)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        warm(add)
        server.wait(LEARNT)
        server.faults = ["close"]
        call(add, 3, 4).send()
        line = take(app)
        assert line.writer._link._poll.poll(10_000)  # the broker has said it
        give(line)

        call(add, 5, 6).send()

        assert server.wait(LEARNT + 1)[-1].body.startswith(b"[[5, 6]")


def test_frames_are_as_long_as_the_connection_of_now_allows(make_app):
    """
    Another node of a cluster may take shorter ones than the node that it stands in for.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url, task_default_queue="work", result_backend=None)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        warm(add)
        line = take(app)
        line.writer.drop()
        frame_max, server.frame_max = server.frame_max, 4096
        give(line)
        call(add, 1, 2).send()

        call(add, "x" * 9000, 2).send()

        assert len(server.wait(LEARNT + 2)[-1].body) > 9000
        assert line.writer._link.frame_max == 4096 < frame_max
        assert server.longest <= 4096


def test_a_broker_that_does_not_confirm_is_told(make_add, server):
    """
    With publisher confirms a send that returned is on the broker.
    """
    if not isinstance(server, AmqpServer):
        assert take(make_add().app, confirms=True).confirms is False
        return
    add = make_add(broker_transport_options={"confirm_publish": True})
    warm(add)
    server.faults = ["nack"]

    with pytest.raises(PublishError, match="not confirm") as raised:
        call(add, 3, 4).send()

    assert raised.value.outcome == "unknown"


def test_what_cannot_be_written_is_said_in_kombus_words(make_add):
    """
    A value for which the rules were silenced fails as it does in plain Celery.
    """
    add = make_add(celerykit={"severity": {"CK303": "off"}})
    warm(add)

    with pytest.raises(EncodeError) as plain:
        add.delay(1, object)
    with pytest.raises(PublishError, match="the message is wrong") as ours:
        call(add, 1, object).send()

    assert repr(ours.value.__cause__) == repr(plain.value)
    with counted() as names:
        call(add, 1, 2).send()
    assert names == ["shop.add"]


def test_an_error_of_the_projects_own_is_left_as_it_is(make_add, monkeypatch):
    """
    What is no fault of the broker's is raised as it is.
    """
    add = make_add()

    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("celerykit._plan.take", broken)

    with pytest.raises(ZeroDivisionError):
        call(add, 1, 2).send()


def test_eight_threads_share_one_call(make_add, server, at_once):
    """
    Every send of a call that is shared arrives once, with an id of its own.
    """
    add = make_add(broker_pool_limit=3)
    with add.app.producer_or_acquire():
        pass  # where several threads make kombu's pool at once, it may fail
    base = call(add, 2, y=3).expires(3600)

    ids = at_once(lambda number: [base.send().id for _ in range(20)])

    assert len({each for some in ids for each in some}) == 160
    assert arrived(server, 160) == 160


def test_a_receiver_may_send_too(add, server):
    """
    A call that is sent while another one is being sent takes a line of its own.
    """
    sent = []

    def follow(sender, headers, **_):
        if not sent:
            sent.append(headers["id"])
            sent.append(call(add, 7, 8).send().id)

    signals.before_task_publish.connect(follow)
    try:
        first = call(add, 3, 4).send()
    finally:
        signals.before_task_publish.disconnect(follow)

    assert sent[0] == first.id != sent[1]
    assert arrived(server, LEARNT + 2) == LEARNT + 2


def test_as_many_kinds_are_remembered_as_is_worth_it(add):
    """
    Options that are never the same fill no memory.
    """
    for number in range(_MOST + 9):
        call(add, 1, 2).countdown(number + 1).send()

    line = take(add.app)
    lanes, _ = line.memory
    give(line)
    assert len(lanes._known) <= _MOST


def test_options_that_are_no_plain_values_are_left_to_celery(add):
    """
    What cannot be compared for sure is made by Celery each time.
    """
    with counted() as names:
        for _ in range(LEARNT + 1):
            call(add, 1, 2).link(step(add, 3)).send()

    assert not names


def test_no_line_is_made_for_a_project_that_has_a_hand_in_it(make_add):
    """
    Where Celery's own way is the one to take, no connection is kept for nothing.
    """
    add = make_add()
    original = add.apply_async
    add.apply_async = lambda *args, **options: original(*args, **{**options, "shadow": "own"})

    for _ in range(LEARNT):
        call(add, 1, 2).send()

    assert not vars(add.app)[_NAME]._made


def test_more_senders_than_lines_are_served_by_celery(add, server):
    """
    A sender that gets no line waits for none.
    """
    add.app.conf.broker_pool_limit = 1
    line = take(add.app)
    with counted() as names:
        call(add, 1, 2).send()
    give(line)

    assert not names
    assert arrived(server, LEARNT + 1) == LEARNT + 1


def test_a_result_is_read_as_ever(make_app):
    """
    The handle of a call that was sent by example waits for its result, in any thread.
    """
    app = make_app()

    @app.task(name="shop.double")
    def double(x):
        return 2 * x

    values = []
    with start_worker(app, perform_ping_check=False, pool="solo"):
        with counted() as names:
            handles = [call(double, number).send() for number in range(6)]
        thread = Thread(target=lambda: values.append([each.get(20) for each in handles[3:]]))
        thread.start()
        values.append([each.get(20) for each in handles[:3]])
        thread.join(30)

    assert len(names) >= 3
    assert Counter(chain(*values)) == Counter(range(0, 12, 2))


def test_settings_that_celery_reads_each_time_are_looked_at_each_time(make_app):
    """
    A setting of a module or of Django's settings may change, as tests change it for a while.
    """

    class Settings:
        """
        What Celery reads its settings from.
        """

        CELERY_BROKER_URL = "memory://"

    ran = []
    app = Celery("shop", set_as_current=False)
    app.config_from_object(Settings, namespace="CELERY")

    @app.task(name="shop.note")
    def note(number):
        ran.append(number)

    for number in range(LEARNT + 1):
        call(note, number).send()
    Settings.CELERY_TASK_ALWAYS_EAGER = True
    call(note, 7).send()
    Settings.CELERY_TASK_ALWAYS_EAGER = False
    call(note, 8).send()

    assert ran == [7]


def test_a_first_call_to_an_exchange_is_waited_for(make_app):
    """
    An exchange that does not exist is told at its own call, and no other one is lost with it.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url, task_default_queue="work", result_backend=None)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        wrong = call(add, 3, 4).exchange("nowhere").routing_key("here").allow("CK227")
        warm(add)
        for _ in range(LEARNT):
            wrong.send()
        server.wait(2 * LEARNT)
        line = take(app)
        line.writer.drop()  # another connection: nothing is known of its exchanges
        give(line)
        server.faults = ["close"]
        with pytest.raises(PublishError) as raised:
            wrong.send()
        call(add, 5, 6).send()

        assert (raised.value.outcome, raised.value.side) == ("not_sent", "message")
        assert server.wait(2 * LEARNT + 1)[-1].body.startswith(b"[[5, 6]")


def test_what_celery_misses_is_its_own_to_say(add, monkeypatch):
    """
    Celery 5.4 looks its default queue up before it sends, and an app may have none.
    """

    def missing(_):
        raise KeyError("default")

    monkeypatch.setattr(own, "_has_celerys_parts", missing)

    assert own._is_plain_amqp(add.app.amqp) is False


def test_memory_that_fails_is_told_too(make_add_at, monkeypatch):
    """
    A transport in memory that a project has changed may raise; that is told as any broker's fault.
    """
    add = make_add_at("memory://")
    warm(add)
    line = take(add.app)
    wires = [line.writer.wire(publication_of(add)) for _ in range(2)]
    left = ["full", None]

    def put(*_args, **_options):
        if left.pop():
            raise OSError("no room")

    monkeypatch.setattr(line.writer, "_channel", SimpleNamespace(basic_publish=put))
    flushed = line.writer.flush(wires)
    give(line)

    assert flushed.outcomes == ["sent", "not_sent"]
    assert str(flushed.error) == "no room"


def publication_of(task):
    """
    What Celery would publish of a call.
    """
    kept = []
    task.apply_async((1, 2), producer=capturing(task.app, kept.append))
    return kept[0]


def capturing(app, take_it):
    """
    A producer that keeps what it is to publish.
    """
    producer = Capture(app.connection_for_write())
    producer.take = take_it
    return producer
