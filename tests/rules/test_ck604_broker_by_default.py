"""
CK604: an app without a broker sends to this machine.
"""

import pytest
from celery import Celery

from .configured import configured, told, words

SAID = "the app 'shop' names no broker, so it sends to amqp://guest@localhost"
WRITE = "Write app.conf.broker_url = 'redis://localhost:6379/0'"


@pytest.mark.parametrize("url", [None, "", []], ids=repr)
def test_no_broker_is_told(url):
    """
    No broker and an empty one are told, with the line to write.
    """
    found = told("CK604", configured({"broker_url": url}))

    assert words(found) == [("broker_url", repr(url), SAID, WRITE)]
    assert found[0].where == "broker_url in Celery(...) or app.conf"
    assert found[0].level == "warning"


@pytest.mark.parametrize(
    "written",
    [
        {"broker_url": "memory://"},
        {"broker_url": ["amqp://a", "amqp://b"]},
        {"broker_url": None, "broker_write_url": "amqp://a"},
        {"broker_url": None, "broker_transport": "redis"},
        {"broker_url": None, "broker_host": "rabbit.example"},
        {"broker_url": None, "task_always_eager": True},
    ],
    ids=repr,
)
def test_near_miss_a_broker_that_is_named_passes(written):
    """
    Each way to name a broker passes, and so does an app that sends nothing.
    """
    assert told("CK604", configured(written)) == []


@pytest.mark.usefixtures("_no_celery_environment")
@pytest.mark.parametrize("url", [None, ""], ids=repr)
def test_harm_plain_celery_sends_to_this_machine(url):
    """
    With plain Celery an app without a broker is one of RabbitMQ's on this machine.
    """
    app = Celery("shop", broker=url, set_as_current=False)

    with app.connection_for_write() as connection:
        assert connection.as_uri() == "amqp://guest:**@localhost:5672//"
