"""
CK302: an argument arrives as it was given.
"""

from collections import OrderedDict, defaultdict, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf, nan
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from kombu.utils.json import dumps, loads

from celerykit import CallWarning, call
from celerykit._facts import AppFacts

from .asking import ask

MOMENT = datetime(2031, 5, 1, tzinfo=timezone.utc)
Point = namedtuple("Point", "x y")


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


def round_trip(value):
    """
    Write and read as an app without types of its own does.
    """
    return loads(dumps(value))


JSON = AppFacts(serializer="json", round_trip=round_trip)

CHANGED = {
    "tuple": ((1, 2), "v becomes a list in JSON"),
    "named tuple": (Point(1, 2), "v becomes a list in JSON"),
    "number as a key": ({1: "a"}, "v key 1 becomes a string in JSON"),
    "None as a key": ({None: "a"}, "v key None becomes a string in JSON"),
    "text with a name": (Color.RED, "v becomes the plain 'red' in JSON"),
    "number with a name": (Size.BIG, "v becomes the plain 3 in JSON"),
    "not a number": (nan, "v becomes NaN, which only Python reads, in JSON"),
    "endless": (inf, "v becomes Infinity, which only Python reads, in JSON"),
    "zone": (
        MOMENT.astimezone(ZoneInfo("Asia/Tokyo")),
        "v becomes a time at +0900, without its zone, in JSON",
    ),
    "inside": ({"a": [{"b": (1,)}]}, "v['a'][0]['b'] becomes a list in JSON"),
}
KEPT = {
    "text": "x" * 2_000,
    "numbers": [1, 1.5, True, None, -0.0],
    "bytes": b"\x00",
    "times": [MOMENT, MOMENT.replace(tzinfo=None), date(2031, 5, 1), time(10)],
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
        "shop.greet: CK302 name key 1 becomes a string in JSON. "
        "Pass what arrives, or use another serializer."
    )
    assert message()


def test_each_change_is_told():
    """
    Two changes are two findings, and an argument without a name is told by its place.
    """
    found = ask("CK302", {}, JSON, args=((1,), {2: (3,)}))

    assert [each.option for each in found] == ["args[0]", "args[1] key 2", "args[1][2]"]


@pytest.mark.parametrize("value", KEPT.values(), ids=KEPT)
def test_near_miss_what_json_keeps_passes(value):
    """
    Whatever arrives equal passes, and does arrive equal.
    """
    assert ask("CK302", {}, JSON, kwargs={"v": value}) == []
    assert round_trip({"v": value}) == {"v": value}


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
