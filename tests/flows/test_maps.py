"""
One task for many items: xmap(), xstarmap() and chunks().
"""

import celery
import pytest

from celerykit import CallRejected, call, chunks, group, remote, step, xmap, xstarmap


def test_each_item_is_given_to_the_task(shop, work):
    """
    One message runs the task for each item, one after the other, and has the list of results.
    """
    handles = [
        xmap(shop.same, [1, 2, 3]).send(),
        xstarmap(shop.add, [(1, 2), (3, 4)]).send(),
        (xstarmap(shop.add, ((n, n) for n in range(3))) | step(shop.total)).send(),
        (group(xmap(shop.same, []), xmap(shop.same, (1,))) | step(shop.same)).send(),
    ]
    chunked = chunks(shop.add, [(1, 2), (3, 4), (5, 6)], 2).send()
    none = chunks(shop.add, [], 2).send()

    work(shop.app)

    assert [each.get(timeout=0) for each in handles] == [[1, 2, 3], [3, 7], 6, [[], [1]]]
    assert chunked.get(timeout=0) == [[3, 7], [11]]
    assert none.get(timeout=0) == []


def test_they_run_here_and_now(shop):
    """
    `.apply()` runs them in this process.
    """
    assert xmap(shop.same, [1, 2]).apply().get(timeout=0) == [1, 2]
    assert (xstarmap(shop.add, [(1, 2)]) | step(shop.total)).apply().get(timeout=0) == 3
    assert chunks(shop.add, [(1, 2), (3, 4)], 1).apply().get(timeout=0) == [[3], [7]]


@pytest.mark.parametrize("form", ["xmap", "xstarmap"])
def test_the_message_is_celerys(shop, published, form):
    """
    What is sent is what Celery's own map() and starmap() send.
    """
    ours = xmap(shop.same, [1, 2]) if form == "xmap" else xstarmap(shop.add, [(1, 2)])
    theirs = shop.same.map([1, 2]) if form == "xmap" else shop.add.starmap([[1, 2]])

    ours.send()
    ours.signature().apply_async()
    theirs.apply_async()

    for each in published:
        for own in ("id", "root_id"):
            del each.headers[own]
    assert published[0].headers == published[1].headers == published[2].headers
    assert published[0].body == published[1].body == published[2].body


def test_a_route_of_the_task_counts(make_app, published):
    """
    The message goes where the task that is called would go; an option of the call is above that.
    """
    app = make_app(task_routes={"shop.one": {"queue": "routes"}})

    @app.task(name="shop.one")
    def one(value):
        return value

    xmap(one, [1]).send()
    xmap(one, [1]).queue("high").send()

    assert [sent.queue for sent in published] == ["routes", "high"]


def test_a_task_elsewhere_is_mapped(shop, published):
    """
    A remote task is called for each item by its workers; without an app it goes with the flow.
    """

    @remote("elsewhere.mul")
    def mul(x, y=2):
        raise NotImplementedError

    group(call(shop.same, 1), xmap(mul, [1, 2]), xstarmap(mul, [(1, 2), (3,)])).send()

    assert [sent.task for sent in published] == ["shop.same", "celery.map", "celery.starmap"]
    assert published[1].body[1]["task"]["task"] == "elsewhere.mul"
    assert published[1].body[1]["it"] == [1, 2]


def test_arguments_are_checked_at_the_line(shop, published):
    """
    An item that the task cannot take, a row of another length, and what is no task are refused.
    """
    for wrong in [
        lambda: xmap(shop.add, [1]),
        lambda: xstarmap(shop.add, [(1, 2), (1,)]),
        lambda: chunks(shop.add, [(1, 2), (1, 2, 3)], 5),
    ]:
        with pytest.raises(CallRejected, match=r"shop\.add was not sent:\n  CK102"):
            wrong()
    with pytest.raises(CallRejected, match="CK101"):
        xmap(print, [1])
    with pytest.raises(CallRejected, match="CK303"):
        xmap(shop.same, [{1, 2}]).send()
    assert published == []


@pytest.mark.parametrize("size", [0, -1, "3", 2.5, True, None])
def test_a_chunk_has_a_number_of_rows(shop, size):
    """
    The size of a chunk is a whole number from 1 up, and any other is named.
    """
    with pytest.raises(ValueError, match=f"^size={size!r} is not a number of rows"):
        chunks(shop.add, [(1, 2)], size)


def test_a_row_holds_arguments(shop):
    """
    Items that are not rows are told what to write, at the line.
    """
    for wrong in [lambda: xstarmap(shop.same, [(1,), 5]), lambda: chunks(shop.same, [5], 1)]:
        with pytest.raises(TypeError, match=r"^the row 5 holds no arguments\. .* or use xmap\(\)"):
            wrong()


def test_what_holds_no_items_is_named(shop):
    """
    A value in the place of an iterable is told what to write, at the line.
    """
    wrong = {
        "items": [lambda: xmap(shop.same, 3)],
        "rows": [lambda: xstarmap(shop.same, 3), lambda: chunks(shop.same, 3, 1)],
    }

    for what, builds in wrong.items():
        for build in builds:
            with pytest.raises(
                TypeError, match=rf"^3 holds no {what} for shop\.same\. Pass a list"
            ):
                build()


def test_the_items_are_kept_as_they_were(shop, work):
    """
    A list that changes later changes no call.
    """
    items = [[1], [2]]
    built = xmap(shop.same, items)

    items[0].append(100)
    items.clear()
    handle = built.send()
    work(shop.app)

    assert handle.get(timeout=0) == [[1], [2]]


def test_they_show_how_they_were_built(shop):
    """
    The repr names the task that is called; equal ones are equal.
    """
    assert repr(xmap(shop.same, [1, 2]).queue("high")) == "xmap(shop.same, [1, 2]).queue('high')"
    assert repr(xstarmap(shop.add, [(1, 2)])) == "xstarmap(shop.add, [[1, 2]])"
    assert repr(xmap(shop.same, [1]).extra(route_name="other")) == (
        "xmap(shop.same, [1]).extra(route_name='other')"
    )
    assert xmap(shop.same, [1]) == xmap(shop.same, [1]) != xmap(shop.total, [1])
    assert xmap(shop.same, [1]) != call(shop.same, [1])
    assert hash(xmap(shop.same, [1]).order.target) == hash(xmap(shop.same, []).order.target)


def test_harm_celerys_map_checks_nothing(shop, work):
    """
    With plain Celery a row of another length fails in the worker, after those before it have run.
    """
    result = shop.add.starmap([(1, 2), (1,)]).apply_async()

    work(shop.app)

    assert isinstance(result.result, TypeError)
    assert result.state == celery.states.FAILURE
