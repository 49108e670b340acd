"""
CK223: a serializer or a compression is one that this process has.
"""

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

FACTS = AppFacts(
    serializers=frozenset({"json", "pickle", "yaml"}), compressions=frozenset({"gzip", "zlib"})
)


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"serializer": "jsn"}, "Did you mean 'json'?"),
        ({"serializer": "nope"}, "Use one of json, pickle, yaml"),
        ({"compression": "gzipp"}, "Did you mean 'gzip'?"),
        ({"compression": "nope"}, "Use one of gzip, zlib"),
    ],
    ids=str,
)
def test_an_unregistered_name_is_found(options, remedy):
    """
    A slip is answered with what was meant, anything else with what there is.
    """
    (finding,) = ask("CK223", options, FACTS)

    assert (finding.option, finding.remedy) == (next(iter(options)), remedy)


def test_both_are_told():
    """
    Two unknown names are two findings.
    """
    found = ask("CK223", {"serializer": "nope", "compression": "nope"}, FACTS)

    assert [finding.option for finding in found] == ["serializer", "compression"]


def test_is_refused_at_the_send(add, messages):
    """
    The call is refused with the name that was meant, and nothing is sent.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).compression("gzipp").send()

    assert str(caught.value) == printed(
        "CK223", "compression='gzipp' is not registered here. Did you mean 'gzip'?"
    )
    assert messages() == []


def test_the_compressions_of_this_process_are_listed(add):
    """
    The remedy names what this Python can really compress with.
    """
    (finding,) = call(add, 2, 3).compression("nope").check()

    assert "gzip" in finding.remedy
    assert "zlib" in finding.remedy


def test_near_miss_registered_names_pass(add):
    """
    What kombu knows passes, and so does a compression by its content type.
    """
    assert ask("CK223", {"serializer": "pickle", "compression": "zlib"}, FACTS) == []
    assert call(add, 2, 3).compression("application/x-gzip").check() == []


@pytest.mark.parametrize("value", [None, 5, ["json"]], ids=repr)
def test_near_miss_what_is_no_name_is_left_to_its_rule(value):
    """
    A wrong type is CK203's alone, also in a plain call, which is asked all rules at once.
    """
    assert ask("CK223", {"serializer": value, "compression": value}, FACTS) == []


def test_near_miss_nothing_is_said_where_nothing_is_known():
    """
    Without facts there is nothing to compare with.
    """
    assert ask("CK223", {"serializer": "nope", "compression": "nope"}) == []


def test_harm_an_unknown_compression_is_a_bare_word(add):
    """
    With plain Celery an unknown compression raises KeyError with the name and nothing else.
    """
    with pytest.raises(KeyError) as caught:
        add.apply_async((2, 3), compression="zipp")

    assert str(caught.value) == "'zipp'"
