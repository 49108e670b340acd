"""
CK608: a confirmation that never comes is waited for without an end.
"""

import pytest

from celerykit._config import FOR_ALL

from .configured import configured, told, words

CONFIRMS = {"transport": "amqp", "confirms": True}


def test_confirms_without_a_timeout_are_told():
    """
    The danger and the option to add are told.
    """
    options = {"confirm_publish": True}
    config = configured({"broker_transport_options": options}, CONFIRMS, options=options)

    assert words(told("CK608", config)) == [
        (
            "broker_transport_options",
            "{'confirm_publish': True}",
            (
                "a RabbitMQ that no longer answers blocks every delay() for ever: "
                "confirm_publish is on, and there is no read_timeout"
            ),
            f"Add 'read_timeout': 30 to app.conf.broker_transport_options{FOR_ALL}",
        )
    ]


@pytest.mark.parametrize(
    ("facts", "options"),
    [
        (CONFIRMS, {"confirm_publish": True, "read_timeout": 10}),
        ({"transport": "amqp", "confirms": False}, {}),
        ({"transport": "redis", "confirms": True}, {"confirm_publish": True}),
        ({}, {}),
    ],
    ids=["timeout", "no confirms", "Redis", "nothing known"],
)
def test_near_miss_a_timeout_or_no_confirms_passes(facts, options):
    """
    It takes RabbitMQ, confirms, and no timeout.
    """
    assert told("CK608", configured(facts=facts, options=options)) == []
