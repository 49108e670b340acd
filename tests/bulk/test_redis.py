"""
Writing to Redis: what kombu writes, in fewer commands, and an outcome for every fault.
"""

import json
from functools import partial, wraps

import kombu
import pytest
from celery import Celery, signals
from kombu import Exchange, Queue
from kombu.transport import redis as kombu_redis

from celerykit import call
from celerykit.bulk import BulkReport, send_many
from celerykit.bulk import _fence as fence
from celerykit.bulk import _redis as writing
from celerykit.bulk._general import GeneralWriter
from celerykit.bulk._line import Line
from tests.faults import FAST


@pytest.fixture
def make_add(make_add_at, server):
    """
    Make a task of an app on that Redis, with more settings.
    """
    return partial(make_add_at, server.url)


ROWS = [(number, "é") for number in range(20)]


def raw(value, *, tag=False):
    """
    A message as it lies in Redis, without what is its own alone.
    """
    message = json.loads(value)
    own = message["headers"]["id"]
    if not tag:
        message["properties"].pop("delivery_tag")
    return json.loads(json.dumps(message).replace(own, "<id>"))


@pytest.mark.parametrize(
    ("settings", "options", "key"),
    [
        ({}, {}, "work"),
        ({}, {"priority": 7}, "work\x06\x166"),
        (
            {"broker_transport_options": {"priority_steps": [*range(10)]}},
            {"priority": 7},
            "work\x06\x167",
        ),
        ({"broker_transport_options": {"global_keyprefix": "me:"}}, {}, "me:work"),
        ({"task_serializer": "yaml", "accept_content": ["yaml"]}, {}, "work"),
        ({}, {"compression": "gzip"}, "work"),
        ({}, {"headers": {"cost": "100 %s %", "mark": "@celerykit.body@"}}, "work"),
    ],
    ids=["plain", "priority", "steps", "prefix", "yaml", "gzip", "odd headers"],
)
def test_redis_holds_what_celery_would_have_put_there(make_add, server, settings, options, key):
    """
    Key and text of each message are kombu's own, priorities and prefixes included.
    """
    add = make_add(**settings)

    report = send_many(add, ROWS, **options)
    ours = [raw(value) for value in server.pushed(key)]
    server.pushed(key).clear()
    for row in ROWS:
        add.apply_async(row, **options)

    assert report.complete
    assert ours == [raw(value) for value in server.pushed(key)]


def test_a_batch_is_one_command(make_add, server):
    """
    All messages of a batch travel together, and each has a delivery tag of its own.
    """
    add = make_add()

    send_many(add, ROWS, batch_size=10)

    assert [len(command) - 2 for command in server.commands if command[0] == b"LPUSH"] == [10, 10]
    tags = [raw(value, tag=True)["properties"]["delivery_tag"] for value in server.pushed("work")]
    assert len({*tags}) == 20


def test_a_queue_is_declared_once(make_add, server):
    """
    The binding that workers look for is made once for each run, not for each message.
    """
    add = make_add()

    send_many(add, ROWS, batch_size=5)

    bindings = [command for command in server.commands if command[1:2] == [b"_kombu.binding.work"]]
    assert [command[0] for command in bindings] == [b"SADD"]


def test_a_batch_for_several_queues_is_one_command_for_each(make_add, server):
    """
    Neighbours with the same key share a command, and the order within a queue stays.
    """
    add = make_add()

    report = send_many(
        call(add, number, 0).queue("low" if number % 10 < 5 else "high") for number in range(40)
    )

    assert report.complete
    assert [raw(value)["headers"]["argsrepr"] for value in server.pushed("low")] == [
        f"({number}, 0)" for number in range(40) if number % 10 < 5
    ]


def test_a_lost_answer_is_unknown_and_the_rest_goes_on(make_add, server):
    """
    Redis carried it out and the answer was lost: nobody can tell, so nothing is sent twice.
    """
    add = make_add()
    server.faults[:] = ["", "lost"]

    report = send_many(add, ROWS, batch_size=5)

    assert report.unknown.ranges == (range(5, 10),)
    assert report.sent.ranges == (range(5), range(10, 20))
    assert report.error.outcome == "unknown"
    assert len(server.pushed("work")) == 20
    assert report.resume_from == 20
    assert not report.complete


def test_a_connection_that_is_closed_instead_is_unknown_too(make_add, server):
    """
    From here it looks the same, so it is called the same.
    """
    add = make_add()
    server.faults[:] = ["closed"]

    report = send_many(add, ROWS, batch_size=5)

    assert report.unknown.ranges == (range(5),)
    assert len(server.pushed("work")) == 15


def test_two_unknown_batches_in_a_row_end_the_run(make_add, server):
    """
    A broker that keeps failing gets no more; the rest was never taken from the iterable.
    """
    add = make_add()
    server.faults[:] = ["", "lost", "lost"]
    rows = iter(ROWS)

    report = send_many(add, rows, batch_size=5)

    assert report.unknown.ranges == (range(5, 15),)
    assert (report.total, report.resume_from) == (15, 15)
    assert next(rows) == (15, "é")


def test_a_refused_command_is_not_sent(make_add, server):
    """
    Redis said no, so nothing of the batch is there; the run ends, and says where to go on.
    """
    add = make_add()
    server.faults[:] = ["", "-OOM command not allowed when used memory > 'maxmemory'"]
    rows = iter(ROWS)

    report = send_many(add, rows, batch_size=5)

    assert report.sent.ranges == (range(5),)
    assert report.not_sent.ranges == (range(5, 10),)
    assert report.resume_from == 5
    assert report.error.outcome == "not_sent"
    assert "maxmemory" in report.error.cause
    assert len(server.pushed("work")) == 5


def test_an_idle_connection_that_was_closed_is_replaced(make_add, server):
    """
    A restart of the broker between two batches costs nothing.
    """
    add = make_add()

    def rows():
        for number in range(20):
            if number == 10:
                server.close_all()
            yield number, 0

    report = send_many(add, rows(), batch_size=5)

    assert report.complete
    assert len(server.pushed("work")) == 20


def test_a_broker_that_is_gone_ends_the_run(make_add, server):
    """
    Nothing listens any more: what was not sent is told, after the attempts the policy allows.
    """
    add = make_add()

    report = send_many(add, server.rows_until_it_goes(), batch_size=5)

    assert report.sent.ranges == (range(10),)
    assert report.not_sent.ranges == (range(10, 15),)
    assert report.error.outcome == "not_sent"


def test_a_write_that_fails_is_tried_again(make_add, server, monkeypatch):
    """
    A command that did not leave as a whole is never carried out, so it may be sent again.
    """
    add = make_add()
    failures = [1, 2]
    own = writing._command

    def command(key, pushes):
        if failures:
            failures.pop()
            server.close_all()
            raise ConnectionResetError(104, "Connection reset by peer")
        return own(key, pushes)

    monkeypatch.setattr(writing, "_command", command)

    report = send_many(add, ROWS)

    assert report.complete
    assert len(server.pushed("work")) == 20


def test_a_silent_broker_is_left_after_a_while(make_add, server, monkeypatch):
    """
    Where no answer comes, the outcome is unknown, and the run does not hang.
    """
    monkeypatch.setattr("celerykit.bulk._wire.ANSWER_S", 0.1)
    add = make_add()
    server.faults[:] = ["mute"]

    report = send_many(add, ROWS, batch_size=15)

    assert report.unknown.ranges == (range(15),)
    assert "no answer" in report.error.cause


def test_a_queue_that_expires_is_left_to_kombu(make_add, server):
    """
    Each message renews the expiry of such a queue, which kombu does itself.
    """
    add = make_add(task_queues=[Queue("brief", expires=60)], task_default_queue="brief")

    report = send_many(add, ROWS)

    assert report.complete
    assert len(server.pushed("brief")) == 20
    if hasattr(kombu_redis, "PublishBatch"):
        assert b"PEXPIRE" in {command[0] for command in server.commands}


def test_an_exchange_is_left_to_kombu(make_add, server):
    """
    A message to an exchange may belong in many queues or none, which kombu looks up.
    """
    fan = Exchange("fan", type="fanout")
    add = make_add(task_queues=[Queue("work", fan)])

    report = send_many(add, ROWS, exchange="fan", routing_key="x")

    assert report.complete
    assert [command[0] for command in server.commands].count(b"PUBLISH") == 20


class OwnChannel(kombu_redis.Channel):
    """
    A project's own channel.
    """


class OwnTransport(kombu_redis.Transport):
    """
    A project's own transport, or Sentinel's.
    """

    Channel = OwnChannel


class HalfOwnTransport(kombu_redis.Transport):
    """
    A project's own transport, with kombu's channel.
    """


@pytest.fixture
def is_general(monkeypatch):
    """
    Say which writers the lines of this test had.
    """
    made = []
    own = Line.__init__

    def init(self, *args):
        own(self, *args)
        made.append(type(self.writer) is GeneralWriter)

    monkeypatch.setattr(Line, "__init__", init)
    return lambda: {*made} == {True}


@pytest.mark.parametrize("kind", ["OwnTransport", "HalfOwnTransport"])
def test_another_transport_is_written_to_as_kombu_does(make_add, server, is_general, kind):
    """
    Sentinel, a cluster, or a project's own transport may write elsewhere.
    """
    add = make_add(broker_transport=f"{__name__}:{kind}")

    report = send_many(add, ROWS)

    assert is_general()
    assert report.complete
    assert len(server.pushed("work")) == 20


@pytest.mark.parametrize("method", [*fence._EXPECTED])
def test_a_kombu_that_writes_in_another_way_is_left_to_itself(
    make_add, server, is_general, monkeypatch, method
):
    """
    When a method of kombu's uses what it did not use before, messages may need that.
    """
    add = make_add()
    celerys = getattr(kombu_redis.Channel, method)

    def changed(self, *args, **kwargs):
        self.something_new = True
        return celerys(self, *args, **kwargs)

    monkeypatch.setattr(kombu_redis.Channel, method, changed)

    report = send_many(add, ROWS)

    assert is_general()
    assert report.complete
    assert len(server.pushed("work")) == 20


def test_this_kombu_writes_as_expected():
    """
    The fast way is open with the installed kombu: when this fails, look at what is new there.
    """
    names = {name: fence._names(kombu_redis.Channel, name) for name in fence._EXPECTED}

    assert {name: found - fence._EXPECTED[name] for name, found in names.items()} == {
        name: set() for name in names
    }


def test_results_are_not_subscribed_to_beforehand(make_app, server):
    """
    On Redis that would be a command for each call; reading a result subscribes, and looks first.
    """
    app = make_app(broker_url=server.url, result_backend=server.url)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, ROWS)

    assert report.complete
    assert not server.listeners


def test_passwords_are_not_shown(make_app):
    """
    An error says what went wrong, and no secret of the broker's URL.
    """
    app = make_app(
        Celery, broker_url="redis://:hunter2@127.0.0.1:1/0", task_publish_retry_policy=FAST
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = send_many(add, ROWS)

    assert report.not_sent.ranges == (range(1),)
    assert "hunter2" not in repr(report.error)


@pytest.mark.parametrize("fault", ["lost", "closed"])
def test_a_failed_pipeline_of_kombus_is_unknown(make_add, server, fault):
    """
    Kombu cannot tell what of it was carried out, so nobody can.
    """
    add = make_add(broker_transport=f"{__name__}:OwnTransport")
    server.faults[:] = ["", "", "", fault]

    report = send_many(add, ROWS, batch_size=10)

    assert 3 in report.unknown
    assert {*range(report.total)} == {*report.sent, *report.unknown, *report.not_sent}
    ids = [json.loads(value)["headers"]["id"] for value in server.pushed("work")]
    assert len({*ids}) == len(ids)


def test_a_queue_that_cannot_be_declared_is_told(make_add, server, monkeypatch):
    """
    Nothing of the batch left, and it is tried again as often as the policy allows.
    """
    tried = []

    def refused(self, entity, **options):
        tried.append(entity.name)
        raise ConnectionResetError(104, "refused")

    add = make_add()
    monkeypatch.setattr(kombu.Producer, "maybe_declare", refused)

    report = send_many(add, ROWS, batch_size=5)

    assert report.not_sent.ranges == (range(5),)
    assert tried == ["work"] * 3


def test_bodies_may_travel_without_base64(make_add, server, monkeypatch):
    """
    Where kombu is told not to pack bodies, they are not packed.
    """
    monkeypatch.setattr(kombu_redis.Channel, "body_encoding", None)
    add = make_add()

    send_many(add, ROWS)
    ours = [raw(value) for value in server.pushed("work")]
    server.pushed("work").clear()
    for row in ROWS:
        add.delay(*row)

    assert ours == [raw(value) for value in server.pushed("work")]
    assert ours[0]["body"].startswith("[[0")


def test_a_call_that_has_to_leave_at_once_has_an_outcome_too(make_add, server):
    """
    Where somebody hears after_task_publish, Celery's own first messages leave one by one.
    """
    told = []

    def hear(headers, **given):
        told.append(headers["id"])

    add = make_add()
    server.faults[:] = ["closed", "", "", "closed"]
    signals.after_task_publish.connect(hear, weak=False)
    try:
        report = send_many(add, ROWS, batch_size=5)
    finally:
        signals.after_task_publish.disconnect(hear)

    assert 0 in report.unknown
    assert len(report.unknown) == 6
    assert [*told] == [report.ids[position] for position in report.sent]


def test_two_calls_in_a_row_that_are_unknown_end_the_run(make_add, server):
    """
    Also where they leave one by one.
    """

    def hear(**given): ...

    add = make_add()
    server.faults[:] = ["closed", "closed"]
    signals.after_task_publish.connect(hear, weak=False)
    try:
        report = send_many(add, ROWS)
    finally:
        signals.after_task_publish.disconnect(hear)

    assert report.unknown.ranges == (range(2),)
    assert report.total == 2


def test_an_old_redis_client_wants_to_know_the_command():
    """
    redis-py before 5.3 asks for the name of the command.
    """

    class OldPool:
        """
        A pool as it was.
        """

        def get_connection(self, command_name):
            """
            Give a connection for a command.
            """
            return command_name

    assert writing._taken(OldPool()) == "LPUSH"


def test_ctrl_c_while_redis_has_the_batch_is_unknown(make_add, server, monkeypatch):
    """
    The connection is closed, since half an answer may be on it: nobody after this reads that.
    """
    add = make_add()
    own = writing._command
    rounds = iter(range(9))

    def command(key, pushes):
        if next(rounds) == 1:
            raise KeyboardInterrupt
        return own(key, pushes)

    monkeypatch.setattr(writing, "_command", command)

    with pytest.raises(KeyboardInterrupt) as stop:
        send_many(add, ROWS, batch_size=5)

    report = BulkReport.of(stop.value)
    assert report.sent.ranges == (range(5),)
    assert report.unknown.ranges == (range(5, 10),)
    assert send_many(add, ROWS).complete


def test_an_error_of_the_iterable_comes_before_one_of_the_broker(make_add, server):
    """
    What had been taken could not leave: the report says so, and the first error comes out.
    """
    add = make_add()
    server.faults[:] = ["-OOM no memory"]

    def rows():
        yield from ROWS[:3]
        message = "the database went away"
        raise OSError(message)

    with pytest.raises(OSError, match="the database went away") as stop:
        send_many(add, rows())

    report = BulkReport.of(stop.value)
    assert report.not_sent.ranges == (range(3),)
    assert report.error.outcome == "not_sent"


def test_a_wrapped_method_of_kombus_is_noticed(make_add, server, monkeypatch):
    """
    A package that wraps how kombu writes to Redis is called for each message.
    """
    seen = []
    kombus = kombu.transport.redis.Channel._put

    @wraps(kombus)
    def put(self, queue, message, **options):
        seen.append(queue)
        return kombus(self, queue, message, **options)

    monkeypatch.setattr(kombu.transport.redis.Channel, "_put", put)
    send_many(make_add(), ROWS)

    assert seen == ["work"] * len(ROWS)
