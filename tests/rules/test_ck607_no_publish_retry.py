"""
CK607: a call that is not published a second time fails where it need not.
"""

import pytest

from .configured import configured, told, words


def test_no_retry_is_told():
    """
    The danger and a policy that fails fast are told.
    """
    assert words(told("CK607", configured({"task_publish_retry": False}))) == [
        (
            "task_publish_retry",
            "False",
            (
                "without task_publish_retry a call fails on a connection that was closed "
                "meanwhile, and takes longer to fail when the broker is down"
            ),
            (
                "Leave it on; to fail fast, write app.conf.task_publish_retry_policy = "
                "{'max_retries': 1, 'interval_start': 0, 'interval_max': 0.1}"
            ),
        )
    ]


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"task_publish_retry": True},
        {"task_publish_retry_policy": {"max_retries": 0}},
    ],
    ids=repr,
)
def test_near_miss_a_short_policy_passes(written):
    """
    A policy of any length passes.
    """
    assert told("CK607", configured(written)) == []
