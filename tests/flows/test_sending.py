"""
A send of a flow: what leaves, with which options, and what comes back.
"""

import warnings

import pytest
from celery.exceptions import Ignore, Reject
from celery.exceptions import TimeoutError as NotInTime
from celery.result import AsyncResult, GroupResult

from celerykit import (
    CallRejected,
    CallWarning,
    GroupHandle,
    Handle,
    Priority,
    ResultBackendNotConfigured,
    call,
    chunks,
    fan,
    from_signature,
    group,
    guard,
    remote,
    step,
)


@pytest.fixture
def flow(shop):
    """
    A flow with a bit of everything.
    """
    wide = fan(step(shop.add, 1), step(shop.add, 2) | step(shop.same))
    return call(shop.add, 1, 2) | wide | step(shop.total)


def test_a_flow_is_sent_from_many_threads(shop, flow, at_once, work, published):
    """
    A flow can be shared between threads: each send has its own ids and the right result.
    """
    handles = [
        handle for some in at_once(lambda _: [flow.send() for _ in range(2)]) for handle in some
    ]

    work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [9] * 16
    assert len({handle.id for handle in handles}) == 16
    assert len({sent.headers["id"] for sent in published}) == len(published) == 80


def test_handles_wrap_celerys_results(shop, flow):
    """
    A flow gives a handle on its last task, a group one that holds those of its members.
    """
    last, several = flow.send(), group(call(shop.add, 1, 2), flow).send()

    assert isinstance(last, Handle)
    assert isinstance(last.async_result, AsyncResult)
    assert isinstance(several, GroupHandle)
    assert isinstance(several.async_result, GroupResult)
    assert [type(handle) for handle in several] == [Handle, Handle]
    assert several.id == several.async_result.id
    assert several[1] == [*several][1] != several[0]
    assert repr(several) == f"<GroupHandle {several.id}: 2 calls>"
    assert several == GroupHandle([], tuple, several.async_result)
    assert several != last
    assert len({several, GroupHandle([], tuple, several.async_result)}) == 1


def test_a_group_is_read_within_its_time(shop):
    """
    One timeout is for all members together; what is no time is refused.
    """
    several = group(call(shop.add, 1, 2), call(shop.add, 3, 4)).send()

    for timeout in (0, 0.05):
        with pytest.raises(NotInTime):
            several.get(timeout=timeout)
    with pytest.raises(TypeError, match="timeout="):
        several.get(timeout="1")
    with pytest.raises(ValueError, match="no time"):
        several.get(timeout=float("nan"))


def test_a_group_that_is_there_is_read_at_once(shop, work):
    """
    Results that are there are read without waiting, with any timeout.
    """
    several = group(call(shop.add, 1, 2), call(shop.add, 3, 4)).send()
    work(shop.app)

    assert several.get(timeout=0) == several.get(timeout=5) == several.get(timeout=None) == (3, 7)


def test_no_backend_is_named(make_app):
    """
    Without a result backend a chain and a group are sent; who reads them is told why not.
    """
    app = make_app(result_backend=None)

    @app.task(name="shop.one")
    def one(value=1):
        return value

    flows = [
        call(one) | step(one),
        group(call(one), call(one)),
        call(one) | fan(step(one), step(one)),
    ]

    for flow in flows:
        with pytest.raises(ResultBackendNotConfigured):
            flow.send().get(timeout=5)


def test_words_of_priority_are_translated_for_each_task(shop, published):
    """
    A word of priority, a redacted argument and a stamp are put in Celery's form in a flow too.
    """
    group(
        call(shop.add, 1, 2).priority(Priority.HIGHEST),
        call(shop.add, 3, y=4).redact("y").stamp(tenant="acme"),
    ).send()

    assert published[0].priority == 9
    assert published[1].headers["kwargsrepr"] == "{'y': ***}"
    assert published[1].headers["stamps"] == {"tenant": "acme"}


def test_the_guard_lets_flows_pass(shop, flow, work, published):
    """
    With a guard on the app nothing of a flow is checked again, nor complained of.
    """
    watching = guard(shop.app, action="raise")
    doubtful = call(shop.same, (1, 2)).allow("CK302")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        handles = [
            flow.send(),
            (doubtful | step(shop.same)).send(),
            group(doubtful, doubtful).send(),
        ]
        work(shop.app)
    watching.remove()

    assert [handle.get(timeout=0) for handle in handles] == [9, [1, 2], ([1, 2], [1, 2])]


def test_the_guard_sees_what_a_task_sends_on_the_way(shop, make_app):
    """
    What the apply_async() of a project's own class sends beside the flow is checked.
    """
    app = make_app()

    class Twice(app.Task):
        def apply_async(self, *args, **options):
            app.send_task("shop.audit", count_down=3)
            return super().apply_async(*args, **options)

    @app.task(name="shop.twice", base=Twice)
    def twice(value=1):
        return value

    watching = guard(app)
    with pytest.warns(CallWarning, match=r"shop\.audit: CK201"):
        (call(twice) | step(twice)).send()
    watching.remove()


def test_a_doubtful_task_warns_and_is_sent(shop, published):
    """
    A finding of level warning is told at the caller's line for each task; the flow leaves.
    """
    flow = call(shop.same, (1, 2)) | step(shop.same)

    with pytest.warns(CallWarning, match="CK302") as caught:
        flow.send()

    assert [warning.filename for warning in caught] == [__file__]
    assert len(published) == 1


def test_tasks_elsewhere_are_sent_by_the_app_of_the_flow(shop, messages):
    """
    A remote task without an app goes with those that have one, even if no app is current.
    """

    @remote("elsewhere.mul")
    def mul(x, y=2):
        raise NotImplementedError

    group(call(mul, 3), call(shop.add, 1, 2)).send()
    (call(mul, 3) | step(mul, 4)).send()

    assert [sent.headers["task"] for sent in messages()] == [
        "elsewhere.mul",
        "shop.add",
        "elsewhere.mul",
    ]


def test_celerys_own_tasks_go_the_way_of_those_before_them(shop, work, published):
    """
    Where a flow needs a task of Celery's own, it goes to the queue of the task before it.
    """
    inner = group(call(shop.add, 1, 2).queue("high"), call(shop.add, 3, 4).queue("high"))

    handle = (group(inner, call(shop.same, 1)) | step(shop.same)).send()
    work(shop.app)

    assert handle.get(timeout=0) == [[3, 7], 1]
    ways = {sent.task: sent.queue for sent in published}
    assert ways["celery.accumulate"] == "high"


def test_celerys_own_tasks_follow_the_routes_of_others(make_app, set_current, work, published):
    """
    So they do where the task before them is routed by its name.
    """
    app = make_app(task_routes={"shop.routed": {"queue": "routes"}})
    set_current(app)

    @app.task(name="shop.routed")
    def routed():
        return 1

    group(group(call(routed), call(routed)), call(routed)).send()
    work(app)

    assert {sent.queue for sent in published} == {"routes"}
    assert "celery.accumulate" in {sent.task for sent in published}


def test_a_flow_runs_here_and_now(shop, flow):
    """
    `.apply()` gives the results at once, in the shapes that a send would.
    """
    several = group(flow, call(shop.same, 1)).apply()

    assert flow.apply().get(timeout=0) == 9
    assert several.get(timeout=0) == (9, 1)
    assert [handle.get(timeout=0) for handle in several] == [9, 1]
    assert group([]).apply().get(timeout=0) == []


@pytest.mark.parametrize("end", ["a task", "a group"])
def test_an_applied_flow_ends_at_the_first_error(shop, end):
    """
    The error of a task waits in the handle, and nothing after it has run.
    """
    later = call(shop.note, "later")
    after = later if end == "a task" else group(later, later)
    flows = [
        call(shop.boom).then(after),
        group(call(shop.same, 1), call(shop.boom)).then(after),
        group(group(call(shop.boom), call(shop.same, 1)), call(shop.same, 1)).then(after),
    ]

    for flow in flows:
        handle = flow.apply()
        with pytest.raises(ValueError, match=r"^boom$"):
            handle.get(timeout=0)
    assert shop.given == []


@pytest.mark.parametrize("error", [Ignore(), Reject("no")], ids=["Ignore", "Reject"])
def test_nothing_runs_after_a_task_that_has_no_result(shop, work, error):
    """
    Ignored or rejected, a task passes nothing on: applied as in a worker.
    """

    @shop.app.task(name="shop.gives_up")
    def gives_up():
        raise error

    one = call(gives_up)
    flows = [one | step(shop.note), one.then(call(shop.note)), group(one, one) | step(shop.note)]

    for flow in flows:
        flow.apply()
        flow.send()
    work(shop.app)

    assert shop.given == []


def test_an_eager_app_runs_flows(shop):
    """
    With task_always_eager a send runs the flow at once, as Celery does with its own.
    """
    shop.app.conf.task_always_eager = True
    flow = call(shop.add, 1, 2) | fan(step(shop.add, 1), step(shop.add, 2)) | step(shop.total)

    assert flow.send().get(timeout=0) == 9
    assert group(call(shop.add, 1, 2), call(shop.add, 3, 4)).send().get(timeout=0) == (3, 7)


def test_signatures_of_flows_are_celerys(shop, work):
    """
    A canvas of a flow can be part of one of Celery's, and waits for a value if the flow does.
    """
    waiting = (step(shop.add, 1) | step(shop.add, 2)).signature()
    wide = fan(step(shop.add, 1), step(shop.add, 2)).signature()
    single = from_signature(shop.add.s(1, 2), returns=int).signature()

    results = [
        (shop.same.si(10) | waiting).apply_async(),
        (shop.same.si(10) | wide | shop.total.s()).apply_async(),
        single.apply_async(),
        group([]).signature().apply_async(),
        call(shop.same, 0).then(group([call(shop.same, 5)])).signature().apply_async(),
        call(shop.same, 0).then(group([group([call(shop.same, 5)])])).signature().apply_async(),
    ]
    work(shop.app)

    assert [result.get() for result in results] == [13, 23, 3, [], [5], [[5]]]


def test_many_rows_are_a_group(shop, work):
    """
    A group that was made of rows is read like any other.
    """
    handle = chunks(shop.add, [(n, n) for n in range(5)], 2).send()
    work(shop.app)

    assert handle.get(timeout=0) == [[0, 2], [4, 6], [8]]


def test_ids_of_a_flow_are_remembered(shop):
    """
    An id that a member had is known to a single call later.
    """
    group(call(shop.add, 1, 2).task_id("remembered-1"), call(shop.add, 3, 4)).send()

    with pytest.raises(CallRejected, match="CK217"):
        call(shop.add, 1, 2).task_id("remembered-1").send()


def test_a_failed_publish_is_the_callers(shop, monkeypatch):
    """
    When the broker fails, its error is raised, and the guard is as before.
    """

    def fail(*_args, **_options):
        raise ConnectionRefusedError

    monkeypatch.setattr(shop.app.amqp, "send_task_message", fail)
    with pytest.raises(ConnectionRefusedError):
        (call(shop.add, 1, 2) | step(shop.add, 3)).send()
    monkeypatch.undo()

    watching = guard(shop.app)
    with pytest.warns(CallWarning, match="CK201"):
        shop.add.apply_async((1, 2), count_down=3)
    watching.remove()
