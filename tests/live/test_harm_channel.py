"""
Plain Celery on RabbitMQ: one bad call is lost without a word, and an innocent one is told.
"""

import json
import time
from contextlib import closing
from typing import Any

import pytest
from kombu import Queue

from .brokers import RABBITMQ
from .stage import Stage

pytestmark = [pytest.mark.live, pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)]

PATIENCE = 20
NOWHERE = {"exchange": "amq.direct", "routing_key": "nobody.is.bound.to.this"}


def told(stage: Stage, **options: Any) -> str:
    """
    Make one bad call from a program of its own; what an innocent call got to hear. The bad one is
    lost, and the call after the one that was told arrives.
    """
    parked = stage.queue("parked")
    call = stage.program("careless", parked, LIVE_OPTIONS=json.dumps(options))
    assert call["bad"] not in arrived(stage, parked, call["after"])
    return str(call["told"])


def arrived(stage: Stage, queue: str, last: str) -> list[str]:
    """
    The ids of the messages in a queue that nobody reads, up to the last one that was sent.
    """
    found: list[str] = []
    deadline = time.monotonic() + PATIENCE
    with stage.app.connection_for_read() as connection, closing(connection.channel()) as channel:
        while last not in found:
            assert time.monotonic() < deadline, f"{last} is not among {found}"
            if message := Queue(queue)(channel).get(no_ack=True):
                found.append(message.headers["id"])
    return found


def test_harm_ck202_immediate_is_told_to_another_call(paused: Stage) -> None:
    """
    With plain Celery `immediate=True` ends the channel under the call that comes next.
    """
    assert "NOT_IMPLEMENTED" in told(paused, immediate=True)


def test_harm_ck203_a_delivery_mode_that_is_none(paused: Stage) -> None:
    """
    With plain Celery `delivery_mode=7` is lost, and the next call raises for it.
    """
    assert "delivery_mode_unknown" in told(paused, delivery_mode=7)


def test_harm_ck204_an_expiry_beyond_ten_years(paused: Stage) -> None:
    """
    With plain Celery an expiry of eleven years is lost, and the next call raises for it.
    """
    assert "invalid expiration" in told(paused, expires=11 * 365 * 86_400)


@pytest.mark.parametrize("name", ["CC", "BCC"])
def test_harm_ck210_a_copy_to_no_list(paused: Stage, name: str) -> None:
    """
    With plain Celery a header "CC" that is a string is lost, and the next call raises for it.
    """
    assert "unacceptable_type_in_header" in told(paused, headers={name: "high"})


def test_harm_ck221_mandatory_is_told_to_another_call(paused: Stage) -> None:
    """
    With plain Celery a mandatory message that nobody takes is returned to the next call.
    """
    assert "NO_ROUTE" in told(paused, mandatory=True, **NOWHERE)


def test_harm_ck227_an_exchange_that_is_not_there(paused: Stage) -> None:
    """
    With plain Celery an exchange that nobody declared ends the channel under the next call.
    """
    assert "no exchange" in told(paused, exchange=f"{paused.prefix}.nowhere", routing_key="x")
