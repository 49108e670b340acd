"""
Through cut connections and killed servers, a report says what the broker really has.
"""

import random

import pytest

from .bulk_faults import rabbitmq_restarts, rabbitmq_trials, redis_trials

pytestmark = pytest.mark.live


@pytest.fixture
def seed():
    """
    Another one each time; a failure shows it.
    """
    return random.SystemRandom().randrange(10**6)


def test_on_redis_every_call_is_what_the_report_says(tmp_path, seed):
    """
    What is reported sent is there once, what is reported not sent is not, and nothing else is;
    twice there is at most what was unknown, and was sent again under its id.
    """
    tally = redis_trials(tmp_path, 16, seed)

    assert tally.wrong == [], f"seed {seed}: {tally}"
    assert tally.doubled <= tally.retried == tally.unknown < tally.sent
    assert tally.untouched < tally.trials


def test_on_rabbitmq_every_call_is_what_the_report_says(seed):
    """
    With publisher confirms the same holds where the connection is cut.
    """
    tally = rabbitmq_trials(16, seed)

    assert tally.wrong == [], f"seed {seed}: {tally}"
    assert tally.doubled <= tally.retried == tally.unknown < tally.sent
    assert tally.untouched < tally.trials


def test_a_rabbitmq_that_is_killed_has_what_it_confirmed(tmp_path, seed):
    """
    What was confirmed survives the end of the broker.
    """
    tally = rabbitmq_restarts(tmp_path, 1, seed)

    assert tally.wrong == [], f"seed {seed}: {tally}"
