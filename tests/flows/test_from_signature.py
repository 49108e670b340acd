"""
Celery's own canvas as a flow: adoption can be gradual.
"""

import celery
import pytest

from celerykit import CallRejected, Pipe, call, from_signature, group, step


def test_each_kind_of_signature_becomes_a_flow(shop):
    """
    What Celery's signature says, the flow says in celerykit's words.
    """
    a, b = shop.add.s(1, 2), shop.add.s(3)
    cases = [
        (a, "call(shop.add, 1, 2)"),
        (shop.add.si(1, y=2), "call(shop.add, 1, y=2)"),
        (celery.chain(a, b), "call(shop.add, 1, 2) | step(shop.add, 3)"),
        (celery.chain(a, shop.same.si(1)), "call(shop.add, 1, 2).then(call(shop.same, 1))"),
        (
            celery.chain(a, celery.group(b, b), shop.total.s()),
            "call(shop.add, 1, 2) | fan([step(shop.add, 3), step(shop.add, 3)]) | step(shop.total)",
        ),
        (
            celery.chord([a, celery.chain(a, b)], shop.total.s()),
            (
                "group([call(shop.add, 1, 2), call(shop.add, 1, 2) | step(shop.add, 3)]) "
                "| step(shop.total)"
            ),
        ),
        (
            celery.chord(celery.group(a, celery.group(a, a)), celery.chain(shop.total.s(), b)),
            (
                "group([call(shop.add, 1, 2), group([call(shop.add, 1, 2), call(shop.add, 1, 2)])])"
                " | step(shop.total) | step(shop.add, 3)"
            ),
        ),
        (shop.same.map([1, 2]), "xmap(shop.same, [1, 2])"),
        (shop.add.starmap([(1, 2)]), "xstarmap(shop.add, [[1, 2]])"),
        (celery.signature("elsewhere.mul", (3,)), "call(elsewhere.mul, 3)"),
        (dict(a), "call(shop.add, 1, 2)"),
    ]

    assert [repr(from_signature(signature, returns=int)) for signature, _ in cases] == [
        text for _, text in cases
    ]


def test_it_waits_for_a_value_if_it_is_to(shop, work):
    """
    With *takes* a signature follows something; each member of a group gets the value.
    """
    waiting = [
        from_signature(shop.add.s(3), takes=int, returns=int),
        from_signature(celery.chain(shop.add.s(3), shop.add.s(4)), takes=int, returns=int),
        from_signature(
            celery.chord([shop.add.s(3), shop.add.s(4)], shop.total.s()), takes=int, returns=int
        ),
    ]

    handles = [(call(shop.same, 10) | each).send() for each in waiting]
    work(shop.app)

    assert all(isinstance(each, Pipe) for each in waiting)
    assert [handle.get(timeout=0) for handle in handles] == [13, 17, 27]


@pytest.mark.parametrize("first", ["waits", "does not"])
def test_a_group_may_hold_both_kinds(shop, work, first):
    """
    In Celery's group one task may take the value and another not, in either order, sent or applied.
    """
    both = [shop.add.s(3), shop.same.si(5)]
    members = celery.group(both if first == "waits" else both[::-1])
    whole = celery.chain(shop.same.s(10), members, shop.total.s())
    part = celery.chain(members, shop.total.s())

    flow = from_signature(whole, returns=int)
    joined = call(shop.same, 10) | from_signature(part, takes=int, returns=int)
    handles = [flow.send(), joined.send()]
    work(shop.app)

    assert flow == joined
    assert " | fan([" in repr(flow)
    assert [handle.get(timeout=0) for handle in handles] == [18, 18]
    assert [each.apply().get(timeout=0) for each in (flow, joined)] == [18, 18]


def test_a_closed_one_gets_nothing_from_before(shop, work):
    """
    Without *takes* it has all its arguments, mutable or not, wherever it comes.
    """
    flow = from_signature(
        celery.chord([shop.note.s(1), celery.chain(shop.note.s(2), shop.same.s())], shop.total.s()),
        returns=int,
    )

    handle = call(shop.same, 0).then(flow).then(from_signature(shop.note.s(3), returns=int)).send()
    work(shop.app)

    assert handle.get(timeout=0) == 3
    assert shop.given == [(1,), (2,), (3,)]


def test_its_options_come_along(shop, work, published):
    """
    Queues, times, headers, stamps, callbacks and errbacks are those of the signature.
    """
    signature = shop.add.s(1, 2).set(queue="high", countdown=3, headers={"a": 1}, expires=60)
    signature.set(MessageGroupId="orders")
    signature.link(shop.note.s("linked"))
    signature.link_error(shop.report.s())
    signature.stamp(tenant="acme")

    flow = from_signature(signature, returns=int)

    options = flow.order.options
    assert options["link"] == (step(shop.note, "linked").stamp(tenant="acme"),)
    assert options["link_error"] == (step(shop.report).stamp(tenant="acme"),)
    assert {name: options[name] for name in options if not name.startswith("link")} == {
        "queue": "high",
        "countdown": 3,
        "headers": {"a": 1},
        "expires": 60,
        "stamp": {"tenant": "acme"},
        "MessageGroupId": "orders",
    }
    flow.send()
    work(shop.app)
    assert shop.given == [(3, "linked")]
    assert published[0].queue == "high"


def test_callbacks_of_a_canvas_come_along(shop, work):
    """
    What follows a chain follows its last task; its errback follows each of them.
    """
    chain = celery.chain(shop.add.s(1, 2), shop.boom.s())
    chain.link_error(shop.report.s())
    good = celery.chain(shop.add.s(1, 2), shop.add.s(3))
    good.link(shop.note.s())
    chord = celery.chord([shop.add.s(1, 2)], shop.total.s())
    chord.link(shop.note.s())

    flows = [from_signature(each, returns=int) for each in (chain, good, chord)]
    handles = [flow.send() for flow in flows]
    work(shop.app)

    assert ("report", handles[0].id) in shop.given
    assert sorted(each for each in shop.given if each[0] != "report") == [(3,), (6,)]


@pytest.mark.parametrize("name", ["link", "link_error"])
def test_callbacks_of_a_group_are_refused(shop, name):
    """
    Celery gives them to the members in place of their own, or drops them where a group is within.
    """
    inner = celery.group([shop.add.s(1, 2), shop.add.s(3, 4)]).set(**{name: [shop.report.s()]})
    chord = celery.chord(celery.group([inner, shop.same.s(5)]), shop.total.s())

    with pytest.raises(CallRejected, match=f"overruled by {name}"):
        from_signature(chord, returns=int)


def test_arguments_are_checked(shop):
    """
    A later task of a chain that cannot take its arguments is refused at this line.
    """
    cases = [
        shop.add.s(1),
        celery.chain(shop.add.s(1, 2), shop.add.s()),
        celery.chord([shop.add.s(1, 2)], shop.add.s()),
        celery.chord([shop.add.s(1)], shop.total.s()),
    ]

    for signature in cases:
        with pytest.raises(CallRejected, match="CK102"):
            from_signature(signature, returns=int)


def test_what_celery_takes_for_a_scalar_is_a_list(shop, work):
    """
    A chord of one, and a group of one in it, keep their shape.
    """
    one = celery.chord([shop.add.s(1, 2)], shop.same.s())

    handle = call(shop.same, 0).then(from_signature(one, returns=list[int])).send()
    work(shop.app)

    assert handle.get(timeout=0) == [3]


def test_the_members_of_a_group_are_taken_one_by_one(shop, work):
    """
    A group of Celery's becomes one of celerykit's with each of its tasks.
    """
    theirs = celery.group(shop.add.s(1, 2), shop.add.s(3, 4))

    handle = group(from_signature(each, returns=int) for each in theirs.tasks).send()
    work(shop.app)

    assert handle.get(timeout=0) == [3, 7]


def test_it_joins_what_is_new(shop, work):
    """
    Old and new stand in one flow.
    """
    old = from_signature(celery.chain(shop.add.s(1, 2), shop.add.s(3)), returns=int)

    handle = (group(old, old | step(shop.add, 10)) | step(shop.total)).send()
    work(shop.app)

    assert handle.get(timeout=0) == 22
