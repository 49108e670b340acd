"""
Arguments are the caller's values as they were when the call was built.
"""

import copy
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from threading import Lock
from uuid import UUID

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from celerykit import call, remote

# With pickle anything may be an argument; JSON would refuse most of these.
_app = Celery("shop", broker="memory://", set_as_current=False)
_app.conf.update(task_serializer="pickle", accept_content=["pickle"])


@remote("shop.pack", app=_app)
def pack(*args, **kwargs):
    """
    A task that takes anything.
    """
    raise NotImplementedError


class Order(BaseModel):
    """
    A model, which says itself how it is copied.
    """

    items: list[str]


class Color(Enum):
    """
    A choice.
    """

    RED = "red"


class Customer:
    """
    An object that is no data: an ORM's, say.
    """

    def __init__(self):
        """
        Start without orders.
        """
        self.orders = []


def argument_of(base):
    """
    The argument that Celery gets.
    """
    (argument,) = base.signature().args
    return argument


CHANGES = {
    "a list": ([1], lambda value: value.append(2)),
    "a dict": ({"a": 1}, lambda value: value.update(a=2)),
    "a set": ({1}, lambda value: value.add(2)),
    "a bytearray": (bytearray(b"a"), lambda value: value.append(2)),
    "a deque": (deque([1], maxlen=3), lambda value: value.append(2)),
    "an OrderedDict": (OrderedDict(a=1, b=2), lambda value: value.move_to_end("a")),
    "a defaultdict": (defaultdict(list, a=[1]), lambda value: value["b"]),
    "a Counter": (Counter("aab"), lambda value: value.update("b")),
    "a list in a dict": ({"a": [1]}, lambda value: value["a"].append(2)),
    "a dict in a tuple": (({"a": 1},), lambda value: value[0].clear()),
    "a list in a deque": (deque([[1]]), lambda value: value[0].append(2)),
    "a set in a defaultdict": (defaultdict(set, a={1}), lambda value: value["a"].add(2)),
    "a list in an OrderedDict": (OrderedDict(a=[1]), lambda value: value["a"].append(2)),
    "a pydantic model": (Order(items=["pen"]), lambda value: value.items.append("ink")),
    "a model in a list": ([Order(items=["pen"])], lambda value: value[0].items.append("ink")),
}

each_change = pytest.mark.parametrize(("value", "change"), CHANGES.values(), ids=CHANGES)


@each_change
def test_changing_an_argument_later_changes_no_call(value, change):
    """
    A call keeps what its argument was when it was built, all the way down.
    """
    mine, before = copy.deepcopy(value), copy.deepcopy(value)

    by_position, by_name = call(pack, mine), call(pack, value=mine)
    change(mine)

    assert mine != before
    assert argument_of(by_position) == before
    assert type(argument_of(by_position)) is type(before)
    assert by_name.signature().kwargs == {"value": before}


@each_change
def test_changing_what_celery_got_changes_no_call(value, change):
    """
    What one send got is its own: changing it shows neither in the call nor in the next send.
    """
    before = copy.deepcopy(value)
    base = call(pack, value)

    change(argument_of(base))

    assert argument_of(base) == before
    assert value == before


def test_copies_keep_what_makes_them_special():
    """
    A copied container is of the same kind, with its bound, its factory and its order.
    """
    ordered = OrderedDict(b=1, a=2)

    bounded, growing = deque([1, 2], maxlen=2), defaultdict(list)

    assert argument_of(call(pack, bounded)).maxlen == 2
    assert argument_of(call(pack, growing))["new"] == []
    assert list(argument_of(call(pack, ordered))) == ["b", "a"]
    assert list(growing) == []


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        1.5,
        "text",
        b"bytes",
        datetime(2040, 1, 1, tzinfo=timezone.utc),
        Decimal("1.5"),
        UUID(int=7),
        range(3),
        int,
        frozenset({1}),
        Color.RED,
        Customer(),
        Lock(),
        len,
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_objects_are_kept_as_they_are(value):
    """
    What cannot change, and what celerykit knows nothing of, is passed on itself.
    """
    for base in [call(pack, value), call(pack, [value]), call(pack, deque([value]))]:
        argument = argument_of(base)
        assert (argument if argument is value else argument[0]) is value

    assert call(pack, a=value, b=OrderedDict(c=value)).signature().kwargs["b"]["c"] is value


def test_an_object_shows_its_changes():
    """
    An object is kept by reference, so what it becomes before the send is what is sent.
    """
    customer = Customer()

    base = call(pack, customer)
    customer.orders.append(7)

    assert argument_of(base).orders == [7]


def test_a_signature_stays_a_signature(add):
    """
    A Celery signature as an argument is passed on as it is, though it copies to a plain dict.
    """
    signature = add.s(1, 2)

    assert argument_of(call(pack, signature)) is signature


def test_cycles_end():
    """
    Arguments that contain themselves are kept in the same shape.
    """
    things, table, line, pair = [1], {}, deque(), ([],)
    things.append(things)
    table["me"] = table
    line.append(line)
    pair[0].append(pair)

    base = call(pack, things, table, line, pair)
    things.clear()
    table.clear()
    line.clear()
    pair[0].clear()

    kept_things, kept_table, kept_line, kept_pair = base.signature().args
    assert kept_things[0] == 1
    assert kept_things[1] is kept_things
    assert kept_table["me"] is kept_table
    assert kept_line[0] is kept_line
    assert kept_pair[0][0][0] is kept_pair[0]


def test_what_is_shared_stays_shared():
    """
    A list that appears twice in one argument is one list in the copy too.
    """
    shared = [1]

    kept = argument_of(call(pack, {"a": shared, "b": shared}))

    assert kept["a"] is kept["b"]
    assert kept["a"] is not shared


def leaves_of(value):
    """
    Every mutable container inside a value, itself included.
    """
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from leaves_of(item)
    elif isinstance(value, (list, tuple, deque)):
        if not isinstance(value, tuple):
            yield value
        for item in value:
            yield from leaves_of(item)
    elif isinstance(value, set):
        yield value


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sets(st.integers()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=3).map(deque)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3).map(OrderedDict)
    ),
    max_leaves=10,
)


@given(values)
def test_no_later_change_is_seen(value):
    """
    Whatever plain data an argument is made of, emptying any part of it later changes no call.
    """
    before = copy.deepcopy(value)

    base = call(pack, value, named=value)
    for container in list(leaves_of(value)):
        container.clear()

    signature = base.signature()
    assert (signature.args, signature.kwargs) == ((before,), {"named": before})
