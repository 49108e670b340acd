"""
CK661: a result backend that does not answer.
"""

import pytest
from redis.exceptions import ConnectionError  # noqa: A004 - not the builtin one

from celerykit._live import Unanswered

from .configured import words
from .hearing import heard


@pytest.mark.parametrize(("outcome", "level"), [("silent", "error"), ("unknown", "warning")])
def test_a_backend_that_does_not_answer_is_told(outcome, level):
    """
    The finding says how it went, where, and what was said; what is not known is a warning.
    """
    why = Unanswered(outcome, 2.5, "redis://x: what was said")

    (found,) = heard("CK661", backend=why)

    remedy = "Start it, or correct app.conf.result_backend"
    value = "'redis://localhost:6379/1'"
    assert words([found]) == [("result_backend", value, why.told("the result backend"), remedy)]
    assert found.level == level


def test_near_miss_a_backend_that_answers_passes():
    """
    A result backend that answers, or is not there to be asked, passes.
    """
    assert heard("CK661") == []


def test_harm_plain_celery_cannot_read(make_app):
    """
    With plain Celery a result cannot be read while its backend does not answer.
    """
    retries = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
    app = make_app(
        result_backend="redis://127.0.0.1:1/0",
        result_backend_transport_options={"retry_policy": retries},
    )

    with pytest.raises((ConnectionError, RuntimeError)):
        app.AsyncResult("some-task").get(timeout=1)
