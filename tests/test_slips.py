"""
A name with a slip of the fingers in it is told from another name.
"""

import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from celerykit._slips import slip_of

words = st.text(string.ascii_lowercase, min_size=6, max_size=12)


def wrong(word, place):
    """
    Another letter at this place.
    """
    return word[:place] + ("x" if word[place] != "x" else "y") + word[place + 1 :]


SLIPS = {
    "missing": lambda word, place: word[:place] + word[place + 1 :],
    "doubled": lambda word, place: word[:place] + word[place] + word[place:],
    "swapped": lambda word, place: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    "wrong": wrong,
}


@settings(max_examples=300, deadline=None, derandomize=True)
@given(words, words, st.sampled_from(sorted(SLIPS)), st.data())
def test_one_slip_is_found_wherever_it_is(module, task, slip, data):
    """
    A letter that is missing, doubled, swapped or wrong inside a word leads to what was meant.
    """
    known = f"{module}.{task}"
    place = data.draw(st.integers(1, len(task) - 3)) + len(module) + 1
    slipped = SLIPS[slip](known, place)
    assume(slipped != known)

    assert slip_of(slipped, {known, "another.name"}) == known


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("HIGH", "high"),
        ("High", "high"),
        ("hgih", "high"),
        ("hig", None),
        ("h", None),
        ("hi", None),
    ],
)
def test_short_names_are_judged_with_care(name, meant):
    """
    Capitals and swaps are slips in short names too; an ending is not.
    """
    assert slip_of(name, ["high", "h2", "ih"]) == meant


def test_among_several_the_choice_is_steady():
    """
    The same name is answered alike, in whatever order the known ones come.
    """
    known = ["shop.orders", "shop.oxders"]

    assert slip_of("shop.oders", known) == slip_of("shop.oders", known[::-1]) == "shop.orders"


def test_nothing_known_is_no_slip():
    """
    Where nothing is known, nothing was meant.
    """
    assert slip_of("shop.add", ()) is None
