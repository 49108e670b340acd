"""
CK305: a dict of the caller's is not taken for something else.
"""

import pytest
from kombu.exceptions import DecodeError
from kombu.utils.json import dumps, loads

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

JSON = AppFacts(serializer="json", round_trip=lambda value: loads(dumps(value)))
UUID_LIKE = {"__type__": "uuid", "__value__": {"hex": "0" * 32}}


@pytest.mark.parametrize(
    ("value", "where"),
    [(UUID_LIKE, "v"), ({"__value__": 1, "__type__": "x"}, "v"), ({"a": [UUID_LIKE]}, "v['a'][0]")],
    ids=["known type", "unknown type", "inside"],
)
def test_kombus_own_notation_is_found(value, where):
    """
    A dict with exactly these keys is found, wherever it is.
    """
    (finding,) = ask("CK305", {}, JSON, kwargs={"v": value})

    assert (finding.option, finding.remedy) == (where, "Rename the keys")


def test_is_refused_at_the_send(greet, messages):
    """
    The call is refused, and nothing is sent.
    """
    with pytest.raises(CallRejected) as caught:
        call(greet, UUID_LIKE).send()

    assert str(caught.value) == printed(
        "CK305",
        "the argument 'name' looks like kombu's own notation for a type. Rename the keys.",
        task="shop.greet",
    )
    assert messages() == []


@pytest.mark.parametrize(
    "value",
    [{"__type__": "uuid"}, {**UUID_LIKE, "more": 1}, {"type": "uuid", "value": {}}],
    ids=["one of them", "one more", "other names"],
)
def test_near_miss_a_dict_that_is_read_as_it_is_passes(value):
    """
    One key less, or one more, and kombu leaves the dict alone.
    """
    assert ask("CK305", {}, JSON, kwargs={"v": value}) == []
    assert loads(dumps(value)) == value


def test_near_miss_another_serializer_passes():
    """
    Only JSON writes types that way.
    """
    assert ask("CK305", {"serializer": "yaml"}, JSON, kwargs={"v": UUID_LIKE}) == []


def test_harm_the_task_gets_another_object(app, outcome):
    """
    With plain Celery a dict of the caller's arrives as a UUID.
    """

    @app.task(name="shop.kind")
    def kind(value):
        return type(value).__name__

    kind.delay(UUID_LIKE)

    assert outcome() == ("SUCCESS", "UUID")


def test_harm_a_type_that_kombu_does_not_know_loses_the_message(greet, received):
    """
    With plain Celery a dict of an unknown type is sent, and no worker can read it.
    """
    greet.delay({"__type__": "shop.order", "__value__": 1})

    with pytest.raises(DecodeError):
        received()
