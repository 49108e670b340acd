"""
CK660: a broker that does not answer.
"""

import pytest
from kombu.exceptions import OperationalError

from celerykit._live import Unanswered
from tests.faults import IMPATIENT

from .configured import words
from .hearing import heard


@pytest.mark.parametrize(
    ("outcome", "said", "level"),
    [
        ("refused", "the broker is not there", "error"),
        ("silent", "the broker did not answer within 2.5 s", "error"),
        ("unauthorised", "the broker does not let this app in", "error"),
        ("unknown", "whether the broker answers could not be told", "warning"),
    ],
)
def test_a_broker_that_does_not_answer_is_told(outcome, said, level):
    """
    The finding says how it went, where, and what was said; what is not known is a warning.
    """
    found = heard("CK660", broker=Unanswered(outcome, 2.5, "redis://x: what was said"))

    message = f"{said}: redis://x: what was said"
    remedy = "Start it, or correct app.conf.broker_url"
    assert words(found) == [("broker_url", "'redis://localhost'", message, remedy)]
    assert found[0].level == level


def test_near_miss_a_broker_that_answers_passes():
    """
    A broker that answers is well, whether workers do or not.
    """
    assert heard("CK660") == heard("CK660", workers=()) == []


def test_harm_plain_celery_cannot_send(make_app):
    """
    With plain Celery a call raises when the broker does not answer, after retries.
    """
    app = make_app(
        broker_url="amqp://127.0.0.1:1//",
        task_publish_retry_policy={"max_retries": 0},
        broker_transport_options=IMPATIENT,
    )

    with pytest.raises(OperationalError):
        app.send_task("shop.add", (2, 3))
