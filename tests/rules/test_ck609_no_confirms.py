"""
CK609: what RabbitMQ does not take is lost without a word.
"""

from types import SimpleNamespace

import pytest
from celery import Celery

from celerykit._config import FOR_ALL
from celerykit._read_config import config_of

from .configured import configured, told, words


def test_no_confirms_are_told():
    """
    The danger and the line to write are told.
    """
    assert words(told("CK609", configured(facts={"transport": "amqp", "confirms": False}))) == [
        (
            "broker_transport_options",
            "{}",
            (
                "a message that RabbitMQ does not take is lost without a word: "
                "publisher confirms are off"
            ),
            (
                "Write app.conf.broker_transport_options = "
                f"{{'confirm_publish': True, 'read_timeout': 30}}{FOR_ALL}"
            ),
        )
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"transport": "amqp", "confirms": True},
        {"transport": "redis", "confirms": False},
        {"transport": "memory", "confirms": False},
        {},
    ],
    ids=repr,
)
def test_near_miss_confirms_or_another_broker_passes(facts):
    """
    Confirms pass, and so does what is no RabbitMQ.
    """
    assert told("CK609", configured(facts=facts)) == []


def test_a_django_project_reads_its_own_spelling():
    """
    The line to write has the namespace of the project, in capitals.
    """
    app = Celery("shop", set_as_current=False)
    app.config_from_object(
        SimpleNamespace(CELERY_BROKER_URL="amqp://localhost"), namespace="CELERY"
    )

    (found,) = told("CK609", config_of(app))

    assert found.remedy == (
        "Write CELERY_BROKER_TRANSPORT_OPTIONS = "
        f"{{'confirm_publish': True, 'read_timeout': 30}}{FOR_ALL}"
    )
    assert found.where == "Celery's default"
