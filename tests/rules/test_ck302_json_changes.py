"""
CK302: an argument arrives as it was given.
"""

from collections import OrderedDict, defaultdict
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf, nan
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from kombu.utils.json import dumps, loads

from celerykit import CallWarning, call, step
from celerykit._facts import AppFacts

from .asking import ask

MOMENT = datetime(2031, 5, 1, tzinfo=timezone.utc)


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


class Share(float, Enum):
    """
    Another number with a name.
    """

    HALF = 0.5


class Size(IntEnum):
    """
    A number with a name.
    """

    BIG = 3


def round_trip(value):
    """
    Write and read as an app without types of its own does.
    """
    return loads(dumps(value))


JSON = AppFacts(serializer="json", round_trip=round_trip)

CHANGED = {
    "tuple": ((1, 2), "the argument 'v' becomes a list in JSON"),
    "named tuple": (Point(1, 2), "the argument 'v' becomes a list in JSON"),
    "number as a key": ({1: "a"}, "the key 1 in the argument 'v' becomes a string in JSON"),
    "None as a key": ({None: "a"}, "the key None in the argument 'v' becomes a string in JSON"),
    "text with a name": (Color.RED, "the argument 'v' becomes the plain 'red' in JSON"),
    "number with a name": (Size.BIG, "the argument 'v' becomes the plain 3 in JSON"),
    "share with a name": (Share.HALF, "the argument 'v' becomes the plain 0.5 in JSON"),
    "not a number": (nan, "the argument 'v' becomes NaN, which only Python reads, in JSON"),
    "endless": (inf, "the argument 'v' becomes Infinity, which only Python reads, in JSON"),
    "zone": (
        MOMENT.astimezone(ZoneInfo("Asia/Tokyo")),
        "the argument 'v' becomes a time at +0900, without its zone, in JSON",
    ),
    "zone of a time": (
        time(9, tzinfo=ZoneInfo("Asia/Tokyo")),
        "the argument 'v' becomes a time without its zone in JSON",
    ),
    "inside": ({"a": [{"b": (1,)}]}, "the argument 'v', at ['a'][0]['b'], becomes a list in JSON"),
    "inside a relative of dict": (
        OrderedDict(a={1: 2}),
        "the key 1 in the argument 'v', at ['a'], becomes a string in JSON",
    ),
}
KEPT = {
    "text": "x" * 2_000,
    "numbers": [1, 1.5, True, None, -0.0],
    "bytes": b"\x00",
    "times": [MOMENT, MOMENT.replace(tzinfo=None), date(2031, 5, 1), time(10)],
    "the zone of all zones": MOMENT.astimezone(ZoneInfo("UTC")),
    "a fixed offset": MOMENT.astimezone(timezone(timedelta(hours=9))),
    "exact": [Decimal("1.10"), UUID(int=7)],
    "dict": {"a": {"b": []}, "": None},
    "relatives of dict": [OrderedDict(a=1), defaultdict(list, a=[1])],
}


@pytest.mark.parametrize(("value", "message"), CHANGED.values(), ids=CHANGED)
def test_what_json_changes_is_found(value, message):
    """
    Whatever comes back as something else is told, with where it is and what it becomes.
    """
    (finding,) = ask("CK302", {}, JSON, kwargs={"v": value})

    assert (finding.level, finding.message) == ("warning", message)


def test_says_so_at_the_send_and_sends(greet, message):
    """
    The call is sent, with a warning that names the parameter.
    """
    with pytest.warns(CallWarning) as caught:
        call(greet, {1: "Ann"}).send()

    assert str(caught[0].message) == (
        "shop.greet: CK302 the key 1 in the argument 'name' becomes a string in JSON. "
        "Pass what arrives, or use another serializer."
    )
    assert message()


def test_each_change_is_told():
    """
    Two changes are two findings, and an argument without a name is told by its place.
    """
    found = ask("CK302", {}, JSON, args=((1,), {2: (3,)}))

    assert [each.option for each in found] == ["args[0]", "args[1] key 2", "args[1][2]"]
    assert [each.message.partition(" becomes")[0] for each in found] == [
        "the argument 'args[0]'",
        "the key 2 in the argument 'args[1]'",
        "the argument 'args[1]', at [2],",
    ]


def test_what_stars_take_is_told_by_its_index(app):
    """
    An argument that `*args` takes is named with its place there, in a step as in a call.
    """

    @app.task(name="shop.pack")
    def pack(box, *items):
        return box

    found = call(pack, "b", (1,), [(2,)]).check()

    assert [each.option for each in found] == ["items[0]", "items[1][0]"]
    assert found[1].message == "the argument 'items[1]', at [0], becomes a list in JSON"
    with pytest.warns(CallWarning, match=r"the argument 'items\[0\]' becomes"):
        step(pack, (1,)).signature()


def test_what_stars_take_can_be_redacted(app):
    """
    A redacted `*args` hides all that it takes, and an argument by another name is told.
    """

    @app.task(name="shop.pack")
    def pack(box, *items, **more):
        return box

    found = call(pack, "b", ("s3cret",), **{"items[": (1,)}).redact("items").check()

    assert [(each.option, each.value) for each in found] == [
        ("items[0]", "***"),
        ("items[", "(1,)"),
    ]


def test_near_miss_a_name_with_a_bracket_is_redacted_by_itself(app):
    """
    An argument of `**kwargs` may have any name, and is redacted by all of it.
    """

    @app.task(name="shop.note")
    def note(**fields):
        return sorted(fields)

    (finding,) = call(note, **{"a[": ("s3cret",)}).redact("a[").check()

    assert "s3cret" not in finding.value


@pytest.mark.parametrize("value", KEPT.values(), ids=KEPT)
def test_near_miss_what_json_keeps_passes(value):
    """
    Whatever arrives equal passes, and does arrive equal.
    """
    assert ask("CK302", {}, JSON, kwargs={"v": value}) == []
    assert round_trip({"v": value}) == {"v": value}


def test_many_changes_of_one_argument_are_told_three_times():
    """
    A list of a thousand tuples is one mistake, and no thousand findings.
    """
    found = ask("CK302", {}, JSON, kwargs={"pairs": [(1, 2)] * 1_000, "v": (1,)})

    assert [each.option for each in found] == ["pairs[0]", "pairs[1]", "pairs[2]", "v"]


def test_near_miss_a_heavy_payload_is_not_searched():
    """
    Looking at all of it would take longer than to send it; another rule has told its size.
    """
    assert ask("CK302", {}, JSON, kwargs={"v": [(1,), "x" * 300_000]}) == []


def test_near_miss_a_signature_as_an_argument_passes(add, greet):
    """
    A signature is made to travel, whatever is in it.
    """
    assert call(greet, add.si(2, 3)).check() == []


def test_near_miss_a_task_with_a_serializer_of_its_own_passes(app):
    """
    A task that is always sent by pickle keeps its tuples.
    """
    app.conf.accept_content = ["json", "pickle"]

    @app.task(name="shop.pair", serializer="pickle")
    def pair(v):
        return v

    assert call(pair, (1, 2)).check() == []
    assert [each.code for each in call(pair, (1, 2)).serializer("json").check()] == ["CK302"]


def test_near_miss_a_task_that_rewrites_its_arguments_passes(app, message):
    """
    A task with an `apply_async` of its own may send something else than what the caller wrote.
    """

    class Lists(app.Task):
        def apply_async(self, args=None, kwargs=None, **options):
            return super().apply_async([list(each) for each in args], kwargs, **options)

    @app.task(name="shop.pair", base=Lists)
    def pair(v):
        return v

    call(pair, (1, 2)).send()

    assert message().payload[0] == [[1, 2]]


@pytest.mark.parametrize(
    "known",
    [{"options": {"serializer": "pickle"}}, {"from_canvas": True}, {"rewrites": True}],
    ids=["another serializer", "Celery's own call", "a task that rewrites"],
)
def test_near_miss_what_does_not_go_through_json_passes(known):
    """
    Another serializer keeps a tuple, and what Celery passes on has been through JSON before.
    """
    options = known.pop("options", {})

    assert ask("CK302", options, JSON, kwargs={"v": (1,)}, **known) == []
    assert ask("CK302", {}, AppFacts(serializer="yaml"), kwargs={"v": (1,)}) == []


def test_harm_the_task_gets_something_else(app, outcome):
    """
    With plain Celery a dict with a number as its key arrives with a string, a tuple as a list.
    """

    @app.task(name="shop.same")
    def same(table, pair):
        return [table == {1: "a"}, pair == (1, 2)]

    same.delay({1: "a"}, (1, 2))

    assert outcome() == ("SUCCESS", [False, False])
