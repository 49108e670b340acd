"""
CK215: a retry policy is one that kombu understands when it is needed.
"""

from datetime import timedelta
from math import inf, nan

import pytest
from kombu import VERSION as KOMBU
from kombu.exceptions import OperationalError

from celerykit import call
from tests.faults import IMPATIENT

from .asking import ask, printed, refusal, refused

UNUSABLE = {
    "max_retries": ["3", -1, 1.5, True],
    "interval_start": ["x", -1, nan, inf, None, True, timedelta(1)],
    "interval_step": [-0.1],
    "interval_max": [inf],
    "retry_errors": [ValueError, [ValueError], ("ValueError",), (5,)],
}
USABLE = {
    "max_retries": [None, 0, 10**6],
    "interval_start": [0, 0.2],
    "interval_step": [0],
    "interval_max": [3600],
    "retry_errors": [None, (), (ValueError, KeyboardInterrupt)],
}


def pairs(table):
    """
    Each setting with each of its values, named by both.
    """
    return [
        pytest.param(name, value, id=f"{name}={value!r}")
        for name, values in table.items()
        for value in values
    ]


@pytest.mark.parametrize(("name", "value"), pairs(UNUSABLE))
def test_an_unusable_value_is_refused_on_its_line(add, name, value):
    """
    What would only show when the broker is in trouble is refused now.
    """
    found = refused(lambda: call(add, 2, 3).options(retry_policy={name: value}))

    assert [(code, option) for code, option, _ in found] == [("CK215", "retry_policy")]


def test_says_which_settings_there_are(add):
    """
    An unknown setting is answered with all that are known.
    """
    assert str(refusal(lambda: call(add, 2, 3).options(retry_policy={"max_retry": 3}))) == printed(
        "CK215",
        "retry_policy['max_retry']=3 is not a known setting. "
        "Use max_retries, interval_start, interval_step, interval_max, retry_errors.",
    )


def test_the_method_refuses_alike(add):
    """
    `.retry()` refuses a value in the words of the policy.
    """
    (finding,) = refusal(lambda: call(add, 2, 3).retry(interval_max=-1)).findings

    assert finding.message == "retry_policy['interval_max']=-1 is not usable"
    assert finding.remedy == "Pass seconds, 0 or more"


@pytest.mark.parametrize(("name", "value"), pairs(USABLE))
def test_near_miss_what_kombu_can_use_passes(name, value):
    """
    No end, no wait and no errors of one's own are settings too.
    """
    assert ask("CK215", {"retry_policy": {name: value}}) == []


def test_near_miss_an_empty_policy_and_a_timedelta_pass(add):
    """
    A policy may say nothing, and the method takes a timedelta.
    """
    assert call(add, 2, 3).options(retry_policy={})
    assert call(add, 2, 3).retry(interval_max=timedelta(seconds=1))
    assert ask("CK215", {"retry_policy": 5}) == []


@pytest.fixture
def refusing(make_app):
    """
    A task whose broker refuses the connection.
    """
    app = make_app(broker_url="amqp://127.0.0.1:1/ck215", broker_transport_options=IMPATIENT)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


def test_harm_a_broken_policy_hides_the_broken_broker(refusing):
    """
    With plain Celery a policy that cannot be used raises its own error when the broker is away.
    """
    with pytest.raises(OperationalError):
        refusing.apply_async((2, 3), retry_policy={"max_retries": 0})
    # A kombu before 5.5 connects without the policy, and fails before it looks at it.
    with pytest.raises(TypeError if KOMBU >= (5, 5) else OperationalError):
        refusing.apply_async((2, 3), retry_policy={"max_retries": "3"})


def test_harm_a_broken_policy_passes_while_all_is_well(add, message):
    """
    With plain Celery the same policy is accepted as long as the broker answers.
    """
    add.apply_async((2, 3), retry_policy={"max_retries": "3"})

    assert message().headers["task"] == "shop.add"
