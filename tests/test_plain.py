"""
How a plain Celery call is read: what a caller wrote is told from what Celery writes itself.
"""

import warnings
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st
from kombu import Exchange, Queue

from celerykit import guard
from celerykit._plain import followers, is_under_way, ours, plain_options
from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS, INTERNAL_OPTIONS

NOON = datetime(2031, 5, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"queue": Queue("high")}, {"queue": "high"}),
        ({"exchange": Exchange("orders")}, {"exchange": "orders"}),
        ({"queue": 5}, {"queue": 5}),
        ({"eta": NOON.isoformat()}, {"eta": NOON}),
        ({"expires": "2031-05-01T12:00:00Z"}, {"expires": NOON}),
        ({"eta": "tomorrow"}, {"eta": "tomorrow"}),
        ({"retry": 1, "mandatory": 0}, {"retry": True, "mandatory": False}),
        ({"headers": {"headers": {"a": 1}, "b": b"", "c": 2}}, {"headers": {"c": 2}}),
        ({"headers": 5}, {"headers": 5}),
        ({"once": {"keys": {1}}}, {"once": "{'keys': {1}}"}),
        ({"MessageGroupId": "g"}, {"MessageGroupId": "g"}),
        ({"immediate": True}, {"immediate": True}),
        ({"chain": "x", "chord": 5, "retries": "x"}, {"chain": "x", "chord": 5, "retries": "x"}),
        ({"ignore_result": "no", "producer": 5}, {"ignore_result": "no", "producer": 5}),
    ],
)
def test_what_a_caller_wrote(written, read):
    """
    What a caller wrote is read in the types that rules know.
    """
    assert plain_options(written) == read


@pytest.mark.parametrize(
    "filled",
    [
        dict.fromkeys([*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS]),
        {"name": "shop.add", "args": (1,), "kwargs": {}},
        {"chain": [], "chord": {}, "retries": 2, "add_to_parent": False, "ignore_result": True},
        {"group_id": "g", "group_index": 1, "root_id": "r", "parent_id": "p", "origin": "o"},
        {"reply_to": "r", "replaced_task_nesting": 1, "immediate": False, "immutable": True},
        {"tenant": "acme", "queue": "x", "stamped_headers": ["tenant", "queue"]},
        {"tenant": "acme", "stamped_headers": {"tenant"}},
    ],
)
def test_what_celery_wrote(filled):
    """
    What Celery fills in by itself, and stamps, are nothing that a caller wrote.
    """
    assert plain_options(filled) == {}


def test_stamps_are_named_in_a_list():
    """
    What is no list of names hides nothing.
    """
    assert plain_options({"queue": "x", "stamped_headers": "queue"}) == {"queue": "x"}


def test_a_retry_is_judged_by_what_it_says_itself():
    """
    What a retry copies from its message was judged when it was sent; its countdown is new.
    """
    copied = {"expires": NOON, "queue": "high", "headers": {"task": 1}, "redelivered": False}
    retry = {**copied, "retries": 1, "root_id": "r", "countdown": -1, "prio": 1}

    assert plain_options(retry) == {"countdown": -1, "prio": 1}
    assert plain_options({**retry, "root_id": None}).keys() > {"expires", "queue"}


def test_who_sends():
    """
    A root_id is written by Celery alone, when work has begun; its own tasks have names of its own.
    """
    assert is_under_way({"root_id": "r"})
    assert not is_under_way({"root_id": None})
    assert ours("celery.chord_unlock")
    assert not ours("celeryproj.add")


def signature(task: str, **options: Any) -> dict[str, Any]:
    """
    A signature as JSON has it.
    """
    return {"task": task, "args": (), "kwargs": {}, "options": options}


def test_what_follows_is_read_too():
    """
    Steps, callbacks, errbacks and the body of a chord follow, and what follows those.
    """
    last = signature("d", link=[signature("e", que="x")])
    given = {
        "chain": [signature("b", queue="high"), signature("a")],
        "link": signature("c"),
        "link_error": ["name", None],
        "chord": {**signature("celery.chain"), "kwargs": {"tasks": [last]}},
    }

    found = {each.task: each.options for each in followers(given)}

    assert found == {
        "a": {},
        "b": {"queue": "high"},
        "c": {},
        "celery.chain": {},
        "d": {"link": last["options"]["link"]},
        "e": {"que": "x"},
    }


@pytest.mark.parametrize("option", [{"group_index": 1}, {"root_id": "r"}])
def test_what_follows_is_read_once(option):
    """
    Of a group the first member tells what follows all; in a worker it was told before.
    """
    assert [*followers({"chain": [signature("a")], **option})] == []


class Odd:
    """
    A value that fails whatever it is asked.
    """

    def fail(self, *args: Any) -> Any:
        """
        Fail.
        """
        raise RuntimeError("odd")

    __bool__ = __eq__ = __repr__ = __iter__ = __len__ = __hash__ = fail


ODD = [None, True, 0, -1, 2**70, float("nan"), "", " x", "2031", b"x", Decimal("NaN"), object()]
ODD += [NOON.replace(tzinfo=None), timedelta.max, NOON, Odd(), [Odd()], [None], {}, {"task": 5}]
ODD += [{"task": "a", "args": 5, "options": {"link": {"task": Odd()}}}, {5: Odd()}, Queue]

places = st.integers(0, len(ODD) - 1)  # hypothesis itself cannot hold what has no hash
names = st.sampled_from(
    sorted({*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS, "prio", "x"} - {"name"})
)


@given(st.lists(places, max_size=3), st.dictionaries(names, places, max_size=4))
def test_whatever_is_written_goes_through(positions, options):
    """
    With action="warn" no call is stopped or changed by the guard, however odd: Celery decides.
    """
    by_position = [ODD[place] for place in positions]
    options = {name: ODD[place] for name, place in options.items()}
    app = Celery("odd", broker="memory://", set_as_current=False)
    got: list[Any] = []
    app.send_task = lambda *args, **options: got.append((args, options))
    guard(app)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.send_task("far.away", *by_position, **options)
    app.close()

    ((args, passed),) = got
    assert [id(each) for each in args[1:]] == [id(each) for each in by_position]
    assert {name: id(each) for name, each in passed.items()} == {
        name: id(each) for name, each in options.items()
    }
