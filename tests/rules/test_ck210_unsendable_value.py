"""
CK210: what a header, a stamp or an extra option holds can travel on every broker.
"""

from collections import OrderedDict
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from math import inf, nan
from types import MappingProxyType
from uuid import UUID

import pytest
from amqp.exceptions import FrameSyntaxError
from amqp.serialization import dumps
from kombu.utils.json import dumps as as_json

from celerykit import call

from .asking import ask, printed, refusal, refused


class Size(IntEnum):
    """
    A number with a name.
    """

    BIG = 3


class Color(str, Enum):
    """
    A text with a name.
    """

    RED = "red"


UNSENDABLE = {
    "set": ({1}, "a set is not a JSON value"),
    "bytes": (b"x", "a bytes is not a JSON value"),
    "datetime": (datetime(2031, 5, 1, tzinfo=timezone.utc), "a datetime is not a JSON value"),
    "Decimal": (Decimal(1), "a Decimal is not a JSON value"),
    "UUID": (UUID(int=7), "a UUID is not a JSON value"),
    "object": (object(), "an object is not a JSON value"),
    "NaN": (nan, "nan is not a number in JSON"),
    "endless": (inf, "inf is not a number in JSON"),
    "65 bits": (2**63, "9223372036854775808 does not fit in 64 bits"),
    "too long to write": (10**5000, "<int> does not fit in 64 bits"),
    "in a list": ([1, [2, {3}]], "a set is not a JSON value"),
    "in a dict": ({"a": {"b": b"x"}}, "a bytes is not a JSON value"),
    "a key": ({1: "one"}, "the name 1 is not a string"),
    "a key too long to write": ({10**5000: 1}, "the name <int> is not a string"),
    "a long key": ({"k" * 256: 1}, "the name 'kkkkkkkkkkkkkkkkkkkk'... is longer than 255 bytes"),
    "a mapping": (MappingProxyType({"a": 1}), "a mappingproxy is not a JSON value"),
}
SENDABLE = {
    **{repr(value): value for value in ("x", "", 1, -(2**63), 2**63 - 1, 1.5, True, [None])},
    "nested": {"a": [1, {"b": (2, None)}], "": {}},
    "a tuple": (1, 2),
    "a subclass of dict": OrderedDict(a=1),
    "enums": [Size.BIG, Color.RED],
    "a name of 255 bytes": {"k" * 255: 1},
    "half a surrogate pair": {"\ud800": "\ud800"},
}


@pytest.mark.parametrize(("value", "why"), UNSENDABLE.values(), ids=UNSENDABLE)
def test_what_some_broker_cannot_carry_is_refused_on_its_line(add, value, why):
    """
    Headers, stamps and extra options are looked at all the way down, and the reason is told.
    """
    base = call(add, 2, 3)

    for build, option, where in (
        (lambda: base.headers({"tags": value}), "headers", "headers['tags']"),
        (lambda: base.stamp({"tags": value}), "stamp", "stamp['tags']"),
        (lambda: base.extra(tags=value), "tags", "tags"),
    ):
        (finding,) = refusal(build).findings
        assert (finding.code, finding.option) == ("CK210", option)
        assert finding.message == f"{where} cannot be sent: {why}"


@pytest.mark.parametrize(
    "wrap",
    [lambda it: it, lambda it: [1, it], lambda it: {"b": (it,)}],
    ids=["itself", "in a list", "in a tuple in a dict"],
)
def test_what_contains_itself_is_refused(add, wrap):
    """
    A dict or a list that leads back to itself has no end, at whatever depth.
    """
    endless = {}
    endless["a"] = wrap(endless)

    for build in (
        lambda: call(add, 2, 3).headers(endless),
        lambda: call(add, 2, 3).stamp(endless),
        lambda: call(add, 2, 3).extra(tags=endless["a"]),
    ):
        (finding,) = refusal(build).findings
        assert (finding.code, finding.message.partition(": ")[2]) == ("CK210", "it contains itself")


def test_near_miss_the_same_value_twice_passes(add):
    """
    One list in two places is no circle.
    """
    tags = ["a"]

    assert call(add, 2, 3).headers(one=tags, both=[tags, tags, {"tags": tags}])


def test_says_what_to_pass(add):
    """
    The message shows where, why, and what may travel.
    """
    assert str(refusal(lambda: call(add, 2, 3).headers(tags={"a"}))) == printed(
        "CK210",
        "headers['tags'] cannot be sent: a set is not a JSON value. "
        "Pass a string, number, bool, None, list or dict of those.",
    )


@pytest.mark.parametrize("name", [1, None, "h" * 256], ids=["1", "None", "256 bytes"])
def test_a_name_that_cannot_travel_is_refused(add, name):
    """
    The name of a header is a string that fits.
    """
    assert refused(lambda: call(add, 2, 3).headers({name: "v"}))[0][0] == "CK210"


@pytest.mark.parametrize("name", ["CC", "BCC"])
def test_a_copy_goes_to_a_list_of_keys(add, name):
    """
    RabbitMQ reads two headers itself, and refuses them unless they are lists.
    """
    (finding,) = refusal(lambda: call(add, 2, 3).headers({name: "high"})).findings

    assert finding.message == f"headers['{name}'] cannot be sent: RabbitMQ reads routing keys there"


def test_a_stamp_has_a_value(add):
    """
    A stamp of None is refused, where a header of None is not.
    """
    (finding,) = refusal(lambda: call(add, 2, 3).stamp(tenant=None)).findings

    assert finding.message == "stamp['tenant'] cannot be sent: Celery drops None, then misses it"
    assert call(add, 2, 3).headers(tenant=None)


@pytest.mark.parametrize("value", SENDABLE.values(), ids=SENDABLE)
def test_near_miss_what_every_broker_carries_passes(add, value):
    """
    The ends of the ranges, nesting, tuples, enums and subclasses pass, and can be encoded.
    """
    base = call(add, 2, 3)

    assert base.headers(tags=value).stamp(tags=value).extra(labels=value)
    assert as_json({"tags": value})
    assert dumps("F", [{"tags": value}])


def test_near_miss_copies_and_their_namesakes_pass(add):
    """
    A list of routing keys passes, and so does a header or a stamp that only looks alike.
    """
    base = call(add, 2, 3)

    assert base.headers({"CC": ["high"], "BCC": ("low",)})
    assert base.headers(cc="high").stamp(CC="high")


def test_near_miss_known_options_are_left_to_their_rules():
    """
    What an option of Celery's may hold is not for this rule, nor what is no mapping.
    """
    options = {"eta": object(), "producer": object(), "retries": object(), "headers": 5}

    assert ask("CK210", options) == []


def test_harm_memory_takes_what_real_brokers_refuse(add, message):
    """
    With plain Celery a set in a header passes in a test on the in-memory broker; the encoders of
    Redis and RabbitMQ both raise.
    """
    headers = {"tags": {"a"}}

    add.apply_async((2, 3), headers=headers)

    assert message().headers["tags"] == {"a"}
    with pytest.raises(TypeError):
        as_json(headers)
    with pytest.raises(FrameSyntaxError):
        dumps("F", [headers])


def test_harm_a_stamp_of_none_cannot_be_sent(add):
    """
    With plain Celery a signature drops a stamp of None, and misses it at the send.
    """
    signature = add.s(2, 3)
    signature.stamp(tenant=None)

    with pytest.raises(KeyError, match="tenant"):
        signature.apply_async()
