"""The private names that fast ways need, and whether they are still what they were."""

from __future__ import annotations

import os
from typing import Any, Final, cast

import kombu

__all__ = ["augmented", "redis_key", "redis_writes_as_expected", "settle"]

# A wrapper has its code elsewhere, whatever its name.
_HOME: Final = os.path.join(os.path.dirname(cast("Any", kombu).__file__), "")  # noqa: PTH118, PTH120

# What kombu 5.3 to 5.7 use on the way of a message to a Redis list. A name that is not here may
# be something new that a message needs, so then kombu's own way is taken.
_EXPECTED: Final = {
    "_inplace_augment_message": {
        *("encode_body", "body_encoding", "update", "_next_delivery_tag"),
    },
    "basic_publish": {
        *("_inplace_augment_message", "typeof", "deliver", "_put"),
    },
    "_put": {
        *("_get_message_priority", "_q_for_pri", "conn_or_acquire", "lpush", "dumps"),
        *("pop", "add", "_expires", "pipeline", "priority_steps", "pexpire", "execute"),
    },
    "_q_for_pri": {*("priority", "sep")},
    "_get_message_priority": {
        *("max", "min", "int", "max_priority", "min_priority", "default_priority"),
        *("TypeError", "ValueError", "KeyError"),
    },
}


def redis_writes_as_expected(channel: Any) -> bool:
    """Return whether a message to a Redis list is one LPUSH of one JSON text, as it was."""
    from kombu.transport import redis  # noqa: PLC0415 - loads the client

    kind = redis.Channel
    if type(channel) is not kind or type(channel.connection) is not redis.Transport:
        return False  # Sentinel, and whatever a project made: their ways are their own
    return all(_names(kind, name) <= expected for name, expected in _EXPECTED.items())


def _names(kind: type[Any], method: str) -> set[str]:
    code: Any = getattr(getattr(kind, method, None), "__code__", None)
    if code is None or not str(code.co_filename).startswith(_HOME):
        return {"?"}
    return {*code.co_names}


def augmented(channel: Any, message: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return *message* with what kombu's virtual channels add just before they write it."""
    # That these are what they were is asked above.
    channel._inplace_augment_message(message, options["exchange"], options["routing_key"])  # noqa: SLF001
    return message


def redis_key(channel: Any, message: dict[str, Any], queue: str) -> str:
    """Return the key of the list for *queue* and the message's priority."""
    priority = channel._get_message_priority(message, reverse=False)  # noqa: SLF001 - as above
    return f"{channel.global_keyprefix}{channel._q_for_pri(queue, priority)}"  # noqa: SLF001


def settle(result: Any, meta: Any) -> None:
    """Let *result*, an ``AsyncResult``, know what was read of it, as Celery's own readers do."""
    # Without that, it reads by itself when it is asked.
    know = getattr(result, "_maybe_set_cache", None)
    if know is not None:
        know(meta)
