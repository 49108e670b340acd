"""
What the tests of bulk sending share: messages to compare, and brokers that fail to order.
"""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

# What no two messages have in common.
OWN = frozenset({"delivery_tag", "correlation_id"})


@pytest.fixture
def meaning() -> Callable[[Any], dict[str, Any]]:
    """
    All that a message says, with its own id written as <id> and times to the next ten seconds.
    """

    def told(message: Any) -> dict[str, Any]:
        own = message.headers["id"]
        assert message.properties["correlation_id"] == own
        return {
            "body": message.body,
            "encoding": (message.content_type, message.content_encoding),
            "headers": {
                name: _steady(value, own) for name, value in sorted(message.headers.items())
            },
            "properties": {
                name: value for name, value in message.properties.items() if name not in OWN
            },
            "address": message.delivery_info,
        }

    return told


def _steady(value: Any, own: str) -> Any:
    """
    A value without what is the message's own.
    """
    if value == own:
        return "<id>"
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value
    return moment.utcoffset(), round(
        (moment.timestamp() - datetime.now(timezone.utc).timestamp()) / 10
    )
