"""
CK208: the soft time limit comes before the hard one.
"""

from datetime import timedelta

import pytest

from celerykit import call

from .asking import ask, printed, refusal, refused


@pytest.mark.parametrize(
    ("hard", "soft"),
    [(10, 20), (1, 1.5), (timedelta(seconds=1), 2), (60, timedelta(hours=1))],
    ids=repr,
)
def test_a_soft_limit_above_the_hard_one_is_found(hard, soft):
    """
    Seconds and timedeltas are compared with each other.
    """
    (finding,) = ask("CK208", {"time_limit": hard, "soft_time_limit": soft})

    assert (finding.option, finding.remedy) == (
        "soft_time_limit",
        "Make the soft limit the shorter one",
    )


def test_is_refused_on_its_line(add):
    """
    The method and `.options()` refuse alike, also when the two come one after the other.
    """
    base = call(add, 2, 3)

    assert str(refusal(lambda: base.time_limit(10, soft=20))) == printed(
        "CK208",
        "the soft time limit of 20 s is longer than the hard one of 10 s. "
        "Make the soft limit the shorter one.",
    )
    assert refused(lambda: base.options(soft_time_limit=20).time_limit(10)) == [
        ("CK208", "soft_time_limit", "20")
    ]


@pytest.mark.parametrize(
    ("hard", "soft"),
    [(10, 10), (10, 9.5), (10, None), (None, 20), (timedelta(1), 86_400)],
    ids=repr,
)
def test_near_miss_limits_that_both_work_pass(add, hard, soft):
    """
    Equal limits pass, and so does one of them lifted by None.
    """
    assert call(add, 2, 3).time_limit(hard, soft=soft)


def test_a_limit_too_long_to_write_is_found():
    """
    A limit that has no repr, and is no float, is told all the same.
    """
    (finding,) = ask("CK208", {"time_limit": 1.5, "soft_time_limit": 10**5000})

    assert finding.message == (
        "the soft time limit of <int> s is longer than the hard one of 1.5 s"
    )


def test_near_miss_one_limit_and_wrong_types_pass():
    """
    One limit alone passes; a wrong type is another rule's.
    """
    assert ask("CK208", {"soft_time_limit": 20}) == []
    assert ask("CK208", {"time_limit": 20}) == []
    assert ask("CK208", {"time_limit": "10", "soft_time_limit": 20}) == []


def test_harm_the_limits_reach_the_worker_as_they_are(add, received):
    """
    With plain Celery a soft limit above the hard one is sent; tests/live shows the task outlive it.
    """
    add.apply_async((2, 3), time_limit=1, soft_time_limit=3)

    assert received().time_limits == [1, 3]
