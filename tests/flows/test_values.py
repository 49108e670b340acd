"""
A flow is a value: it never changes, shows how it was built, and equals one that does the same.
"""

import copy
import pickle
import sys

import pytest

from celerykit import (
    Call,
    CallRejected,
    Fan,
    Flow,
    Group,
    Pipe,
    Step,
    call,
    fan,
    group,
    step,
)


def test_what_joints_make(shop):
    """
    A call is a flow, a step is a pipe, and what they make is told by where it starts and ends.
    """
    one, then = call(shop.add, 1, 2), step(shop.add, 3)
    several, wide = group(one, one), fan(then, then)

    kinds = {
        Flow: [
            one | then,
            one.then(one),
            several | then,
            several.then(one),
            then.then(one).feed(1),
        ],
        Pipe: [then | then, then.then(one), wide | then, wide.then(one)],
        Group: [several, one | wide, one.then(several), several | wide, several.then(several)],
        Fan: [wide, then | wide, then.then(several), wide | wide, wide.then(several)],
        Call: [one, then.feed(1), one.defaults(queue="high")],
        Step: [then, then.defaults(queue="high")],
    }

    assert isinstance(one, Flow)
    assert isinstance(then, Pipe)
    for kind, values in kinds.items():
        assert [type(value) for value in values] == [kind] * len(values)


def test_a_flow_shows_how_it_was_built(shop):
    """
    The repr of a flow is the code that makes it; a long group is cut short.
    """
    one, then = call(shop.add, 1, 2), step(shop.add, 3).queue("high")

    assert repr(one | then | fan(then, then)) == (
        "call(shop.add, 1, 2) | step(shop.add, 3).queue('high') | "
        "fan(step(shop.add, 3).queue('high'), step(shop.add, 3).queue('high'))"
    )
    assert repr((one | then).then(one)) == (
        "(call(shop.add, 1, 2) | step(shop.add, 3).queue('high')).then(call(shop.add, 1, 2))"
    )
    assert repr(one.then(group([one]))) == (
        "call(shop.add, 1, 2).then(group([call(shop.add, 1, 2)]))"
    )
    assert repr(group([])) == "group([])"
    many = group(call(shop.same, number) for number in range(10_000))
    assert repr(many) == (
        "group([call(shop.same, 0), call(shop.same, 1), call(shop.same, 2), call(shop.same, 3), "
        "... 9996 more])"
    )


def test_a_flow_never_changes(shop):
    """
    Nothing can be set or deleted; copies are the same object; it does not travel by pickle.
    """
    flow = call(shop.add, 1, 2) | step(shop.add, 3)

    with pytest.raises(AttributeError, match=r"a flow is immutable; \.queue\(\.\.\.\) returns"):
        flow.queue = "high"
    with pytest.raises(AttributeError, match="a flow is immutable"):
        del flow._content
    with pytest.raises(TypeError, match=r"pickle flow\.signature\(\)"):
        pickle.dumps(flow)
    assert copy.copy(flow) is copy.deepcopy(flow) is flow


def test_equal_flows_are_equal(shop):
    """
    Two flows that would send the same are equal, and have one hash; a flow is not its call.
    """
    one, then = call(shop.add, 1, 2), step(shop.add, 3)

    assert one | then == call(shop.add, 1, 2) | step(shop.add, 3)
    assert hash(one | then) == hash(call(shop.add, 1, 2) | step(shop.add, 3))
    assert {group(one, one), group(one, one)} == {group(one, one)}
    assert one | then != one | then.queue("high")
    assert one | then != one.then(one)
    assert group(one, one) != group([one, one])
    assert group(one) != one
    assert one | then != "one"


def test_a_flow_can_be_extended_in_two_ways(shop, work):
    """
    What is built on a flow leaves it as it was.
    """
    base = call(shop.add, 1, 2) | step(shop.add, 3)

    handles = [flow.send() for flow in (base, base | step(shop.add, 10), base | step(shop.add, 20))]
    work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [6, 16, 26]


def test_a_value_is_kept_as_it_was_fed(shop, work):
    """
    The value that a step or a pipe is given is the caller's as it was then.
    """
    values = [1, 2]
    waiting = step(shop.total) | step(shop.add, 10)

    handles = [waiting.feed(values).send(), fan(step(shop.total), waiting).feed(values).send()]
    values.append(100)
    work(shop.app)

    assert [handle.get(timeout=0) for handle in handles] == [13, (3, 13)]


def test_rules_are_allowed_for_a_whole_flow(shop):
    """
    `.allow()` reaches every task; a code that names no rule is refused.
    """
    flow = call(shop.same, (1, 2)) | step(shop.add, (1, 2))

    assert [finding.code for finding in flow.check()] == ["CK302", "CK302"]
    assert flow.allow("CK302").check() == []
    assert group(flow, flow).allow("CK302").check() == []
    with pytest.raises(CallRejected, match="CK109"):
        flow.allow("CK999")


def test_defaults_are_options_like_any_other(shop):
    """
    A default is checked where it is written; nothing changes where all is set.
    """
    flow = call(shop.add, 1, 2).queue("own") | step(shop.add, 3).queue("own")

    with pytest.raises(CallRejected, match="CK203"):
        flow.defaults(countdown="10")
    with pytest.raises(CallRejected, match="CK201"):
        flow.defaults(que="high")
    assert flow.defaults(queue="high") == flow


def test_seven_calls_and_more_are_a_group(shop):
    """
    A group may be written out with any number of members, and made of any iterable.
    """
    one = call(shop.add, 1, 2)

    assert repr(group(*[one] * 9)).endswith("... 5 more)")
    assert group({"a": one}.values()) == group(iter([one])) == group((one,)) == group([one])


def test_a_large_group_is_small(shop):
    """
    A member of a group costs what the call itself does, and one reference.
    """
    one = call(shop.add, 1, 2)

    small, large = group([one] * 10), group([one] * 10_000)

    size = {sys.getsizeof(each.nodes[0].members) for each in (small, large)}
    assert max(size) - min(size) <= 8 * 10_000
