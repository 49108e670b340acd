"""
CK601: what the project asks of celerykit is understood.
"""

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts
from celerykit._read_config import config_of
from celerykit.rules import of_app

from .asking import ask, printed

WRONG = {
    "no dict": (5, "5 is not a dict"),
    "unknown setting": ({"severities": {}}, "'severities' is not a setting"),
    "no dict of levels": ({"severity": ["CK302"]}, "severity=['CK302'] is not a dict"),
    "unknown code": (
        {"severity": {"CK32": "off"}},
        "there is no rule 'CK32' whose level can be changed",
    ),
    "a rule against poison": (
        {"severity": {"CK203": "off"}},
        "there is no rule 'CK203' whose level can be changed",
    ),
    "unknown level": (
        {"severity": {"CK302": "ignore"}},
        "severity 'ignore' of CK302 is not 'error', 'warning' or 'off'",
    ),
    "budget of nothing": ({"payload_budget": 0}, "payload_budget=0 is not a number of bytes"),
    "budget in words": ({"payload_budget": "1M"}, "payload_budget='1M' is not a number of bytes"),
}
RIGHT = [
    None,
    {},
    {"severity": {}},
    {"severity": {"CK302": "off", "CK205": "warning", "CK110": "error"}},
    {"payload_budget": 1},
]


def test_what_the_facts_call_wrong_is_found():
    """
    Any call of such an app is refused.
    """
    (finding,) = ask("CK601", {}, AppFacts(wrong_setting="5 is not a dict"))

    assert (finding.level, finding.option) == ("error", "app.conf.celerykit")


@pytest.mark.parametrize(("setting", "problem"), WRONG.values(), ids=WRONG)
def test_a_setting_that_is_not_understood_is_told(app, add, setting, problem):
    """
    Each mistake in the setting is told in its own words.
    """
    app.conf.celerykit = setting

    (finding,) = call(add, 2, 3).check()

    assert (finding.code, finding.message) == ("CK601", f"app.conf.celerykit: {problem}")


def test_is_refused_at_the_send(app, add, messages):
    """
    The call is refused, with an example of what may be written.
    """
    app.conf.celerykit = {"severity": {"CK32": "off"}}

    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).send()

    assert str(caught.value) == printed(
        "CK601",
        "app.conf.celerykit: there is no rule 'CK32' whose level can be changed. "
        "Write for example {'severity': {'CK302': 'off'}, 'payload_budget': 1_000_000, "
        "'within': 2.0, 'confirm': True, 'on_unsent': function}.",
    )
    assert messages() == []


@pytest.mark.parametrize("setting", RIGHT, ids=repr)
def test_near_miss_what_is_understood_passes(app, add, setting):
    """
    No setting, an empty one and each level pass.
    """
    app.conf.celerykit = setting

    assert call(add, 2, 3).check() == []


def test_near_miss_facts_without_a_complaint_pass():
    """
    Where nothing is wrong, nothing is said.
    """
    assert ask("CK601", {}) == []


def test_the_whole_configuration_is_judged_too(make_app):
    """
    The doctor tells it without a call.
    """
    config = config_of(make_app(celerykit=5))

    (found,) = [each for each in of_app(config) if each.code == "CK601"]

    assert (found.task, found.message) == ("", "app.conf.celerykit: 5 is not a dict")
