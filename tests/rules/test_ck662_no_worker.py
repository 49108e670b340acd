"""
CK662: no worker answered, and so nothing is known of them.
"""

import pytest

from celerykit._live import Unanswered
from celerykit.rules import catalogue

from .configured import configured, words
from .hearing import heard


def test_no_answer_is_told():
    """
    That nobody answered is said, and how long there was time for it.
    """
    found = heard("CK662", workers=(), within=3)

    said = "no worker answered within 3 s"
    remedy = "Start one, or give it longer to answer: --within 30"
    assert [(each.message, each.remedy) for each in found] == [(said, remedy)]
    assert found[0].level == "warning"


def test_a_broker_that_could_not_be_asked_is_no_excuse():
    """
    Where it is not known whether the broker answers, workers were asked, and did not.
    """
    broker = Unanswered("unknown", 0.1, "it has no client that can be bounded")

    assert len(heard("CK662", workers=(), broker=broker)) == 1


def test_a_broker_without_remote_control_is_told():
    """
    Where workers cannot be asked, that is said, and not that there are none.
    """
    found = heard("CK662", workers=(), control="sqs does not carry questions to them")

    said = "the workers cannot be asked: sqs does not carry questions to them"
    assert [each[2:] for each in words(found)] == [(said, "Look at them where they run")]


@pytest.mark.parametrize(
    ("config", "known"),
    [
        (configured(), {}),
        (configured(), {"workers": (), "broker": Unanswered("refused", 0.1, "nobody")}),
        (configured(unusable="No such transport: reddis"), {"workers": ()}),
    ],
)
def test_near_miss_what_is_told_elsewhere_passes(config, known):
    """
    A worker that answers passes; a broker that does not is told by its own rule, once.
    """
    assert heard("CK662", config, **known) == []


def test_nothing_is_guessed_from_silence():
    """
    Where no worker answered, the rules about workers say nothing.
    """
    senders = {"celery": ("shop.add",), "money": ("shop.pay",)}
    about_workers = [code for code in catalogue() if "CK663" <= code <= "CK666"]

    assert [heard(code, workers=(), senders=senders) for code in about_workers] == [[]] * 4


def test_harm_what_nobody_takes_waits(app, add, messages):
    """
    With plain Celery a call without a worker is sent, waits, and its state says no more.
    """
    result = add.delay(2, 3)

    assert result.state == "PENDING"
    assert len(messages()) == 1
