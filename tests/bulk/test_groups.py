"""
Groups of many leave together: what their handles know, what is told when a broker fails.
"""

import json
import pickle
import threading

import pytest
from celery import Task, signals
from celery import group as celerys_group
from celery.exceptions import TimeoutError as NotInTime
from celery.result import AsyncResult, GroupResult
from kombu.exceptions import EncodeError

from celerykit import (
    BulkReport,
    GetInEventLoopWarning,
    GroupHandle,
    GroupPublishError,
    Handle,
    ResultUnavailable,
    allow_blocking_get,
    call,
    chunks,
    group,
    remote,
    send_many,
    step,
    xmap,
)
from celerykit.bulk import _in_order as in_order
from celerykit.bulk._sent_group import SentGroup

from .amqp_server import amqp_server

SIZE = 12
FAST = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def members(task, size=SIZE):
    """
    A group of calls of a task with two numbers each.
    """
    return group(call(task, number, 10) for number in range(size))


def finish(app, task_ids, state="SUCCESS"):
    """
    Keep a result for each id, as a worker does: its place, or an error that names it.
    """
    for number, task_id in enumerate(task_ids):
        if state == "SUCCESS":
            app.backend.mark_as_done(task_id, number)
        else:
            app.backend.mark_as_failure(task_id, ValueError(number))


def test_a_group_of_many_leaves_together(add, messages):
    """
    Its members are told apart by their place, and all belong to one group.
    """
    handle = members(add).send()

    sent = messages()
    assert isinstance(handle, SentGroup)
    assert isinstance(handle, GroupHandle)
    assert [each.headers["group_index"] for each in sent] == [*range(SIZE)]
    assert {each.headers["group"] for each in sent} == {handle.id}
    assert [each.headers["id"] for each in sent] == [each.id for each in handle]
    assert len(handle) == SIZE
    assert repr(handle) == f"<GroupHandle {handle.id}: {SIZE} calls>"


def test_the_handle_holds_celerys_own_results(app, add):
    """
    They are made when they are asked for, once, and are those of Celery's own group.
    """
    handle = members(add).send()

    result = handle.async_result
    assert type(result) is app.GroupResult
    assert isinstance(result, GroupResult)
    assert result is handle.async_result
    assert [each.async_result for each in handle] == result.results
    assert handle[3].async_result is result.results[3]
    assert isinstance(handle[3], Handle)
    assert type(result.results[3]) is type(add.AsyncResult("1"))
    assert handle == GroupHandle([], tuple, result)
    assert hash(handle) == hash(GroupHandle([], tuple, result))


def test_what_waits_for_all_of_them_is_told(app, add, messages, monkeypatch):
    """
    GroupResult.then() is called when the last one is there, as with Celery's own group.
    """
    monkeypatch.setattr(type(app.backend), "is_async", True)  # which alone calls it
    handle = members(add).send()
    told = []
    handle.async_result.then(told.append)
    finish(app, [each.headers["id"] for each in messages()])

    for each in handle:
        assert told == []
        each.get(timeout=30)

    assert len(told) == 1


def test_a_group_result_can_be_saved(app, add):
    """
    It is restored from the backend as Celery's own is.
    """
    handle = members(add).send()

    handle.async_result.save()

    assert app.GroupResult.restore(handle.id) == handle.async_result


def test_a_handle_can_be_pickled(add):
    """
    It arrives as a group like any other.
    """
    handle = members(add).send()

    arrived = pickle.loads(pickle.dumps(handle))  # noqa: S301 - made here

    assert type(arrived) is GroupHandle
    assert arrived == handle
    assert [each.id for each in arrived] == [each.id for each in handle]


def test_members_may_ignore_their_results(add):
    """
    Who reads the group is told at once, by the first of those members.
    """
    handle = group(call(add, 1, number).ignore_result() for number in range(SIZE)).send()

    with pytest.raises(ResultUnavailable, match="ignore_result"):
        handle.get(timeout=30)
    assert all(each.async_result.ignored for each in handle)


def test_a_remote_task_may_be_a_member(app, messages):
    """
    A task that lives elsewhere is sent by its name, and its results are of the app.
    """

    @remote("elsewhere.mul", app=app)
    def mul(x, y):
        raise NotImplementedError

    handle = members(mul).send()
    finish(app, [each.headers["id"] for each in messages()])

    assert handle.get(timeout=30) == [*range(SIZE)]


class Noted(AsyncResult):
    """
    A result class of a project's own.
    """


class Noting(Task):
    """
    A task with results of its own class.
    """

    def AsyncResult(self, task_id, **options):  # noqa: N802 - Celery's
        """
        Make one.
        """
        return Noted(task_id, backend=self.backend, app=self.app, **options)


def test_a_tasks_own_results_are_kept(app):
    """
    A task that makes its results itself makes those of a group too.
    """

    @app.task(base=Noting, name="shop.noted")
    def noted(x, y):
        return x

    handle = members(noted).send()

    assert {type(each.async_result) for each in handle} == {Noted}


class Tagging(Task):
    """
    A task of a project's own, which marks what it sends, and returns nothing.
    """

    def apply_async(self, args=None, kwargs=None, **options):
        """
        Send with a header that depends on the arguments.
        """
        headers = {**(options.pop("headers", None) or {}), "first": args[0]}
        super().apply_async(args, kwargs, headers=headers, **options)


def test_a_projects_own_apply_async_sends_each_member(app, messages):
    """
    It is asked for each, whatever it returns: Celery's group does not look at that either.
    """

    @app.task(base=Tagging, name="shop.tagged")
    def tagged(x, y):
        return x

    handle = members(tagged).send()

    sent = messages()
    assert [each.headers["first"] for each in sent] == [*range(SIZE)]
    assert [each.headers["id"] for each in sent] == [each.id for each in handle]


def test_what_json_cannot_take_the_short_way_is_left_to_celery(app, messages):
    """
    A member whose value is none of JSON's is the serializer's affair; those before it have left.
    """
    app.conf.celerykit = {"severity": {"CK303": "off"}}

    @app.task(name="shop.same")
    def same(value):
        return value

    values = [1, 2, 3, 4, {5}, 6]
    with pytest.raises(GroupPublishError) as caught:
        group(call(same, value) for value in values).send()

    assert isinstance(caught.value.__cause__, EncodeError)
    assert caught.value.side == "message"
    report = BulkReport.of(caught.value)
    assert report is not None
    assert [*report.sent] == [0, 1, 2, 3]
    assert [*report.not_sent] == [4, 5]
    assert [each.headers["id"] for each in messages()] == report.ids[:4]


@pytest.fixture
def refusing(make_app, server):
    """
    A task of an app on a Redis that fails to order.
    """
    app = make_app(
        broker_url=server.url,
        task_default_queue="work",
        task_publish_retry_policy=FAST,
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


def test_a_broker_that_fails_in_the_middle_is_told_exactly(refusing, server):
    """
    How many members were sent, how many may have been, how many were not; and which.
    """
    server.faults[:] = ["", "lost", "-ERR no"]

    with pytest.raises(GroupPublishError) as caught:
        members(refusing, 2_400).send()

    error = caught.value
    assert (error.outcome, error.sent, error.unknown, error.not_sent) == ("unknown", 500, 500, 1400)
    report = BulkReport.of(error)
    assert report is not None
    assert report.sent.ranges == (range(500),)
    assert report.unknown.ranges == (range(500, 1000),)
    assert report.not_sent.ranges == (range(1000, 2400),)
    assert len(server.pushed("work")) == 1000
    assert [json.loads(each)["headers"]["id"] for each in server.pushed("work")] == report.ids[
        :1000
    ]
    assert str(error).startswith(
        "of 2,400 calls 500 were sent, 500 may have been, and 1,400 were not: "
    )


def test_a_broker_that_refuses_all_got_nothing(refusing, server):
    """
    Then it is safe to send the group again.
    """
    server.faults[:] = ["-ERR no"]

    with pytest.raises(GroupPublishError, match="not sent, and safe to send again") as caught:
        members(refusing).send()

    assert (caught.value.outcome, caught.value.not_sent) == ("not_sent", SIZE)
    assert server.pushed("work") == []
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made here
    assert (str(copy), copy.not_sent) == (str(caught.value), SIZE)
    assert BulkReport.of(copy) is None


def test_a_small_group_tells_how_far_it_came(refusing, server):
    """
    Celery sends it, one member after the other; what happened to the one on its way is not known.
    """
    server.faults[:] = ["", "lost"]

    with pytest.raises(GroupPublishError) as caught:
        members(refusing, 3).send()

    assert (caught.value.sent, caught.value.unknown, caught.value.not_sent) == (1, 1, 1)
    report = BulkReport.of(caught.value)
    assert report is not None
    assert [*report.unknown] == [1]


def test_a_small_group_of_which_nothing_left_says_so(make_app):
    """
    Nobody listened, or the configuration names no broker: then nothing is unknown.
    """
    for url, side in (("redis://127.0.0.1:1/0", "broker"), ("rediss3://h", "configuration")):
        app = make_app(broker_url=url, task_publish_retry_policy=FAST)

        @app.task(name="shop.add")
        def add(x, y):
            raise NotImplementedError

        with pytest.raises(GroupPublishError, match="not sent, and ") as caught:
            members(add, 2).send()

        assert (caught.value.outcome, caught.value.not_sent, caught.value.side) == (
            "not_sent",
            2,
            side,
        )


class _Apart(Task):
    """
    Sends by a way of its own, which is not the group's.
    """

    def apply_async(self, *args, producer=None, **options):
        """
        Leave the group's producer out.
        """
        return super().apply_async(*args, **options)


class _Twice(Task):
    """
    Sends a second message first.
    """

    def apply_async(self, *args, producer=None, **options):
        """
        Tell of the call, and make it.
        """
        self.app.send_task("shop.audit", producer=producer)
        return super().apply_async(*args, producer=producer, **options)


@pytest.mark.parametrize(
    ("base", "faults", "known"),
    [
        (_Apart, ["lost"], ([], [0], [1])),
        (_Apart, ["", "lost"], ([0], [1], [])),
        (_Twice, ["", "", "-ERR no"], ([0], [], [1])),
        (_Twice, ["", "-ERR no"], ([], [], [0, 1])),
    ],
)
def test_tasks_with_a_way_of_their_own_are_counted_right(make_app, server, base, faults, known):
    """
    What leaves beside the group's own producer, or more than once, deceives nobody.
    """
    app = make_app(broker_url=server.url, task_default_queue="work", task_publish_retry_policy=FAST)

    @app.task(name="shop.add", base=base)
    def add(x, y):
        raise NotImplementedError

    server.faults[:] = faults
    with pytest.raises(GroupPublishError) as caught:
        members(add, 2).send()

    report = BulkReport.of(caught.value)
    assert ([*report.sent], [*report.unknown], [*report.not_sent]) == known


def test_a_chain_is_not_blamed_for_the_task_behind_it(refusing, server):
    """
    What fails before the message of a single task is made, fails after the chain before it left.
    """
    chain = call(refusing, 1, 2) | step(refusing, 3)
    refusing.app.conf.update(task_create_missing_queues=False)
    lost = call(refusing, 1, 2).queue("elsewhere").allow("CK226")

    with pytest.raises(GroupPublishError) as caught:
        group(chain, lost).send()

    assert caught.value.side == "message"
    report = BulkReport.of(caught.value)
    assert ([*report.sent], [*report.unknown], [*report.not_sent]) == ([0], [], [1])
    assert len(server.pushed("work")) == 1


@pytest.mark.parametrize(
    ("faults", "known"),
    [
        (["-ERR no"], ([], [0], [1])),  # of a group within, a part may have left
        (["", "", "-ERR no"], ([0], [], [1])),
    ],
)
def test_a_group_in_a_group_is_one_member(refusing, server, faults, known):
    """
    What is known of it is known of all in it.
    """
    one = call(refusing, 1, 2)
    server.faults[:] = faults

    with pytest.raises(GroupPublishError) as caught:
        group(group(one, one), one).send()

    report = BulkReport.of(caught.value)
    assert ([*report.sent], [*report.unknown], [*report.not_sent]) == known


@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_a_group_is_confirmed_where_the_app_wants_that(make_app, size):
    """
    Then no group is small enough to leave as Celery's own, of which RabbitMQ confirms nothing.
    """
    with amqp_server() as server:
        app = make_app(
            broker_url=server.url,
            task_default_queue="work",
            celerykit={"confirm": True},
        )

        @app.task(name="shop.add")
        def add(x, y):
            raise NotImplementedError

        handle = members(add, size).send()

        assert [each.id for each in handle] == [
            message.properties["correlation_id"] for message in server.wait(size)
        ]
        server.faults[:] = [*([""] * (size - 1)), "nack"]
        with pytest.raises(GroupPublishError) as caught:
            members(add, size).send()

        assert (caught.value.sent, caught.value.unknown) == (size - 1, 1)


@pytest.mark.parametrize(
    ("faults", "known"),
    [
        (["", "", "-ERR no"], ([0, 1], [], [2, 3, 4, 5])),
        (["", "", "", "", "-ERR no"], ([0, 1, 2, 3], [], [4, 5])),
        (["", "", "", "", "lost"], ([0, 1, 2, 3], [4], [5])),
        (["-ERR no"], ([], [], [0, 1, 2, 3, 4, 5])),
        (["lost"], ([], [0], [1, 2, 3, 4, 5])),
    ],
)
def test_a_group_of_flows_tells_how_far_it_came(refusing, server, faults, known):
    """
    Celery sends the members one after the other: what left before, and what came no more, is known.
    """
    server.faults[:] = faults
    one = call(refusing, 1, 2)
    chain = one | step(refusing, 3)

    with pytest.raises(GroupPublishError) as caught:
        group(chain, one, chain, chain, one, one).send()

    report = BulkReport.of(caught.value)
    assert report is not None
    assert ([*report.sent], [*report.unknown], [*report.not_sent]) == known


def test_an_interrupt_while_a_member_is_written_leaves_it_unknown(refusing, server, monkeypatch):
    """
    Ctrl-C in the middle of a write says nothing about what the broker has.
    """

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("kombu.transport.redis.Channel._put", stop)

    with pytest.raises(KeyboardInterrupt) as caught:
        members(refusing, 2).send()

    report = BulkReport.of(caught.value)
    assert report is not None
    assert ([*report.unknown], [*report.not_sent]) == ([0], [1])


def interrupted(add, at):
    """
    The report of three members, of which the one *at* that place is interrupted by a receiver.
    """

    def stop(body, **_):
        if body[0][0] == at:
            raise KeyboardInterrupt

    signals.before_task_publish.connect(stop, weak=False)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            members(add, 3).send()
    finally:
        signals.before_task_publish.disconnect(stop)

    report = BulkReport.of(caught.value)
    assert report is not None
    return report


def test_another_error_in_a_small_group_has_a_report_too(app, add, messages):
    """
    What a receiver of a signal raises comes out as it is.
    """
    report = interrupted(add, 1)

    assert ([*report.sent], [*report.not_sent]) == ([0], [1, 2])
    assert len(messages()) == 1


def test_an_interrupt_in_a_chain_leaves_it_unknown(app, add):
    """
    It leaves by another way than the group's own, so that nobody has counted it.
    """

    def stop(**_):
        raise KeyboardInterrupt

    signals.before_task_publish.connect(stop)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            group(call(add, 1, 2) | step(add, 3), call(add, 1, 2)).send()
    finally:
        signals.before_task_publish.disconnect(stop)

    report = BulkReport.of(caught.value)
    assert ([*report.unknown], [*report.not_sent]) == ([0], [1])


def test_an_interrupt_after_all_have_left_claims_nothing(app, add, monkeypatch):
    """
    Where it came is not known, so that any member may have left.
    """

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "GroupResult", stop)

    with pytest.raises(KeyboardInterrupt) as caught:
        members(add, 2).send()

    assert [*BulkReport.of(caught.value).unknown] == [0, 1]


def test_events_are_no_members(make_app):
    """
    A small group with task-sent events counts its members alone.
    """
    app = make_app(task_send_sent_event=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    report = interrupted(add, 2)

    assert [*report.sent] == [0, 1]


def test_an_interrupt_has_an_exact_report(add, messages):
    """
    Ctrl-C in a group of many comes out as it is, and says what has left.
    """

    def stop(body, **_):
        if body[0][0] == 7:
            raise KeyboardInterrupt

    signals.before_task_publish.connect(stop, weak=False)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            members(add).send()
    finally:
        signals.before_task_publish.disconnect(stop)

    report = BulkReport.of(caught.value)
    assert report is not None
    assert len(report.sent) == len(messages())
    assert len(report.sent) + len(report.not_sent) == report.total


ORDINARY = {
    "a flow among them": lambda add: group(
        [*[call(add, 1, 2)] * 6, call(add, 1, 2) | step(add, 3)]
    ),
    "as many tasks as members": lambda add: group(
        [*[call(add, 1, 2)] * 3, call(add, 1, 2) | step(add, 3), group([])]
    ),
    "few of them": lambda add: group([call(add, 1, 2)] * 3),
}


@pytest.mark.parametrize("make", ORDINARY.values(), ids=ORDINARY)
def test_celery_sends_what_is_more_than_calls(app, add, make):
    """
    Where a member is a flow, and where there are few, the group is Celery's own.
    """
    handle = make(add).send()

    assert type(handle) is GroupHandle
    assert len(_taken(app)) == len(handle)


def _taken(app):
    """
    All messages of an app.
    """
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        return [*iter(lambda: channel.basic_get(app.conf.task_default_queue, no_ack=True), None)]


def test_celery_sends_what_is_of_two_apps(app, make_app, add):
    """
    Members of different apps go the way that Celery sends them.
    """
    other = make_app()

    @other.task(name="shop.other")
    def foreign(x, y):
        return x

    several = group([*[call(add, 1, 2)] * 6, call(foreign, 1, 2)]).allow("CK506")

    assert type(several.send()) is GroupHandle


def test_celery_sends_what_it_finds_by_name(app, add, messages):
    """
    A task that another one has replaced, or a name that is known here: the canvas finds its own.
    """

    @remote("shop.add", app=app)
    def elsewhere(x, y):
        raise NotImplementedError

    assert type(members(elsewhere).send()) is GroupHandle
    assert len(messages()) == SIZE


def test_an_eager_app_runs_a_group_of_many(make_app):
    """
    With task_always_eager all run at once, and their results are there.
    """
    app = make_app(task_always_eager=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    assert members(add).send().get(timeout=0) == [number + 10 for number in range(SIZE)]


def test_calls_of_one_task_for_many_items_travel_together(app, messages):
    """
    chunks() makes a group of such calls; send_many() takes them too.
    """

    @app.task(name="shop.double")
    def double(x):
        return 2 * x

    chunks(double, [(number,) for number in range(20)], 2).send()
    in_a_group = messages()
    report = send_many(xmap(double, [number]) for number in range(SIZE))
    ours = messages()
    for number in range(SIZE):
        xmap(double, [number]).send()

    assert [each.headers["task"] for each in in_a_group] == ["celery.starmap"] * 10
    assert [(each.body, each.headers["kwargsrepr"]) for each in ours] == [
        (each.body, each.headers["kwargsrepr"]) for each in messages()
    ]
    assert report.complete


def test_the_results_come_in_order(app, add, messages):
    """
    A list if the group was made of an iterable, a tuple if it was written out; again and again.
    """
    listed, written = members(add).send(), group(*[call(add, 1, 2)] * SIZE).send()
    sent = [each.headers["id"] for each in messages()]
    finish(app, sent[:SIZE])
    finish(app, sent[SIZE:])

    assert listed.get(timeout=30) == listed.get(timeout=None) == [*range(SIZE)]
    assert written.get(timeout=30) == tuple(range(SIZE))


def test_what_was_read_is_not_asked_for_again(app, add, messages):
    """
    Once all are there, they are known without the backend, to the handles of the members too.
    """
    handle = members(add).send()
    ids = [each.headers["id"] for each in messages()]
    finish(app, ids)

    found = handle.get(timeout=30)
    for task_id in ids:
        app.backend.delete(app.backend.get_key_for_task(task_id))

    assert handle.get(timeout=0) == found
    assert [each.get(timeout=0) for each in handle] == found
    assert handle.get(timeout=0) == found


def test_handles_that_were_made_know_what_was_read(app, add, messages):
    """
    So it is when the handles are there before the group is read.
    """
    handle = members(add).send()
    each_of_them = [*handle]
    ids = [each.headers["id"] for each in messages()]
    finish(app, ids)
    assert each_of_them[2].get(timeout=30) == 2

    found = handle.get(timeout=30)
    for task_id in ids:
        app.backend.delete(app.backend.get_key_for_task(task_id))

    assert [each.get(timeout=0) for each in each_of_them] == found == [*range(SIZE)]


@pytest.mark.parametrize("made", [False, True], ids=["", "with handles"])
def test_the_first_failure_in_order_is_raised(app, add, messages, made):
    """
    It is the task's own exception, once all before it have succeeded, whatever comes after it.
    """
    handle = members(add).send()
    _ = [*handle] if made else []
    ids = [each.headers["id"] for each in messages()]
    finish(app, ids[4:6], "FAILURE")

    with pytest.raises(NotInTime, match=r"^The operation timed out\.$"):
        handle.get(timeout=0.01)
    finish(app, ids[:4])
    with pytest.raises(ValueError, match=r"^0$"):
        handle.get(timeout=30)
    with pytest.raises(ValueError, match=r"^0$"):
        handle[4].get(timeout=0)


def test_a_group_that_is_not_there_is_not_waited_for(add):
    """
    0 takes what is there; what is no time is refused.
    """
    handle = members(add).send()

    with pytest.raises(NotInTime):
        handle.get(timeout=0)
    with pytest.raises(TypeError, match="timeout="):
        handle.get(timeout="1")
    with pytest.raises(ValueError, match="no time"):
        handle.get(timeout=float("nan"))


def test_a_group_may_be_read_in_another_thread(app, add, messages):
    """
    Whoever sent it.
    """
    handle = members(add).send()
    found = []
    thread = threading.Thread(target=lambda: found.append(handle.get(timeout=30)))
    thread.start()
    finish(app, [each.headers["id"] for each in messages()])
    thread.join()

    assert found == [[*range(SIZE)]]


def test_who_waits_in_a_task_is_told_as_of_single_reads(app, add, denied):
    """
    In a running task Celery refuses, unless it is allowed; results that are there are returned.
    """
    handle = members(add).send()
    finish(app, [each.headers["id"] for each in _taken(app)])

    with denied():
        with pytest.raises(RuntimeError, match=r"Never call result\.get"):
            handle.get(timeout=30)
        with allow_blocking_get():
            assert handle.get(timeout=30) == [*range(SIZE)]


def test_a_group_that_a_task_sends_is_its_child(app, add):
    """
    One child, the group, with its members; and whoever waits there is warned as ever.
    """

    @app.task(name="shop.many", bind=True)
    def many(self):
        handle = members(add).send()
        (child,) = self.request.children
        assert child is handle.async_result
        finish(app, [each.headers["id"] for each in _taken(app)])
        with allow_blocking_get():
            return handle.get(timeout=30)

    assert many.apply().get() == [*range(SIZE)]


def test_who_waits_in_an_event_loop_is_warned(app, add):
    """
    Once, at the line that reads.
    """
    asyncio = pytest.importorskip("asyncio")
    handle = members(add).send()
    finish(app, [each.headers["id"] for each in _taken(app)])

    async def read():
        """
        Wait in the loop.
        """
        return handle.get(timeout=30)

    with pytest.warns(GetInEventLoopWarning) as told:
        assert asyncio.run(read()) == [*range(SIZE)]
    assert [each.filename for each in told] == [__file__]


def test_a_chain_before_a_group_is_looked_at_too(app, add, work, set_current):
    """
    Where an earlier step may fail, each member is waited for in Celery's own way.
    """
    set_current(app)

    @app.task(name="shop.boom")
    def boom():
        raise ValueError("boom")

    handle = call(boom).then(group(call(add, 1, 2) for _ in range(SIZE))).send()
    work(app)

    with pytest.raises(ValueError, match="boom"):
        handle.get(timeout=30)


def test_another_kind_of_backend_is_read_in_its_own_way(app, add, monkeypatch, messages):
    """
    A backend with another get_many than Celery's is asked as ever.
    """
    handle = members(add).send()
    finish(app, [each.headers["id"] for each in messages()])
    monkeypatch.setattr(in_order, "_get_many", None)

    assert handle.get(timeout=30) == [*range(SIZE)]


def test_a_celery_whose_results_are_known_in_another_way(app, add, monkeypatch, messages):
    """
    Then they read by themselves what the group has read before.
    """
    handle = members(add).send()
    finish(app, [each.headers["id"] for each in messages()])
    monkeypatch.delattr(AsyncResult, "_maybe_set_cache")

    assert handle.get(timeout=30) == [*range(SIZE)]
    assert in_order.settle(handle[0].async_result, {}) is None


def test_celerys_own_group_says_the_same(app, add, messages, meaning):
    """
    Message by message, as Celery sends it.
    """
    members(add).send()
    ours = [meaning(each) for each in messages()]
    celerys_group([add.si(number, 10) for number in range(SIZE)]).apply_async()
    theirs = [meaning(each) for each in messages()]
    for each in (*ours, *theirs):
        each["headers"].pop("group")

    assert ours == theirs
