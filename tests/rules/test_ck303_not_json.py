"""
CK303: an argument can be written as JSON.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from fractions import Fraction
from pathlib import PurePosixPath

import celery
import pytest
from kombu.exceptions import EncodeError
from kombu.utils.json import dumps, loads
from pydantic import BaseModel

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

JSON = AppFacts(serializer="json", round_trip=lambda value: loads(dumps(value)))


@dataclass
class Address:
    """
    A dataclass.
    """

    city: str


class Order(BaseModel):
    """
    A pydantic model.
    """

    sku: str


class Row:
    """
    What an object of an ORM looks like.
    """

    _meta = object()


class Flavour(Enum):
    """
    A name without a plain value.
    """

    SWEET = object()


class Itself(list):
    """
    A list that will contain itself.
    """


REMEDIES = {
    "set": ({1}, "Pass a sorted list"),
    "frozenset": (frozenset({1}), "Pass a sorted list"),
    "timedelta": (timedelta(1), "Pass its total_seconds()"),
    "range": (range(3), "Pass a list, or its bounds"),
    "dict view": ({"a": 1}.keys(), "Pass a list"),
    "bytearray": (bytearray(b"x"), "Pass bytes"),
    "complex": (1j, "Pass its parts"),
    "dataclass": (Address("Rome"), "Pass dataclasses.asdict() of it"),
    "pydantic model": (
        Order(sku="tea"),
        "Pass its model_dump(mode='json'), or declare the task with pydantic=True",
    ),
    "model": (Row(), "Pass its key, and load it in the task"),
    "Enum": (Flavour.SWEET, "Pass plain values"),
    "Fraction": (Fraction(1, 3), "Pass plain values"),
    "path": (PurePosixPath("/tmp"), "Pass plain values"),  # noqa: S108 - a value, not a file
    "inside": ({"a": [{1}]}, "Pass a sorted list"),
    "a key": ({(1, 2): 3}, "Pass plain values"),
}


@pytest.mark.parametrize(("value", "remedy"), REMEDIES.values(), ids=REMEDIES)
def test_what_json_cannot_carry_is_found(value, remedy):
    """
    The argument is named, and there is a way out for each kind.
    """
    (finding,) = ask("CK303", {}, JSON, kwargs={"v": value})

    assert finding.option.startswith("v")
    assert finding.remedy == remedy


def test_what_contains_itself_is_found():
    """
    A list that contains itself has no end.
    """
    value = []
    value.append(value)

    (finding,) = ask("CK303", {}, JSON, kwargs={"v": value})

    assert finding.message == (
        "the argument 'v', at [0], cannot be written as JSON: it contains itself"
    )


def test_a_key_is_told_as_one():
    """
    A key that JSON cannot write is named, with the dict that it is in.
    """
    (finding,) = ask("CK303", {}, JSON, kwargs={"v": [{(1, 2): 3}]})

    assert finding.option == "v[0] key (1, 2)"
    assert finding.message == (
        "the key (1, 2) in the argument 'v', at [0], cannot be written as JSON: "
        "a tuple is no key in JSON"
    )


def test_is_refused_at_the_send(greet, messages):
    """
    The call is refused, with the parameter and the reason, and nothing is sent.
    """
    with pytest.raises(CallRejected) as caught:
        call(greet, {"Ann"}).send()

    assert str(caught.value) == printed(
        "CK303",
        "the argument 'name' cannot be written as JSON: "
        "Object of type set is not JSON serializable. Pass a sorted list.",
        task="shop.greet",
    )
    assert messages() == []


@pytest.mark.skipif(celery.VERSION < (5, 5), reason="pydantic=True came with Celery 5.5")
def test_near_miss_a_task_that_takes_models_gets_them(app, received):
    """
    A task with `pydantic=True` takes a model, which Celery itself turns into a dict.
    """

    @app.task(name="shop.order", pydantic=True)
    def order(item: Order):
        return item.sku

    call(order, Order(sku="tea")).send()

    assert received().execute() == "tea"


def test_near_miss_another_serializer_passes():
    """
    What goes by pickle is not for this rule.
    """
    assert ask("CK303", {"serializer": "pickle"}, JSON, kwargs={"v": {1}}) == []


def test_near_miss_a_type_that_json_was_taught_passes(greet):
    """
    An object that says how to be written passes, as it does in Celery.
    """

    class Money:
        def __json__(self):
            return "5 EUR"

    assert [each.code for each in call(greet, Money()).check() if each.level == "error"] == []


def test_harm_the_error_names_neither_task_nor_argument(greet):
    """
    With plain Celery the error says which type, and not which argument of which task.
    """
    with pytest.raises(EncodeError) as caught:
        greet.delay({"Ann"})

    assert "greet" not in str(caught.value)
    assert "name" not in str(caught.value)


def test_a_redacted_value_stays_hidden(add):
    """
    What is wrong with a redacted argument is told without its value, or the keys inside it.
    """
    findings = call(add, 2, {"s3cret": {5551234}, 5551234: 1}).redact("y").check()

    assert {each.code for each in findings} == {"CK302", "CK303"}
    assert {each.value for each in findings} == {"***"}
    assert not any("s3cret" in str(each) or "5551234" in str(each) for each in findings)
