"""
What JSON does to arguments is foretold exactly as kombu then does it.
"""

import string
from collections import Counter, OrderedDict, defaultdict
from datetime import datetime, time, timedelta, timezone
from enum import Enum, IntEnum
from fractions import Fraction
from math import inf, nan
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kombu.utils.json import dumps, loads, register_type

from celerykit._facts import PAYLOAD_BUDGET
from celerykit._json import are_plain, changes, weight


class Point(NamedTuple):
    """
    A tuple with names.
    """

    x: int
    y: int


class Color(str, Enum):
    """
    A text with a name.
    """

    RED = "red"


class Size(IntEnum):
    """
    A number with a name.
    """

    BIG = 3


class Share(float, Enum):
    """
    Another number with a name.
    """

    HALF = 0.5


class Flavour(Enum):
    """
    A name without a plain value.
    """

    SWEET = "sweet"


def round_trip(value):
    """
    Write and read as Celery's JSON does.
    """
    return loads(dumps(value))


def kinds(value):
    """
    What changes in a value, told by kind.
    """
    return [change.kind for change in changes(value, "v", round_trip)]


def same(value, back):
    """
    Whether a value came back equal, with the types of everything in it and its time zones.
    """
    if type(value) is not type(back):
        return False
    if isinstance(value, (list, tuple)):
        return len(value) == len(back) and all(map(same, value, back))
    if isinstance(value, dict):
        return len(value) == len(back) and all(
            name in back
            and same(name, list(back)[list(back).index(name)])
            and same(each, back[name])
            for name, each in value.items()
        )
    if isinstance(value, (datetime, time)):
        zones = {type(value.tzinfo), type(back.tzinfo)}
        return value == back and (len(zones) == 1 or str(value.tzinfo) == "UTC")
    return value == back or value != value  # noqa: PLR0124 - a Decimal's NaN is not equal to itself


def arrives(value):
    """
    Whether kombu really brings a value back as it was.
    """
    try:
        return same(value, round_trip(value))
    except (TypeError, ValueError):
        return False


zones = st.sampled_from([timezone.utc, timezone(timedelta(hours=9)), ZoneInfo("UTC")])
far = st.sampled_from([ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")])
texts = st.text(max_size=8)
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.binary(max_size=8),
    st.dates(),
    st.times(),
    st.times(timezones=zones),
    st.datetimes(),
    st.datetimes(timezones=zones),
    st.decimals(allow_nan=False),
    st.uuids(),
)
odd = st.one_of(
    st.datetimes(timezones=far),
    st.times(timezones=far),
    st.timedeltas(),
    st.fractions(),
    st.complex_numbers(),
    st.frozensets(st.integers(), max_size=2),
    st.sampled_from([Color.RED, Size.BIG, Share.HALF, Flavour.SWEET, Point(1, 2), range(2), len]),
)
names = st.one_of(
    texts, texts, texts, st.integers(), st.none(), st.floats(allow_nan=False), st.dates()
)


def nested(leaves, keys):
    """
    Lists, tuples and dicts of these, and of each other.
    """
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3).map(tuple),
            st.dictionaries(keys, inner, max_size=3),
            st.dictionaries(st.sampled_from(["__type__", "__value__"]), inner, min_size=1),
        ),
        max_leaves=8,
    )


@settings(max_examples=600, deadline=None, derandomize=True)
@given(value=nested(plain | odd, names))
def test_a_change_is_foretold_exactly_when_there_is_one(value):
    """
    Whatever is in an argument, and however deep: nothing is foretold if and only if it arrives
    equal, type for type.
    """
    assert (kinds(value) == []) == arrives(value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=nested(plain, texts))
def test_what_is_refused_cannot_be_written(value):
    """
    Values that JSON knows are never refused, only changed.
    """
    assert "refused" not in kinds(value)
    dumps(value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=nested(plain | odd, names))
def test_what_cannot_be_written_is_refused(value):
    """
    What kombu's encoder refuses is refused before, unless an envelope hides it.
    """
    foretold = kinds(value)
    try:
        dumps(value)
    except (TypeError, ValueError):
        assert {"refused", "envelope"} & {*foretold}
    else:
        assert "refused" not in foretold


@pytest.mark.parametrize(
    "zone", [None, timezone.utc, timezone(timedelta(hours=-3)), ZoneInfo("UTC")]
)
def test_times_that_lose_nothing_are_kept(zone):
    """
    A naive time, a fixed offset and UTC by any name mean the same afterwards.
    """
    assert kinds([datetime(2031, 5, 1, 9, tzinfo=zone), time(9, tzinfo=zone)]) == []


def test_what_only_python_reads_is_a_change():
    """
    NaN and Infinity do come back in Python, and nowhere else.
    """
    becomes = [change.becomes for change in changes([nan, inf, -inf], "v", None)]

    assert becomes == [
        f"{word}, which only Python reads," for word in ("NaN", "Infinity", "-Infinity")
    ]


@pytest.mark.parametrize(
    "value",
    [
        OrderedDict(a=1),
        defaultdict(int, a=1),
        Counter("a"),
        type("Text", (str,), {})("a"),
        type("Share", (float,), {})(0.5),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_relative_of_a_builtin_may_arrive_as_that(value):
    """
    A subclass of dict, str or float arrives as its parent and is equal: no change to speak of.
    """
    assert kinds(value) == []
    assert round_trip(value) == value


def test_a_key_may_be_a_relative_of_text():
    """
    A text with a name is a key like any other, and equal to what arrives.
    """
    assert kinds({Color.RED: 1}) == []
    assert round_trip({Color.RED: 1}) == {Color.RED: 1}


def test_what_is_inside_a_relative_is_looked_at():
    """
    A Counter of numbers has keys that JSON changes, and a named tuple may hold a set.
    """
    assert kinds(Counter([1])) == ["changed"]
    assert kinds(Point(1, {2})) == ["changed", "refused"]


def test_where_a_change_is_can_be_read():
    """
    A path says the way from the parameter to the value.
    """
    (change,) = changes({"a": [{"b": {1}}]}, "order", round_trip)

    assert change.path == "order['a'][0]['b']"


def test_what_says_how_it_is_written_is_left_alone():
    """
    An object with kombu's `__json__` means what it becomes.
    """
    money = type("Money", (), {"__json__": lambda _self: "5 EUR"})()

    assert kinds([money]) == []


def test_types_that_kombu_was_taught_are_asked_of_it(monkeypatch):
    """
    A type that the project registered with kombu arrives as it is, or as what its decoder makes.
    """
    monkeypatch.setattr("kombu.utils.json._encoders", {})
    monkeypatch.setattr("kombu.utils.json._decoders", {})
    register_type(Fraction, "fraction", str, Fraction)
    register_type(set, None, sorted)

    assert kinds([Fraction(1, 3)]) == []
    assert [each.becomes for each in changes({2, 1}, "v", round_trip)] == ["a list"]


def test_whatever_an_encoder_raises_refuses_the_value():
    """
    Kombu makes an EncodeError of any exception, so any exception counts.
    """

    def broken(_value):
        message = "no such colour"
        raise KeyError(message)

    (change,) = changes(object(), "v", broken)

    assert (change.kind, change.becomes) == ("refused", "'no such colour'")


def test_unknown_types_pass_where_nobody_can_be_asked():
    """
    Without an app there is no serializer to ask, and nothing is said.
    """
    assert list(changes(object(), "v", None)) == []


@pytest.mark.parametrize("make", [list, dict], ids=["list", "dict"])
def test_what_contains_itself_is_refused(make):
    """
    A container without an end is refused instead of followed.
    """
    value = make()
    value.append([value]) if make is list else value.update(a=[value])

    assert kinds(value) == ["refused"]


def test_the_same_value_twice_is_no_circle():
    """
    A list that is in two places has an end.
    """
    shared = [1]

    assert kinds([shared, {"a": shared}, shared]) == []


def test_what_is_very_deep_is_not_followed_to_its_end():
    """
    A few dozen levels are looked at, and a thousand harm nobody.
    """
    deep = (1,)
    for _ in range(900):
        deep = [deep]

    assert kinds(deep) == []
    assert weight(deep, PAYLOAD_BUDGET) <= PAYLOAD_BUDGET


@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=nested(plain, texts))
def test_a_weight_is_never_more_than_the_real_one(value):
    """
    Nobody is told of bytes that are not there.
    """
    assert weight(value, 10**9) <= len(dumps(value))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(value=nested(st.none() | st.booleans() | st.integers() | texts, texts))
def test_a_weight_is_about_the_real_one(value):
    """
    Of texts, numbers and containers at most half is missed: quotes, and what has to be escaped.
    """
    assert weight(value, 10**9) * 2 + 8 >= len(dumps(value).replace("\\", ""))


@pytest.mark.parametrize("text", ["x" * 1_000, "ж" * 1_000, "\N{SNOWMAN}" * 1_000, "é" * 1_000])
def test_a_long_text_is_weighed_as_it_is_written(text):
    """
    A letter that is not ASCII takes six bytes in JSON.
    """
    assert weight(text, 10**9) == len(dumps(text))


def test_weighing_stops_at_the_limit():
    """
    What is too heavy is weighed no further.
    """

    class Tripwire(dict):
        def items(self):
            raise AssertionError

    assert weight(["x" * 60, "x" * 60, Tripwire(a=1)], 100) > 100


@pytest.mark.parametrize(
    ("args", "kwargs", "plain"),
    [
        ((), {}, True),
        ((1, None, True, "text"), {"a": 2, "b": string.ascii_letters}, True),
        (("x" * 999,), {}, True),
        (("x" * 1_000,), {}, False),
        ((1.5,), {}, False),
        ((), {"a": []}, False),
        ((b"",), {}, False),
        ((Size.BIG,), {}, False),
    ],
)
def test_numbers_and_short_texts_need_no_rule(args, kwargs, plain):
    """
    An ordinary call is told from one that is worth a look.
    """
    assert are_plain(args, kwargs) is plain
