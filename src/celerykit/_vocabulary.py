"""The words that Celery, kombu and AMQP give a meaning to, and what we advise for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = [
    "CALL_OPTIONS",
    "EXTRA_OPTIONS",
    "INTERNAL_OPTIONS",
    "MESSAGE_PROPERTIES",
    "OPTION_WORDS",
    "PROTOCOL_HEADERS",
    "SECRETS",
    "SEND_ARGUMENTS",
    "TASK_ATTRIBUTES",
    "meant",
]

# Every option that has a method of its own, by Celery's name, with the method to write.
CALL_OPTIONS: Final[dict[str, str]] = {
    "queue": ".queue()",
    "exchange": ".exchange()",
    "routing_key": ".routing_key()",
    "countdown": ".countdown()",
    "eta": ".eta()",
    "expires": ".expires()",
    "priority": ".priority()",
    "retry": ".retry() or .no_retry()",
    "retry_policy": ".retry()",
    "serializer": ".serializer()",
    "compression": ".compression()",
    "time_limit": ".time_limit()",
    "soft_time_limit": ".time_limit(soft=...)",
    "task_id": ".task_id()",
    "shadow": ".shadow()",
    "headers": ".headers()",
    "stamp": ".stamp()",
    "ignore_result": ".ignore_result()",
    "redact": ".redact()",
    "link": ".link()",
    "link_error": ".link_error()",
}

# What is said to .send() and is no option of the message.
SEND_ARGUMENTS: Final = frozenset({"within", "confirm", "on_unsent"})

# Options that nobody takes for a task's own argument: not "headers", "priority" or "expires".
OPTION_WORDS: Final = frozenset(
    {
        *("countdown", "eta", "queue", "routing_key", "time_limit", "soft_time_limit"),
        *("ignore_result", "link_error", "retry_policy"),
    }
)

# Labels of an AMQP message that neither Celery nor kombu reads.
MESSAGE_PROPERTIES: Final = frozenset(
    {"app_id", "cluster_id", "message_id", "timestamp", "type", "user_id"}
)

# What .extra() takes by name: real options of Celery's and kombu's that few calls need.
EXTRA_OPTIONS: Final = frozenset(
    {
        *("add_to_parent", "route_name", "connection", "producer", "publisher"),
        *("mandatory", "delivery_mode", "declare", "timeout", "confirm_timeout"),
        *MESSAGE_PROPERTIES,
    }
)

_OWN: Final = "Celery sets it itself; leave it out"
_NO_SERIALIZER: Final = "It would skip the serializer; write .serializer()"

# Options that Celery accepts from anyone but means for itself, or that break the message.
INTERNAL_OPTIONS: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            *("group_id", "group_index", "chord", "chain", "retries", "root_id", "parent_id"),
            *("replaced_task_nesting", "origin", "now", "timezone", "router"),
            *("event_dispatcher", "result_cls", "task_type", "create_sent_event"),
            *("body", "name", "message", "callbacks", "errbacks"),
            *("correlation_id", "reply_to", "delivery_info", "delivery_tag"),
        ),
        _OWN,
    ),
    "args": "Pass arguments in call(task, ...)",
    "kwargs": "Pass arguments in call(task, ...)",
    "application_headers": "Write .headers()",
    "stamped_headers": "Write .stamp(name=value)",
    "argsrepr": "Write .redact('parameter') to keep a value out of logs",
    "kwargsrepr": "Write .redact('parameter') to keep a value out of logs",
    "expiration": "Write .expires()",
    "content_type": _NO_SERIALIZER,
    "content_encoding": _NO_SERIALIZER,
    "immediate": "RabbitMQ closes the channel on it; leave it out",
    "exchange_type": "Declare the queue's exchange with its type in task_queues",
}

# Attributes of a task, which Celery accepts in a call and then ignores.
TASK_ATTRIBUTES: Final = frozenset(
    {
        *("max_retries", "default_retry_delay", "autoretry_for", "retry_backoff"),
        *("retry_backoff_max", "retry_jitter", "dont_autoretry_for", "retry_kwargs"),
        *("acks_late", "acks_on_failure_or_timeout", "acks_on_failure", "acks_on_timeout"),
        *("reject_on_worker_lost", "retry_on_worker_lost", "rate_limit", "track_started"),
        *("store_errors_even_if_ignored", "store_eager_result", "trail", "send_events"),
        *("throws", "typing", "bind", "base", "pydantic", "pydantic_strict", "immutable"),
        *("pydantic_context", "pydantic_dump_kwargs"),
        *("ignore_results", "resultrepr_maxsize", "strict", "subtask_type", "backend"),
    }
)

# What the message itself is made of: the header keys of protocol 2, and the names that
# celery.app.task.Context keeps for itself. A caller's header of that name replaces or loses it.
PROTOCOL_HEADERS: Final = frozenset(
    {
        *("lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries"),
        *("timelimit", "root_id", "parent_id", "argsrepr", "kwargsrepr", "origin"),
        *("ignore_result", "replaced_task_nesting", "stamped_headers", "stamps", "compression"),
        *("args", "kwargs", "callbacks", "errbacks", "chain", "chord", "called_directly"),
        *("children", "correlation_id", "delivery_info", "headers", "hostname", "is_eager"),
        *("loglevel", "logfile", "properties", "reply_to", "taskset", "utc", "task_id"),
        *("as_execution_options", "clear", "get", "update", "time_limit", "soft_time_limit"),
        *("_children", "_protected", "_get_custom_headers", "_filter_x_death_headers"),
    }
)

# Parameters that are named like a secret. Whole names: "token_count" and "secretary" are none.
SECRETS: Final = frozenset(
    {
        *("password", "passwd", "passphrase", "pwd", "new_password", "old_password"),
        *("secret", "client_secret", "secret_key", "api_key", "apikey", "api_secret"),
        *("private_key", "access_token", "refresh_token", "auth_token", "bearer_token"),
        *("credentials", "card_number", "cvv"),
    }
)

# Misspellings that are too short, or too far from the word, for difflib to find it.
_SLIPS: Final[dict[str, str]] = {
    "prio": "priority",
    "urgency": "priority",
    **dict.fromkeys(("delay", "wait", "in_seconds", "delay_seconds"), "countdown"),
    **dict.fromkeys(("at", "when", "run_at", "start_at", "not_before"), "eta"),
    **dict.fromkeys(("ttl", "expire", "expiry", "expires_in", "expires_at"), "expires"),
    **dict.fromkeys(("limit", "timelimit", "hard_limit", "hard_time_limit"), "time_limit"),
    **dict.fromkeys(("timeout_s", "task_timeout", "hard_timeout"), "time_limit"),
    **dict.fromkeys(("soft_limit", "soft_timeout"), "soft_time_limit"),
    **dict.fromkeys(("route", "route_key"), "routing_key"),
    "que": "queue",
    "id": "task_id",
    "uuid": "task_id",
    "stamps": "stamp",
    "on_error": "link_error",
    "on_success": "link",
    "callback": "link",
    "errback": "link_error",
}


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the word of *known* that *name* was probably meant to be, or None."""
    from difflib import get_close_matches  # noqa: PLC0415 - for mistakes alone

    lower = name.lower()
    slip = _SLIPS.get(lower, "")
    if slip in known:
        return slip
    found = get_close_matches(lower, known, n=1, cutoff=0.8)
    return found[0] if found else None
