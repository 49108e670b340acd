"""
CK621: Celery cannot delay on a quorum queue that has a direct exchange.
"""

import pytest

from celerykit._config import Line

from .configured import configured, told, words

QUORUM = {"x-queue-type": "quorum"}
SAID = (
    "a few calls with a countdown or a retry make a worker idle: "
    "the queue orders is a quorum queue on a direct exchange"
)


def asked(line, *, declared=False, transport="amqp"):
    """
    What the rule says of an app with this queue.
    """
    return told(
        "CK621", configured({}, {"transport": transport}, queues=(line,), declared=declared)
    )


def test_the_default_queue_is_told():
    """
    The default queue gets another exchange by a setting.
    """
    assert words(asked(Line("orders", "direct", QUORUM))) == [
        (
            "task_default_exchange_type",
            "'direct'",
            SAID,
            "Write app.conf.task_default_exchange_type = 'topic'",
        )
    ]


def test_a_declared_queue_is_told():
    """
    A queue that is declared gets its exchange there.
    """
    (found,) = asked(Line("orders", "direct", QUORUM), declared=True)

    assert (found.option, found.message) == ("task_queues", SAID)
    assert found.remedy == "Give it an exchange of type 'topic'"


@pytest.mark.parametrize(
    ("line", "transport"),
    [
        (Line("orders", "topic", QUORUM), "amqp"),
        (Line("orders", "direct", {}), "amqp"),
        (Line("orders", "direct", {"x-queue-type": "classic"}), "amqp"),
        (Line("orders", "direct", QUORUM), "redis"),
    ],
    ids=repr,
)
def test_near_miss_another_exchange_or_queue_passes(line, transport):
    """
    It takes RabbitMQ, a quorum queue, and a direct exchange.
    """
    assert asked(line, transport=transport) == []
