"""
CK301: a call is serialised in a way that its workers read.
"""

import pytest
from kombu.exceptions import ContentDisallowed

from celerykit import CallRejected, CallWarning, call, remote
from celerykit._facts import AppFacts

from .asking import ask, printed

FACTS = AppFacts(
    serializers=frozenset({"json", "pickle", "yaml"}), accepts=frozenset({"json", "yaml"})
)


def test_a_serializer_that_is_not_accepted_is_found():
    """
    What the app's own workers refuse is told, with what they take.
    """
    (finding,) = ask("CK301", {"serializer": "pickle"}, FACTS)

    assert (finding.level, finding.option, finding.value) == ("error", "serializer", "'pickle'")
    assert (
        finding.remedy == "Use one of json, yaml, or add it to accept_content, in the workers too"
    )


def test_the_task_and_the_app_have_a_say():
    """
    A call that names no serializer is written by the app's own.
    """
    (finding,) = ask(
        "CK301",
        {},
        AppFacts(serializer="pickle", accepts=FACTS.accepts, serializers=FACTS.serializers),
    )

    assert finding.value == "'pickle'"


def test_is_refused_at_the_send(add, messages):
    """
    The call is refused with both remedies, and nothing is sent.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).serializer("pickle").send()

    assert str(caught.value) == printed(
        "CK301",
        "serializer='pickle' is not in accept_content. "
        "Use one of json, or add it to accept_content, in the workers too.",
    )
    assert messages() == []


def test_a_task_of_another_service_is_told_of_and_sent(app, message):
    """
    Workers elsewhere may accept more, so the call is sent with a warning.
    """

    @remote("other.mul", app=app)
    def mul(x, y):
        raise NotImplementedError

    with pytest.warns(CallWarning, match="other.mul: CK301"):
        call(mul, 2, 3).serializer("pickle").send()

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
    assert ask("CK301", {"serializer": ["pickle"]}, FACTS) == []
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
