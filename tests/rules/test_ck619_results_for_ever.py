"""
CK619: nothing ever deletes a result.
"""

from datetime import timedelta

import pytest

from .configured import configured, told, words


@pytest.mark.parametrize("backend", ["redis", "rediss", "sentinel"])
@pytest.mark.parametrize("expires", [None, 0, timedelta(0)], ids=repr)
def test_results_that_stay_are_told(backend, expires):
    """
    None and nothing both mean for ever.
    """
    assert words(told("CK619", configured({"result_expires": expires}, backend=backend))) == [
        (
            "result_expires",
            repr(expires),
            "results stay in Redis for ever, until it is full",
            "Write app.conf.result_expires = 86400",
        )
    ]


@pytest.mark.parametrize(
    ("written", "backend"),
    [
        ({}, "redis"),
        ({"result_expires": 60}, "redis"),
        ({"result_expires": timedelta(days=365)}, "redis"),
        ({"result_expires": None}, "db"),
        ({"result_expires": None}, "django-db"),
        ({"result_expires": None}, ""),
    ],
    ids=repr,
)
def test_near_miss_results_that_go_or_a_database_pass(written, backend):
    """
    Any time passes, and so does a database, where results may be a record that is meant to stay.
    """
    assert told("CK619", configured(written, backend=backend)) == []
