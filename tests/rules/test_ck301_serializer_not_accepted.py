"""
CK301: a call is serialised in a way that its workers read.
"""

import pytest
from kombu.exceptions import ContentDisallowed

from celerykit import CallWarning, call
from celerykit._facts import AppFacts

from .asking import ask

FACTS = AppFacts(
    serializers=frozenset({"json", "pickle", "yaml"}), accepts=frozenset({"json", "yaml"})
)


def test_a_serializer_that_is_not_accepted_is_found():
    """
    What the app's own workers refuse is told, with what they take.
    """
    (finding,) = ask("CK301", {"serializer": "pickle"}, FACTS)

    assert (finding.level, finding.option, finding.value) == ("warning", "serializer", "'pickle'")
    assert (
        finding.remedy == "Use one of json, yaml, or add it to accept_content, in the workers too"
    )


def test_says_so_at_the_send_and_sends(add, message):
    """
    The call is sent, since workers may be configured otherwise.
    """
    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).serializer("pickle").send()

    assert str(caught[0].message) == (
        "shop.add: CK301 serializer='pickle' is not in accept_content. "
        "Use one of json, or add it to accept_content, in the workers too."
    )
    assert message().content_type == "application/x-python-serialize"


@pytest.mark.parametrize(
    "content",
    [["json", "pickle"], ["application/json", "application/x-python-serialize"], None],
    ids=["names", "content types", "anything"],
)
def test_near_miss_what_is_accepted_passes(app, add, content):
    """
    Names, content types and None are the ways to accept.
    """
    app.conf.accept_content = content

    assert call(add, 2, 3).serializer("pickle").check() == []


def test_near_miss_unknown_names_and_unknown_facts_pass():
    """
    A name that is not registered has another rule; without facts there is nothing to compare.
    """
    assert ask("CK301", {"serializer": "nope"}, FACTS) == []
    assert ask("CK301", {"serializer": "pickle"}) == []
    assert ask("CK301", {"serializer": "pickle"}, AppFacts(serializers=FACTS.serializers)) == []
    assert ask("CK301", {"serializer": "pickle"}, AppFacts(accepts=FACTS.accepts)) == []


def test_harm_the_worker_refuses_to_read_it(app, add, message):
    """
    With plain Celery pickle is sent without a word, and a worker that accepts JSON cannot read it.
    """
    add.apply_async((2, 3), serializer="pickle")

    sent = message()
    sent.accept = {"application/json"}
    with pytest.raises(ContentDisallowed):
        sent.decode()
