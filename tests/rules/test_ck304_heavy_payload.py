"""
CK304: a message stays small.
"""

import pytest

from celerykit import CallWarning, call
from celerykit._facts import PAYLOAD_BUDGET, AppFacts

from .asking import ask

SMALL = AppFacts(payload_budget=100)

HEAVY = {
    "text": {"kwargs": {"v": "x" * 200}},
    "bytes": {"args": (b"x" * 200,)},
    "many": {"args": (list(range(50)),)},
    "keys": {"args": ({f"key{number}": None for number in range(20)},)},
    "deep": {"args": ([[["x" * 50], "x" * 60]],)},
}


@pytest.mark.parametrize("known", HEAVY.values(), ids=HEAVY)
def test_arguments_over_the_budget_are_found(known):
    """
    Long, many and deep: whatever adds up is told.
    """
    (finding,) = ask("CK304", {}, SMALL, **known)

    assert (finding.level, finding.option) == ("warning", "arguments")
    assert finding.message == "the arguments take more than 100 bytes"


def test_says_so_at_the_send_and_sends(greet, message):
    """
    The call is sent, with a warning.
    """
    with pytest.warns(CallWarning) as caught:
        call(greet, "x" * PAYLOAD_BUDGET).send()

    assert str(caught[0].message) == (
        "shop.greet: CK304 the arguments take more than 262144 bytes. "
        "Store the data, and pass its key."
    )
    assert message()


@pytest.mark.parametrize(
    "known",
    [
        {"args": ("x" * 80,)},
        {"args": (list(range(5)),), "kwargs": {"a": {}}},
        {"args": (object(),)},
        {},
    ],
    ids=["text", "numbers", "unknown", "nothing"],
)
def test_near_miss_arguments_within_the_budget_pass(known):
    """
    What stays below passes.
    """
    assert ask("CK304", {}, SMALL, **known) == []


def test_near_miss_a_larger_budget_passes(app, greet):
    """
    The project's own budget is what counts.
    """
    app.conf.celerykit = {"payload_budget": 1_000_000}

    assert call(greet, "x" * 300_000).check() == []


def test_near_miss_what_has_no_end_is_measured_in_time():
    """
    A list that contains itself does not stop the measuring; another rule refuses it.
    """
    value = []
    value.append(value)

    assert ask("CK304", {}, args=(value,)) == []


def test_harm_any_size_is_taken(greet, message):
    """
    With plain Celery a message of a megabyte is sent without a word.
    """
    greet.delay("x" * 1_000_000)

    assert len(message().body) > 1_000_000
