"""
The guard speaks of keywords, as plain Celery code writes them, and never of the builder's methods.
"""

import re

import pytest

from celerykit import CallWarning, Priority, guard
from celerykit._findings import Finding
from celerykit._plain_words import in_plain_words
from celerykit._vocabulary import CALL_OPTIONS


def said(message, remedy="Mend it"):
    """
    A finding, as the guard says it.
    """
    finding = Finding("CK999", "any", "warning", "shop.add", "", "", message, remedy)
    return str(in_plain_words(finding))


@pytest.mark.parametrize("method", sorted(set(CALL_OPTIONS.values())))
def test_no_method_is_left(method):
    """
    Each option that has a method is named as the keyword of apply_async().
    """
    assert not re.search(r"\.\w+\(", said("it is wrong", f"Write {method}"))


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("Did you mean .countdown()?", "Did you mean countdown=?"),
        ("Write .redact('password')", "Write argsrepr= and kwargsrepr= without it."),
        ("Add .extra(mandatory=True) with confirms", "Add mandatory=True with confirms."),
        ("Pass it in call(add, ..., y=...)", "Pass it in kwargs={'y': ...}."),
        ("Pass step(task, ...) or call(task, ...)", "Pass task.s(...) or task.si(...)."),
        ("Write .countdown() after call(...)", "Write countdown= in apply_async()."),
        ("Pass 0 to 255, or a Priority", "Pass 0 to 255."),
    ],
)
def test_the_way_out_is_one_of_plain_celery(words, plain):
    """
    What a finding tells to write can be written in plain Celery code.
    """
    assert said("it is wrong", words).endswith(plain)


def test_near_miss_other_words_stay():
    """
    What is no word of the builder's is left as it is.
    """
    text = "CK999 add.delay() is wrong. Write @app.task(max_retries=...)."

    assert said("add.delay() is wrong", "Write @app.task(max_retries=...)") == text


def test_a_priority_in_plain_code_is_found(app, add):
    """
    Celery cannot send a Priority to a broker: the guard says so, and what to pass instead.
    """
    guard(app)

    with pytest.warns(
        CallWarning, match=r"CK203 priority='Priority\.HIGH' is not an int\. Pass an"
    ):
        add.apply_async((2, 3), priority=Priority.HIGH)


def test_options_of_the_builder_are_none_of_celerys(app, add):
    """
    Celery would hand redact= and stamp= to the broker: the guard says what to write instead.
    """
    guard(app)

    with pytest.warns(CallWarning) as caught:
        add.apply_async((2, 3), redact=["y"], stamp={"tenant": "acme"})

    assert [str(each.message).partition(". ")[2] for each in caught] == [
        "Pass argsrepr= and kwargsrepr= without the secret.",
        "Write task.s(...).stamp(name=value).apply_async().",
    ]


def test_near_miss_a_stamp_of_that_name_passes(app, add):
    """
    A stamp may be called like an option of the builder's that Celery does not have.
    """
    guard(app, action="raise")

    assert add.s(2, 3).stamp(redact="soon").apply_async().id
