"""
CK109: what is allowed is a rule.
"""

import re

import pytest

from celerykit import call
from celerykit.rules import adjustable, catalogue, unknown_rule

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


def test_near_miss_another_number_is_no_slip(add):
    """
    A number that has little in common with that of any rule is answered with an example.
    """
    assert unknown_rule("shop.add", "CK999").remedy == "Give a code such as 'CK302'"


@pytest.mark.parametrize("code", [10**5000, None, ["CK302"]], ids=["int", "None", "list"])
def test_what_is_no_code_at_all_is_refused(add, code):
    """
    Whatever is given by mistake is shown as far as it can be, with an example.
    """
    (finding,) = refusal(lambda: call(add, 2, 3).allow(code)).findings

    assert (finding.code, finding.remedy) == ("CK109", "Give a code such as 'CK302'")


FIXED = catalogue().keys() - adjustable()


@pytest.mark.parametrize("code", sorted(FIXED))
def test_a_rule_against_poison_cannot_be_allowed(add, code):
    """
    What has no meaning, or stops a worker, stays refused, and the line that allows it says so.
    """
    assert str(refusal(lambda: call(add, 2, 3).allow(code))) == printed(
        "CK109",
        f"{code} cannot be allowed: what it refuses has no meaning, or stops workers. "
        "Mend the call.",
    )


def test_the_page_lists_what_cannot_be_allowed():
    """
    Whoever reads the page of this rule finds each code that stays as it is.
    """
    page = catalogue()["CK109"].__doc__

    codes = re.findall(r"CK\d{3}", page.partition("##")[2].partition("## Why")[0])
    assert {*codes} == FIXED


def test_near_miss_every_other_rule_can_be_allowed(add):
    """
    Each other code of the catalogue passes, and several at once.
    """
    assert call(add, 2, 3).allow(*adjustable())
