"""
What Celery's canvas does to the unwary, and what celerykit does instead: each trap has both.
"""

from datetime import datetime, timedelta, timezone

import celery
import pytest
from celery.exceptions import ChordError

from celerykit import (
    CallRejected,
    ResultUnavailable,
    call,
    fan,
    from_signature,
    group,
    step,
)
from celerykit.testing import capture

# --- options -------------------------------------------------------------------------------------


def queues(published):
    """
    The queue of each task, in the order of sending.
    """
    return [(sent.task.rpartition(".")[2], sent.queue) for sent in published]


def test_harm_options_of_a_chain_reach_its_first_task_alone(shop, published, work):
    """
    Celery gives the options of apply_async() to the first task, and nothing to the others.
    """
    celery.chain(shop.add.s(1, 2), shop.add.s(3), shop.same.s()).apply_async(queue="high")

    work(shop.app)

    default = shop.app.conf.task_default_queue
    assert queues(published) == [("add", "high"), ("add", default), ("same", default)]


def test_defaults_reach_every_task(shop, published, work):
    """
    Each task of a flow gets them, later steps, members, bodies and callbacks' parents included.
    """
    flow = (
        call(shop.add, 1, 2)
        | fan(step(shop.add, 3), step(shop.add, 4).queue("own"))
        | step(shop.total)
        | step(shop.same)
    ).defaults(queue="high", priority=3, headers={"tenant": "acme"})

    handle = flow.send()
    work(shop.app)

    assert handle.get(timeout=0) == 13
    assert queues(published) == [
        ("add", "high"),
        ("add", "high"),
        ("add", "own"),
        ("accumulate", "high"),
        ("total", "high"),
        ("same", "high"),
    ]
    own = [sent for sent in published if sent.task != "celery.accumulate"]
    assert {sent.priority for sent in own} == {3}
    assert {sent.headers["tenant"] for sent in own} == {"acme"}


def test_harm_a_body_in_a_chain_loses_its_priority(shop, published, work):
    """
    A worker that sends a chord gives its body the priority None, whatever it was given before.
    """
    urgent = shop.total.s().set(priority=9)
    (shop.same.si(1) | celery.group(shop.add.si(1, 2), shop.add.si(3, 4)) | urgent).apply_async()

    work(shop.app)

    assert [(sent.task, sent.priority) for sent in published][-1] == ("shop.total", None)


@pytest.mark.parametrize("body", ["its own", "its task's", "in a group", "a closed one"])
def test_a_body_keeps_its_priority(shop, published, work, body):
    """
    The task that waits for a group has its own priority, wherever the group is.
    """
    shop.total.priority = 9 if body == "its task's" else None
    last = step(shop.total) if body == "its task's" else step(shop.total).priority(9)
    several = group(call(shop.add, 1, 2), call(shop.add, 3, 4))
    closed = several.then(call(shop.same, 5).priority(9))
    chord = closed if body == "a closed one" else several | last
    flow = call(shop.same, 1).then(group(chord, chord) if body == "in a group" else chord)

    handle = flow.send()
    work(shop.app)

    value = 5 if body == "a closed one" else 10
    assert handle.get(timeout=0) == ((10, 10) if body == "in a group" else value)
    own = [sent for sent in published if sent.task != "celery.accumulate"]
    ends = [sent for sent in own if sent.priority == 9]
    assert len(ends) == (2 if body == "in a group" else 1)


def test_harm_options_of_a_group_overrule_its_members_own(shop, published):
    """
    Celery puts the options of apply_async() above those that a member was given before.
    """
    celery.group(shop.add.s(1, 2).set(queue="own"), shop.add.s(3, 4)).apply_async(queue="high")

    assert queues(published) == [("add", "high"), ("add", "high")]


def test_a_members_own_options_are_kept(shop, published):
    """
    What a task has set itself is what it is sent with; what belongs together stays together.
    """
    members = group(
        call(shop.add, 1, 2).queue("own").time_limit(5).headers(a=1),
        call(shop.add, 3, 4).exchange("parcels").routing_key("heavy").allow("CK227"),
        call(shop.add, 5, 6),
    )

    members.defaults(queue="high", time_limit=60, headers={"a": 0, "b": 0}).send()

    assert queues(published) == [("add", "own"), ("add", "heavy"), ("add", "high")]
    assert [sent.headers["timelimit"] for sent in published] == [
        [5, None],
        [60, None],
        [60, None],
    ]
    assert [(sent.headers["a"], sent.headers["b"]) for sent in published] == [
        (1, 0),
        (0, 0),
        (0, 0),
    ]


def test_harm_a_countdown_of_a_chord_delays_a_part_of_it(shop, published, work):
    """
    Celery gives a queue to header and body, and a countdown to one of them.
    """
    celery.chord([shop.add.s(1, 2)], shop.total.s()).apply_async(countdown=60, queue="high")

    work(shop.app)

    assert queues(published) == [("add", "high"), ("total", "high")]
    # The header alone, or, before Celery 5.7, the body alone.
    assert sorted(bool(sent.headers["eta"]) for sent in published) == [False, True]


def test_each_task_has_its_own_delay(shop, published, work):
    """
    A countdown belongs to the task that it is written on, and as a default to each.
    """
    one = call(shop.add, 1, 2)

    (group(one, one) | step(shop.total).countdown(60)).send()
    work(shop.app)
    first = [bool(sent.headers["eta"]) for sent in published]
    (group(one, one) | step(shop.total)).defaults(countdown=60).send()
    work(shop.app)

    assert first == [False, False, True]
    assert [bool(sent.headers["eta"]) for sent in published[3:]] == [True, True, True]


def test_harm_a_countdown_cannot_be_cleared(shop, published):
    """
    Celery drops options that are None, so that what was set before stays.
    """
    shop.add.s(1, 2).set(countdown=60).apply_async(countdown=None)

    assert published[0].headers["eta"] is not None


def test_what_was_set_before_stays_behind(shop, published):
    """
    A call never changes: one without the delay is still there, and a later method wins.
    """
    at_once = call(shop.add, 1, 2)
    later = at_once.countdown(60)

    at_once.send()
    later.countdown(0).send()

    assert published[0].headers["eta"] is None
    assert published[1].headers["eta"] is None


def test_harm_a_stamp_is_an_option(shop):
    """
    To Celery a stamp that is called like an option is that option, and the send fails.
    """
    chain = celery.chain(shop.add.s(1, 2), shop.add.s(3))
    chain.stamp(countdown=5)

    with pytest.raises((KeyError, TypeError)):
        chain.apply_async()


def test_stamps_reach_every_task_and_collide_with_none(shop, published, work):
    """
    A stamp as a default reaches each task; one that is called like an option is refused.
    """
    flow = call(shop.add, 1, 2) | step(shop.add, 3)

    flow.defaults(stamp={"tenant": "acme"}).send()
    work(shop.app)

    assert [sent.headers["stamps"]["tenant"] for sent in published] == ["acme", "acme"]
    with pytest.raises(CallRejected, match="CK211"):
        flow.defaults(stamp={"countdown": 5})


# --- shapes --------------------------------------------------------------------------------------


def test_harm_a_group_of_one_changes_its_shape(shop, work):
    """
    Celery passes [x] on after a group of one by itself, and x after the same group in a chain.
    """
    one = celery.group(shop.add.s(1, 2))
    results = [
        (one | shop.same.s()).apply_async(),
        celery.chain(one, shop.same.s()).apply_async(),
        (shop.same.si(0) | celery.group(shop.add.si(1, 2)) | shop.same.s()).apply_async(),
    ]

    work(shop.app)

    assert [result.get() for result in results] == [[3], 3, 3]


@pytest.mark.parametrize("written_out", [True, False])
def test_a_group_of_one_keeps_its_shape(shop, work, written_out):
    """
    A group of one comes to a list of one, wherever it stands and whoever reads it.
    """
    one = group(call(shop.add, 1, 2)) if written_out else group([call(shop.add, 1, 2)])
    before = call(shop.same, 0)
    flows = [
        one | step(shop.same),
        before.then(one) | step(shop.same),
        group(one, before) | step(shop.same),
        before.then(before.then(one)) | step(shop.same) | step(shop.same),
    ]
    handles = [flow.send() for flow in flows]
    alone, after = one.send(), before.then(one).send()

    work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [[3], [3], [[3], 0], [3]]
    assert alone.get(timeout=0) == after.get(timeout=0) == ((3,) if written_out else [3])
    assert [handle.get(timeout=0) for handle in after] == [3]


def test_harm_a_group_of_none_is_forgotten(shop, work):
    """
    Celery's versions call the task after it without an argument, or with an empty list; a chain of
    none sends nothing, and gives no result.
    """
    celery.chain(celery.group([]), shop.note.s()).apply_async()

    work(shop.app)

    assert shop.given in ([()], [([],)])
    assert celery.chain().apply_async() is None


def test_a_group_of_none_is_an_empty_list(shop, work):
    """
    A group of none comes to an empty list, wherever it stands and whoever reads it.
    """
    before, none = call(shop.same, 7), group([])
    flows = [
        none | step(shop.same),
        before.then(none) | step(shop.same),
        group(none, before) | step(shop.same),
        before.then(none).then(before),
        none | fan(step(shop.same), step(shop.same)) | step(shop.same),
        none.then(none) | step(shop.same),
    ]
    handles = [flow.send() for flow in flows]
    alone, after = none.send(), before.then(none).send()

    work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [[], [], [[], 7], 7, [[], []], []]
    assert alone.get(timeout=0) == after.get(timeout=0) == []
    assert [len(alone), *alone] == [0]


def test_harm_a_group_in_a_group_is_flattened(shop, work):
    """
    Celery makes one list of a group within a group, and not always in order.
    """
    inner = celery.group(shop.add.s(1, 2), shop.add.s(3, 4))
    result = celery.chord([inner, shop.add.s(5, 6)], shop.same.s()).apply_async()

    work(shop.app)

    assert sorted(result.get()) == [3, 7, 11]


def test_a_group_in_a_group_is_a_list_in_a_list(shop, work):
    """
    The results are as deep as the groups are written.
    """
    inner = group(call(shop.add, 1, 2), call(shop.add, 3, 4))
    nested = group(inner, call(shop.add, 5, 6))
    waited, read = (nested | step(shop.same)).send(), nested.send()

    work(shop.app)

    assert waited.get(timeout=0) == [[3, 7], 11]
    assert read.get(timeout=0) == ([3, 7], 11)
    assert [handle.get(timeout=0) for handle in read] == [[3, 7], 11]


def test_harm_a_chord_without_a_body_fails_late(shop):
    """
    Celery builds it, and cannot send it.
    """
    with pytest.raises(AttributeError):
        celery.chord([shop.add.s(1, 2)]).apply_async()


def test_a_chord_has_a_body(shop):
    """
    A group that nothing follows is a group; a signature of a chord without a body is refused.
    """
    with pytest.raises(CallRejected, match=r"CK508 .* has no body"):
        from_signature(celery.chord([shop.add.s(1, 2)]), returns=int)


# --- results -------------------------------------------------------------------------------------


def test_harm_the_result_of_an_ignoring_body_is_waited_for(shop, work):
    """
    Celery's result of a chord whose body ignores its own knows nothing of it.
    """
    result = celery.chord([shop.add.s(1, 2)], shop.total.s().set(ignore_result=True)).apply_async()

    work(shop.app)

    assert not result.ignored
    with pytest.raises(celery.exceptions.TimeoutError):
        result.get(timeout=0.1)


@pytest.mark.parametrize("shape", ["chain", "chord", "group"])
def test_a_result_that_is_not_kept_is_told_at_once(shop, shape):
    """
    Whatever ends in a task that ignores its result says so, before anyone waits for the others.
    """
    last = step(shop.total).ignore_result()
    flow = {
        "chain": call(shop.same, [1]) | last,
        "chord": group(call(shop.add, 1, 2)) | last,
        "group": group(call(shop.add, 1, 2), call(shop.add, 1, 2).ignore_result()),
    }[shape]

    with pytest.raises(ResultUnavailable, match="ignore_result"):
        flow.send().get(timeout=60)


def test_harm_a_group_with_an_ignoring_member_is_waited_for(shop, work):
    """
    Celery's join waits for a result that never comes.
    """
    result = celery.chain(
        shop.same.si(1), celery.group(shop.add.si(1, 2), shop.add.si(1, 2).set(ignore_result=True))
    ).apply_async()

    work(shop.app)

    with pytest.raises(celery.exceptions.TimeoutError):
        result.get(timeout=0.1)


def test_harm_a_group_after_a_failure_is_waited_for(shop, work):
    """
    Celery's group knows nothing of what came before it, and waits for members never sent.
    """
    result = celery.chain(shop.boom.s(), celery.group(shop.add.s(1), shop.add.s(2))).apply_async()

    work(shop.app)

    with pytest.raises(celery.exceptions.TimeoutError):
        result.get(timeout=0.1)


@pytest.mark.parametrize("members", [0, 1, 2])
def test_an_error_before_a_group_is_raised(shop, work, members):
    """
    Whoever reads a group, of any size, gets the error that kept it from running.
    """
    several = group([call(shop.add, 1, 2).link_error(shop.report)] * members)
    handle = call(shop.boom).then(several).send()

    work(shop.app)

    with pytest.raises(ValueError, match=r"^boom$"):
        handle.get(timeout=5)


def test_errors_reach_the_end_of_a_flow(shop, work):
    """
    A failure at any place is what the handle of the end raises.
    """
    one, bad = call(shop.same, 1), call(shop.boom)
    flows = [
        bad | step(shop.same) | step(shop.same),
        group(bad, one) | step(shop.same),
        group(one, one) | step(shop.boom) | step(shop.same),
        one.then(group(one, one.then(bad))) | step(shop.same),
    ]
    handles = [flow.send() for flow in flows]

    work(shop.app)

    for handle in handles:
        with pytest.raises((ValueError, ChordError), match="boom"):
            handle.get(timeout=5)


# --- callbacks -----------------------------------------------------------------------------------


def test_harm_link_returns_the_callback(shop):
    """
    In Celery a.link(b) is b, and a was changed.
    """
    signature, callback = shop.add.s(1, 2), shop.same.s()

    assert signature.link(callback) is callback
    assert signature.options["link"] == [callback]


def test_link_returns_a_changed_copy(shop, work):
    """
    A flow that is linked is a new flow; the callback follows its last task.
    """
    flow = call(shop.add, 1, 2) | step(shop.add, 3)

    linked = flow.link(step(shop.note), call(shop.note, "done"))
    flow.send()
    work(shop.app)
    before = [*shop.given]
    linked.send()
    pipe = (step(shop.same) | step(shop.same)).link(call(shop.note, "pipe"))
    pipe.feed(1).send()
    work(shop.app)

    assert before == []
    assert sorted(shop.given, key=str) == [("done",), ("pipe",), (6,)]


def test_harm_a_callback_that_takes_nothing_fails_its_parent(shop, work):
    """
    Celery passes the result to a callback without parameters, and marks the parent as failed.
    """

    @shop.app.task(name="shop.tick")
    def tick():
        """Take nothing."""

    result = shop.add.apply_async((1, 2), link=tick.s())

    with pytest.warns(RuntimeWarning, match="positional argument"):
        work(shop.app)

    assert result.state == "FAILURE"


def test_a_callback_fits(shop):
    """
    A step of a task that takes no value is refused where it is built.
    """

    @shop.app.task(name="shop.tick")
    def tick():
        """Take nothing."""

    with pytest.raises(CallRejected, match="CK102"):
        step(tick)
    call(shop.add, 1, 2).link(call(tick))


@pytest.mark.parametrize("make", ["0 parameters", "3 parameters, immutable"])
def test_harm_some_errbacks_never_run(shop, work, make, caplog):
    """
    Celery gives an errback one argument, or three; others fail where nobody looks.
    """

    @shop.app.task(name="shop.tick")
    def tick():
        shop.given.append("tick")

    errback = tick.s() if make == "0 parameters" else shop.explain.si()
    shop.boom.apply_async(link_error=errback)

    try:
        with pytest.warns(RuntimeWarning):
            work(shop.app)
    except pytest.fail.Exception:  # it is only logged
        assert "boom" in caplog.text

    assert shop.given == []


def test_bare_tasks_are_errbacks_of_either_kind(shop, work):
    """
    A task of one parameter gets the id of the failed task, one of three what Celery gives it.
    """
    handle = call(shop.boom).link_error(shop.report, shop.explain).send()

    work(shop.app)

    assert sorted(shop.given) == [
        ("explain", handle.id, "boom", True),
        ("report", handle.id),
    ]


def test_errbacks_that_could_not_run_are_refused(shop):
    """
    A bare task of no parameter, of two, and what is no task, are refused at that line.
    """

    @shop.app.task(name="shop.tick")
    def tick():
        """Take nothing."""

    for wrong, code in [(tick, "CK102"), (shop.add, "CK102"), (print, "CK203"), (5, "CK203")]:
        with pytest.raises(CallRejected, match=code):
            call(shop.boom).link_error(wrong)


def test_harm_an_errback_of_a_later_task_is_not_asked(shop, work):
    """
    An errback on a later step is not called when an earlier one fails.
    """
    celery.chain(shop.boom.s(), shop.same.s().on_error(shop.report.s())).apply_async()

    work(shop.app)

    assert shop.given == []


def test_an_errback_of_a_flow_follows_each_task(shop, work):
    """
    Whichever task fails, its errback gets the id of that task.
    """
    handles = [
        flow.link_error(shop.report).send()
        for flow in (
            call(shop.boom) | step(shop.same),
            call(shop.same, 1) | step(shop.boom),
            group(call(shop.boom), call(shop.same, 1)),
        )
    ]

    work(shop.app)

    first, second = handles[0].async_result.parent.id, handles[1].id
    assert shop.given == [("report", first), ("report", handles[2][0].id), ("report", second)]


def test_harm_a_callback_of_a_group_follows_its_first_member(shop, work):
    """
    Celery links it to the first member, without its result.
    """
    several = celery.group(shop.add.s(1, 2), shop.add.s(3, 4))
    several.link(shop.note.s())

    several.apply_async()
    work(shop.app)

    assert shop.given == [()]


def test_a_group_has_no_callback_but_what_follows_it(shop, work):
    """
    A group has no link(): a step after it gets all results, and each member may have its own.
    """
    several = group(call(shop.add, 1, 2).link(step(shop.note)), call(shop.add, 3, 4))

    (several | step(shop.note)).send()
    work(shop.app)

    assert not hasattr(several, "link")
    assert sorted(shop.given, key=str) == [(3,), ([3, 7],)]


# --- sharing, and ids ----------------------------------------------------------------------------


def test_harm_arguments_of_a_send_come_first(shop, work):
    """
    To Celery more arguments at the send are put before those that are there.
    """
    result = shop.note.s(1).apply_async((2,))

    work(shop.app)

    assert result.get()
    assert shop.given == [(2, 1)]


def test_a_value_goes_where_it_is_waited_for(shop, work):
    """
    Only what waits for a value takes one; a call has all its arguments.
    """
    step(shop.note, 1).feed(2).send()
    work(shop.app)

    assert shop.given == [(2, 1)]
    assert not hasattr(call(shop.note, 1), "feed")


def test_harm_canvases_share_their_signatures(shop):
    """
    What is set on a signature is set in every group that it was put into.
    """
    shared = shop.add.s(1, 2)
    several = celery.group([shared, shop.add.s(3, 4)])

    shared.set(queue="high")

    assert several.tasks[0].options == {"queue": "high"}


def test_flows_share_nothing_that_changes(shop):
    """
    A call with another option is another call, and the flow has the one that it was made of.
    """
    shared = call(shop.add, 1, 2)
    several = group(shared, call(shop.add, 3, 4))

    shared.queue("high")
    several.signature().tasks[0].set(queue="low")

    assert several == group(call(shop.add, 1, 2), call(shop.add, 3, 4))
    assert several.signature().tasks[0].options == {}


def test_harm_a_chain_that_is_sent_twice_has_the_first_result(shop, work):
    """
    Celery writes an id into the chain, sends it with the second, and nobody sees that result.
    """
    tries = []

    @shop.app.task(name="shop.count")
    def count():
        tries.append(1)
        return len(tries)

    chain = celery.chain(count.s(), shop.add.s(10))
    results = []
    for _ in range(2):
        results.append(chain.apply_async())
        work(shop.app)

    same_id = results[0].id == results[1].id
    assert [result.get() for result in results] == ([11, 11] if same_id else [11, 12])


def test_a_flow_that_is_sent_twice_has_two_results(shop, work, published):
    """
    Each send of a flow makes an id for each of its tasks, and has a result of its own.
    """
    tries = []

    @shop.app.task(name="shop.count")
    def count():
        tries.append(1)
        return len(tries)

    flow = call(count) | step(shop.add, 10) | fan(step(shop.add, 1), step(shop.add, 2))
    handles = []
    for _ in range(2):
        handles.append(flow.send())
        work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [(12, 13), (13, 14)]
    assert len({sent.headers["id"] for sent in published}) == len(published) == 8


def test_a_chain_that_celery_sent_is_sent_afresh(shop, work):
    """
    A chain with Celery's ids in it, and a frozen signature, become flows without them.
    """
    chain = celery.chain(shop.add.s(1, 2), shop.add.s(3))
    first = chain.apply_async()
    frozen = shop.add.s(1, 2)
    frozen.freeze()

    again = from_signature(chain, returns=int).send()
    handles = [from_signature(frozen, returns=int).send() for _ in range(2)]
    work(shop.app)

    assert again.id != first.id
    assert handles[0].id != handles[1].id != frozen.options["task_id"]
    assert again.get(timeout=0) == 6


def test_harm_an_id_that_was_set_is_sent_twice(shop, work):
    """
    A signature with an id sends it each time; the first result stays for ever.
    """
    signature = shop.add.s(1, 2).set(task_id="trap-1")
    signature.apply_async()
    result = signature.clone((), {}).apply_async()
    work(shop.app)

    assert result.id == "trap-1"


def test_an_id_is_sent_once(shop, published):
    """
    A task with an id of its own sends it once; the flow says so before anything leaves.
    """
    flow = call(shop.add, 1, 2) | step(shop.add, 3).task_id("trap-2")

    handle = flow.send()
    with pytest.raises(CallRejected, match="CK217"):
        flow.send()

    assert handle.id == "trap-2"
    assert len(published) == 1


def test_harm_an_id_of_a_canvas_is_one_of_its_tasks(shop):
    """
    To Celery the id of a chain is that of its last task, and the id of a group is the group's.
    """
    chain = celery.chain(shop.add.s(1, 2), shop.add.s(3)).apply_async(task_id="trap-3")
    several = celery.group(shop.add.s(1, 2), shop.add.s(3, 4)).apply_async(task_id="trap-4")

    assert (chain.id, several.id) == ("trap-3", "trap-4")
    assert "trap-4" not in {each.id for each in several.results}


def test_an_id_belongs_to_a_task(shop, published):
    """
    An id is written on the task that it is for; as a default for all it is refused.
    """
    flow = call(shop.add, 1, 2).task_id("trap-5") | step(shop.add, 3)

    with pytest.raises(CallRejected, match="CK507"):
        flow.defaults(task_id="trap-5").send()
    flow.send()

    assert [sent.headers["id"] for sent in published] == ["trap-5"]


# --- nothing is half sent ------------------------------------------------------------------------


def test_harm_a_wrong_member_leaves_the_others_sent(shop, published):
    """
    Celery sends the first member, and then fails on the second.
    """
    with pytest.raises(TypeError):
        celery.group(shop.add.s(1, 2), shop.add.s(1)).apply_async()

    assert len(published) == 1


def test_every_task_is_checked_before_any_is_sent(shop, published):
    """
    A mistake in the last member, a later step, a body or a callback keeps all of it here.
    """
    good, bad = call(shop.add, 1, 2), call(shop.add, 1, {1, 2})
    flows = [
        group(good, bad),
        good | step(shop.add, {1}),
        group(good, good) | step(shop.add, {1}),
        good.then(good.link(bad)),
        group(good, group(good, good | step(shop.add, {1}))),
    ]

    for flow in flows:
        with pytest.raises(CallRejected, match="CK303"):
            flow.send()
        assert {finding.code for finding in flow.check()} == {"CK303"}
        with pytest.raises(CallRejected, match="CK303"):
            flow.signature()

    assert published == []


def test_harm_a_task_that_never_started_calls_no_errback(shop):
    """
    After a task that was revoked, or had expired, no errback runs: neither Celery's nor ours.
    """
    past = datetime.now(timezone.utc) - timedelta(seconds=9)
    with capture(shop.app, allow=["CK204", "CK207"]) as sent:
        revoked = call(shop.boom).link_error(shop.report).send()
        shop.app.control.revoke(revoked.id)
        expired = shop.boom.apply_async((), expires=past, link_error=shop.report.s())
        failed = call(shop.boom).link_error(shop.report).send()

        sent.run(reraise=False)

        assert (revoked.async_result.state, expired.state) == ("REVOKED", "REVOKED")
    assert shop.given == [("report", failed.id)]


def test_harm_a_chord_with_a_revoked_member_calls_the_errback_of_its_body(shop):
    """
    The task that waits for the group fails, and its errback runs.
    """
    with capture(shop.app) as sent:
        body = step(shop.total).link_error(shop.report)
        handle = (group(call(shop.add, 1, 2).task_id("gone"), call(shop.add, 3, 4)) | body).send()
        shop.app.control.revoke("gone")

        sent.run(reraise=False)

        assert handle.async_result.state == "FAILURE"
    assert shop.given == [("report", handle.id)]
