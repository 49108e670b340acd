"""
Lines that stay open between sends: as many as the app allows, and never in two processes.
"""

import gc
import socket
import time
import weakref
from contextlib import contextmanager
from threading import Thread

import kombu
import pytest
from celery import Celery

from celerykit.bulk import _kept as keeping
from celerykit.bulk._kept import give, take
from celerykit.bulk._wire import Publication

from .amqp_server import AmqpServer, amqp_server
from .redis_server import redis_server

FAST = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@pytest.fixture(params=[amqp_server, redis_server], ids=["RabbitMQ", "Redis"])
def server(request):
    """
    A broker of the test's own.
    """
    with request.param() as running:
        yield running


@pytest.fixture
def app(make_app, server):
    """
    An app on that broker, which may have two connections.
    """
    return make_app(
        broker_url=server.url,
        broker_pool_limit=2,
        task_publish_retry_policy=FAST,
        result_backend=None,
    )


def sent(line):
    """
    The outcome of one message that is sent over a line.
    """
    headers = {"id": "x"}
    options = {"exchange": "", "routing_key": "work", "headers": headers, "serializer": "json"}
    wire = line.writer.wire(Publication(((), {}, {}), {**options, "correlation_id": "x"}))
    return line.flush([wire]).outcomes


@contextmanager
def lines(app, count, **how):
    """
    So many lines at once.
    """
    taken = [take(app, **how) for _ in range(count)]
    try:
        yield taken
    finally:
        for line in taken:
            give(line)


def test_a_line_is_kept_for_the_next_send(app, server):
    """
    Whoever comes next gets the line that was given back last, with what was remembered on it.
    """
    with lines(app, 2) as (first, second):
        assert first is not second
        first.memory = "of the first"
        assert (sent(first), sent(second)) == ("sent", "sent")
    count = len(server.connections)

    with lines(app, 1) as (again,):
        assert sent(again) == "sent"
        assert again is second
    assert len(server.connections) == count


def test_there_are_no_more_than_the_pool_may_have_connections(app):
    """
    broker_pool_limit counts for these lines too; beyond it Celery's own way is the one to take.
    """
    with lines(app, 2):
        assert take(app) is None
    with lines(app, 2):
        pass


def test_none_of_the_pools_own_connections_is_used(app):
    """
    Plain Celery has as many connections as ever, however many lines are kept.
    """
    with lines(app, 2), app.pool.acquire(), app.pool.acquire():
        pass


@pytest.mark.parametrize("limit", [None, 0])
def test_an_app_without_a_pool_keeps_nothing(app, limit):
    """
    Where every use of a connection is to open one, none is kept.
    """
    app.conf.broker_pool_limit = limit

    assert take(app) is None


def test_confirms_are_asked_for_by_line(make_app):
    """
    A line with confirms waits for each; it is not mixed up with others, and may take their place.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url, broker_pool_limit=1, result_backend=None)
        with lines(app, 1) as (plain,):
            assert sent(plain) == "sent"
            assert take(app, confirms=True) is None
        assert (85, 10) not in server.methods

        with lines(app, 1, confirms=True) as (confirming,):
            assert confirming is not plain
            server.faults = ["nack"]
            assert sent(confirming) == ["unknown"]
        assert (85, 10) in server.methods
        with lines(app, 1) as (another,):
            assert another is not plain


def test_redis_answers_each_message_anyway(make_app):
    """
    On Redis a line is the same with confirms as without.
    """
    with redis_server() as server:
        app = make_app(broker_url=server.url, result_backend=None)
        with lines(app, 1) as (plain,):
            pass
        with lines(app, 1, confirms=True) as (confirming,):
            assert confirming is plain


def test_a_broker_that_refuses_is_the_senders_affair(make_app):
    """
    What the connection fails with is raised, and the next send tries again.
    """
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        app = make_app(
            broker_url=f"amqp://127.0.0.1:{port}", broker_pool_limit=1, result_backend=None
        )
        app.conf.task_publish_retry_policy = FAST

        for _ in range(3):
            with pytest.raises(kombu.exceptions.OperationalError, match="refused"):
                take(app)


def test_settings_that_change_end_all_lines(app, server):
    """
    No line outlives the settings that it was made with, not even one that was in use meanwhile.
    """
    idle, used = take(app), take(app)
    give(idle)
    app.conf.task_default_queue = "elsewhere"

    with lines(app, 1) as (new,):
        assert new not in (idle, used)
        assert sent(used) == "sent"
        give(used)

    assert not used.shelf._made
    with lines(app, 2) as taken:
        assert new in taken
        assert used not in taken


def test_two_threads_that_see_new_settings_at_once_leave_no_line_open(app):
    """
    The line of the one that came second is kept, that of the first one ends when it comes back.
    """
    line = take(app)
    vars(app).pop(keeping._NAME)
    with lines(app, 1) as (other,):
        give(line)
        assert not line.shelf._made
    with lines(app, 1) as (again,):
        assert again is other


def test_lines_end_with_their_app(server):
    """
    An app that nobody uses any more is freed, and its connections are closed.
    """
    app = Celery("gone", broker=server.url, set_as_current=False)
    with lines(app, 1) as (line,):
        assert sent(line) == "sent"
    connection, gone = line._producer.connection, weakref.ref(app)
    assert connection.connected
    app.close()
    del app, line

    for _ in range(3):
        gc.collect()

    assert gone() is None
    assert not connection.connected


def test_lines_end_with_the_interpreter(app):
    """
    What is idle then is closed in good order.
    """
    with lines(app, 1) as (line,):
        connection = line._producer.connection

    keeping._end_at_exit()

    assert not connection.connected


def test_who_sends_after_that_takes_a_new_line(app):
    """
    A project's own handlers may run later at the exit, and send.
    """
    with lines(app, 1) as (line,):
        pass
    keeping._end_at_exit()

    with lines(app, 1) as (other,):
        assert other is not line
        assert sent(other) == "sent"


def test_what_was_written_is_read_before_a_line_ends(make_app):
    """
    RabbitMQ forgets what it has not read yet of a connection that goes without a word.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url)
        with lines(app, 2) as (one, two):
            assert (sent(one), sent(two)) == ("sent", "sent")
        closed = server.methods.count((20, 40))  # channel.close, which is answered

        keeping._end_at_exit()

        assert server.methods.count((20, 40)) == closed + 2


def test_a_broker_that_has_fallen_silent_holds_up_no_exit(make_app):
    """
    All lines of all apps together wait for a second at most; an app that is freed, for less.
    """
    with amqp_server() as server:
        apps = [make_app(broker_url=server.url) for _ in range(3)]
        for app in apps:
            with lines(app, 2) as both:
                server.faults[:] = ["mute"] * 2
                assert {sent(each) for each in both} == {"sent"}
        server.wait(6)
        started = time.monotonic()

        both[0].shelf._finalizer()
        freed = time.monotonic() - started
        keeping._end_at_exit()

        assert freed < 1 < time.monotonic() - started < 5


def test_a_forked_child_lets_go_of_what_its_parent_opened(app, server):
    """
    It takes lines of its own; what it held of the parent's sockets is closed without a word.
    """
    idle, used = take(app), take(app)
    assert (sent(idle), sent(used)) == ("sent", "sent")
    give(idle)
    amqp = isinstance(server, AmqpServer)
    commands = server.methods if amqp else server.commands
    assert not amqp or len(server.wait(2)) == 2  # nobody has waited for its answer
    said = len(commands)

    keeping._start_anew()  # as in the child

    assert len(commands) == said
    with lines(app, 1) as (own,):
        assert own not in (idle, used)
        assert sent(own) == "sent"
        assert sent(used) == "sent"  # as a fork in mid-send has it: over a new connection
    give(used)
    with lines(app, 1) as (again,):
        assert again is own


def test_a_closed_line_has_no_socket_to_let_go_of(app, server):
    """
    A fork after the broker went away is as good as any.
    """
    with lines(app, 1) as (line,):
        line.writer.drop()

    keeping._start_anew()

    assert line.shelf.gone


def test_memory_is_each_processs_own(make_app):
    """
    In memory there is nothing to let go of.
    """
    app = make_app(broker_url="memory://")
    with lines(app, 1) as (line,):
        assert sent(line) == "sent"

    keeping._start_anew()

    assert line.shelf.gone


def test_a_broker_without_a_writer_of_its_own_is_left_to_celery(make_app, tmp_path):
    """
    Nothing is kept where Celery's way is the fastest there is.
    """
    app = make_app(broker_url="filesystem://", broker_transport_options={"data_folder": tmp_path})

    assert take(app) is None


def test_a_client_of_ones_own_is_left_to_celery(app, monkeypatch):
    """
    Where what kombu does is not what it was, its own way is taken; that is found out once.
    """
    made = []
    with lines(app, 1) as (line,):
        assert line is not None
    app.conf.task_default_queue = "another"
    monkeypatch.setattr("celerykit.bulk._line._writer", lambda *how: made.append(how))

    assert (take(app), take(app)) == (None, None)
    assert len(made) == 1


def test_connections_of_somebody_elses_are_left_alone(app, monkeypatch):
    """
    An app whose connections a test or a project has replaced is sent to by Celery's own means.
    """

    class Connection(kombu.Connection):
        """
        A project's own.
        """

    monkeypatch.setattr(app.amqp, "Connection", Connection)

    assert take(app) is None

    monkeypatch.undo()
    monkeypatch.setattr(app, "producer_or_acquire", lambda producer=None: producer)
    assert take(app) is None


def test_many_threads_share_few_lines(app):
    """
    Each line is used by one thread at a time; who gets none knows it at once.
    """
    counts = []

    def work():
        count = 0
        while count < 20:
            line = take(app)
            if line is not None:
                count += sent(line) == "sent"
                give(line)
        counts.append(count)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert counts == [20] * 4
    with lines(app, 2) as (first, _):
        assert len(first.shelf._made) == 2


def test_a_message_that_came_back_later_harms_no_other(make_app):
    """
    One with mandatory that no queue took, and for whose answer nobody waited, is not the next.
    """
    with amqp_server() as server:
        app = make_app(broker_url=server.url, result_backend=None)
        with lines(app, 1) as (line,):
            answers = line.writer._link.answers
            assert sent(line) == "sent"
            message = type("Message", (), {"properties": {"correlation_id": "another"}})
            answers.returned(ValueError(), "", "", message)
            assert answers.outcomes("sent") == "sent"
