"""
Where the real brokers are, and a plain sentence when one is not there.
"""

import os
from dataclasses import dataclass

import pytest
from kombu import Connection
from kombu.exceptions import KombuError

REDIS = "redis"
RABBITMQ = "rabbitmq"
PATIENCE = 5
VARIABLES = {REDIS: "CELERYKIT_LIVE_REDIS", RABBITMQ: "CELERYKIT_LIVE_RABBITMQ"}
USUAL = {REDIS: "redis://127.0.0.1:6379/0", RABBITMQ: "amqp://guest:guest@127.0.0.1:5672//"}


@dataclass(frozen=True)
class Broker:
    """
    A broker by its common name and its URL.
    """

    name: str
    url: str


def find(name: str) -> Broker:
    """
    The broker of that name; the test fails, and is never skipped, when nothing answers there.
    """
    url = os.environ.get(VARIABLES[name], USUAL[name])
    with Connection(url, connect_timeout=PATIENCE) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)
        except (OSError, KombuError) as error:
            where = connection.as_uri()
            pytest.fail(
                f"{name} does not answer at {where} ({error}): start it, or set {VARIABLES[name]}",
                pytrace=False,
            )
    return Broker(name, url)
