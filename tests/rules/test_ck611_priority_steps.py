"""
CK611: Redis puts a call into another step than its priority says.
"""

from types import SimpleNamespace

import pytest
from kombu.transport.redis import Channel

from .configured import configured, told, words

REDIS = {"transport": "redis"}


def steps_of(steps):
    """
    What a rule says of these steps.
    """
    options = {"priority_steps": steps}
    return told("CK611", configured({"broker_transport_options": options}, REDIS, options=options))


def step(steps, priority):
    """
    The step into which kombu puts a priority.
    """
    return Channel.priority(SimpleNamespace(priority_steps=steps), priority)


@pytest.mark.parametrize(
    ("steps", "why", "right"),
    [
        ([3, 6, 9], "has no 0, so a call without a priority waits behind all others", [0, 3, 6, 9]),
        ((5, 9), "has no 0, so a call without a priority waits behind all others", [0, 5, 9]),
        ([9, 6, 3, 0], "is not in ascending order, so calls go to other steps than theirs", None),
        ([3, 0], "is not in ascending order, so calls go to other steps than theirs", [0, 3]),
    ],
    ids=repr,
)
def test_steps_that_mislead_are_told(steps, why, right):
    """
    The steps are told, and how they should be.
    """
    right = right or [0, 3, 6, 9]

    assert words(steps_of(steps)) == [
        (
            "broker_transport_options",
            repr({"priority_steps": [*steps]}),
            f"priority_steps={steps!r} {why}",
            (
                f"Put 'priority_steps': {right} into app.conf.broker_transport_options, "
                "for workers too"
            ),
        )
    ]


@pytest.mark.parametrize(
    "steps", [None, [], [0], [0, 3, 6, 9], list(range(10)), (0, 5), "0369", ["0", "5"]], ids=repr
)
def test_near_miss_ascending_steps_from_0_pass(steps):
    """
    Ascending steps from 0 pass, and so does what Celery's default replaces or nobody can read.
    """
    assert steps_of(steps) == []


def test_near_miss_other_brokers_have_no_steps():
    """
    RabbitMQ does not read the option.
    """
    config = configured(facts={"transport": "amqp"}, options={"priority_steps": [3]})

    assert told("CK611", config) == []


def test_harm_plain_celery_puts_the_most_urgent_last():
    """
    With plain Celery and steps without 0, priority 0 is read with 9, after all others.
    """
    assert [step([3, 6, 9], priority) for priority in (0, 2, 3, 9)] == [9, 9, 3, 9]
    assert [step([0, 3, 6, 9], priority) for priority in (0, 2, 3, 9)] == [0, 0, 3, 9]


def test_harm_plain_celery_loses_the_order():
    """
    With plain Celery and steps in descending order every priority is the same.
    """
    assert {step([9, 6, 3, 0], priority) for priority in range(9)} == {0}
