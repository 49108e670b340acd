"""
CK109: what is allowed is a rule.
"""

import pytest

from celerykit import call
from celerykit.rules import catalogue, unknown_rule

from .asking import printed, refusal, refused


@pytest.mark.parametrize(
    "code", ["CK32", "302", "json-changes", "", None, 302, ["CK302"]], ids=repr
)
def test_a_code_that_names_no_rule_is_refused(add, code):
    """
    A typing error would allow nothing, and is refused on its line.
    """
    assert refused(lambda: call(add, 2, 3).allow(code))[0][:2] == ("CK109", "allow")


def test_says_which_code_was_meant(add):
    """
    A slip is answered with the code that is nearest, anything else with an example.
    """
    assert str(refusal(lambda: call(add, 2, 3).allow("ck2005"))) == printed(
        "CK109", "there is no rule 'ck2005'. Did you mean 'CK205'?"
    )
    assert unknown_rule("shop.add", "anything").remedy == "Give a code such as 'CK302'"


def test_near_miss_every_rule_can_be_allowed(add):
    """
    Each code of the catalogue passes, and several at once.
    """
    assert call(add, 2, 3).allow(*catalogue())
