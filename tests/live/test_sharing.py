"""
One call kept at module level: sent many times, from many threads, handed over as a signature.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from celerykit import CallRejected, call

from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20
THREADS = 8
SENDS = 5


def test_a_call_keeps_the_arguments_it_was_built_with(live: Stage) -> None:
    """
    What the caller does to a list or a dict after building the call changes no send of it.
    """
    items, fields = [1, [2]], {"name": "a", "tags": ["x"]}
    echo = call(live.tasks.echo, items, fields=fields)
    for _ in range(2):
        held = echo.send().get(PATIENCE)
        assert (held["args"], held["kwargs"]) == (
            [[1, [2]]],
            {"fields": {"name": "a", "tags": ["x"]}},
        )
        items[1].append("late")
        fields["tags"].append("late")
        fields["late"] = True


def test_options_are_of_the_copy(live: Stage) -> None:
    """
    A call that others were made from is still sent as it was written.
    """
    base = call(live.tasks.echo).headers(tenant="acme")
    base.queue(live.high).headers(more=1).time_limit(60)
    held = base.send().get(PATIENCE)
    assert held["headers"] == {"tenant": "acme"}
    assert held["timelimit"] == [None, None]
    assert held["delivery_info"]["routing_key"] == live.default


def test_a_signature_can_be_used_again(live: Stage) -> None:
    """
    The signature of a call is sent by delay() and apply_async() as often as wanted, each time as a
    task of its own with the call's arguments and options.
    """
    signature = call(live.tasks.echo, 1).queue(live.high).headers(a=1).signature()
    sent = [signature.delay(), signature.apply_async(), signature.delay()]
    assert len({result.id for result in sent}) == 3
    for result in sent:
        held = result.get(timeout=PATIENCE)
        assert (held["id"], held["args"], held["headers"]) == (result.id, [1], {"a": 1})
        assert held["delivery_info"]["routing_key"] == live.high


def test_a_signature_takes_more_options_once(live: Stage) -> None:
    """
    An option given to apply_async() of a signature holds for that send, not for the next.
    """
    signature = call(live.tasks.echo).signature()
    results = [signature.apply_async(shadow="first"), signature.apply_async()]
    assert [result.get(timeout=PATIENCE)["shadow"] for result in results] == ["first", None]


def test_threads_share_one_call(live: Stage) -> None:
    """
    Threads that send the same call at once make a task each, every one with an id of its own.
    """
    trail = live.unique()
    note = call(live.tasks.note, trail, {"from": "anyone"}).queue(live.high)

    def send(_: int) -> str:
        return note.send().id

    with ThreadPoolExecutor(THREADS) as pool:
        ids = list(pool.map(send, range(THREADS * SENDS)))

    assert len({*ids}) == THREADS * SENDS
    labels = [each.label for each in live.notes(trail, THREADS * SENDS)]
    assert labels == [{"from": "anyone"}] * (THREADS * SENDS)


def test_threads_build_on_one_call(live: Stage) -> None:
    """
    Threads that each add their own options to a shared call get their own results.
    """
    echo = call(live.tasks.echo).headers(tenant="acme")

    def ask(number: int) -> dict[str, Any]:
        return echo.headers(number=number).send().get(PATIENCE)["headers"]

    with ThreadPoolExecutor(THREADS) as pool:
        held = list(pool.map(ask, range(THREADS)))

    assert held == [{"tenant": "acme", "number": number} for number in range(THREADS)]


def test_a_refused_call_leaves_nothing(live: Stage) -> None:
    """
    A call refused when it is built or sent leaves nothing on the broker, and the next call to the
    same queue is the only one there.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    add = call(live.tasks.add, 2, 3).queue(parked)
    add.send()
    live.take(parked)
    unwritable = call(live.tasks.echo, object()).queue(parked)
    unread = (add.routing_key("eu"), add.serializer("jsno"), add.compression("gzpi"))
    for refused in (unwritable, *unread):
        with pytest.raises(CallRejected):
            refused.send()
    with pytest.raises(CallRejected):
        add.options(count_down=10)
    good = add.send()
    assert [message.headers["id"] for message in live.take(parked)] == [good.id]
    assert live.depth(parked) == 0
