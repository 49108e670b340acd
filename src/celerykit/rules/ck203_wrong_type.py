"""
## What it does
Refuses an option whose value is not of a type that Celery can use.

## Why is this bad?
Some wrong types fail at once with a cryptic error, others late and far away:
``eta=""`` and ``time_limit="abc"`` stop every worker that meets the message, ``priority="high"``
is the most urgent of all on Redis, ``link="name"`` marks the successful task as failed.

## Example
```python
>>> call(add, 2, 3).time_limit("abc")
Traceback (most recent call last):
    ...
celerykit.errors.CallRejected: proj.add was not sent:
  CK203 time_limit='abc' is not a number of seconds, a timedelta or None. Pass for example 60 or timedelta(minutes=1).
  Read more: python -m pydoc celerykit.rules.ck203_wrong_type

```

## Use instead
```python
call(add, 2, 3).time_limit(60)
```
The app that sends a remote task, in ``remote(..., app=app)`` or ``Billing(app)``, is looked at too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from celerykit._facts import AppFacts
from celerykit._findings import Finding, Rule, shown
from celerykit._priority import Priority
from celerykit._request import Request
from celerykit._values import is_delay, is_list, is_mapping, is_number

__all__ = ["RULE", "check", "refuse_app", "refuse_callback"]

# What may pass, what that is in words, what to write instead.
_Known: TypeAlias = tuple[Callable[[Any], bool], str, str]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_limit(value: Any) -> bool:
    return value is None or is_delay(value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_SECONDS: Final = "Pass for example 60 or timedelta(minutes=1)"
_TEXT: Final = (_is_text, "a string", "Pass a string")
_FLAG: Final = (_is_flag, "True or False", "Pass True or False")
_LIMIT: Final = (_is_limit, "a number of seconds, a timedelta or None", _SECONDS)
_TIMEOUT: Final = (is_number, "a number of seconds", "Pass for example 2.5")
_MAPPING: Final = (is_mapping, "a mapping", "Pass a dict of names and values")

_CONNECTION: Final[_Known] = (
    lambda value: hasattr(value, "default_channel"),
    "a kombu Connection",
    "Pass for example the one that `with app.connection_for_write() as connection` gives",
)
_PRODUCER: Final[_Known] = (
    lambda value: hasattr(value, "publish"),
    "a kombu Producer",
    "Pass for example the one that `with app.producer_or_acquire() as producer` gives",
)


def _is_delivery_mode(value: Any) -> bool:
    # By type too: 1.0 equals 1, and fails when it is published.
    return (_is_integer(value) or _is_text(value)) and value in {1, 2, "transient", "persistent"}


def _is_declarable(value: Any) -> bool:
    return is_list(value) and all(hasattr(each, "declare") for each in value)


_TYPES: Final[dict[str, _Known]] = {
    "countdown": (is_delay, "a number of seconds or a timedelta", _SECONDS),
    "eta": (
        lambda value: isinstance(value, datetime),
        "a datetime",
        "Pass an aware datetime, for example datetime.now(timezone.utc) + timedelta(minutes=5)",
    ),
    "expires": (
        lambda value: _is_limit(value) or isinstance(value, datetime),
        "a number of seconds, a timedelta, an aware datetime or None",
        _SECONDS,
    ),
    "time_limit": _LIMIT,
    "soft_time_limit": _LIMIT,
    "priority": (
        lambda value: isinstance(value, Priority) or _is_integer(value),
        "a Priority or an int",
        "Pass for example Priority.HIGH",
    ),
    "queue": (_is_text, "a string", "Pass the queue's name; declare the queue in task_queues"),
    **dict.fromkeys(("exchange", "routing_key", "serializer", "compression", "shadow"), _TEXT),
    "task_id": (
        lambda value: isinstance(value, (str, UUID)),
        "a string or a UUID",
        "Pass for example str(uuid.uuid4()), or leave it out: each send makes its own",
    ),
    "retry": _FLAG,
    "ignore_result": _FLAG,
    "retry_policy": _MAPPING,
    "headers": _MAPPING,
    "stamp": _MAPPING,
    "redact": (
        lambda value: is_list(value) and all(map(_is_text, value)),
        "a sequence of parameter names",
        "Pass for example ['password']",
    ),
    "add_to_parent": _FLAG,
    "mandatory": _FLAG,
    "timeout": _TIMEOUT,
    "confirm_timeout": _TIMEOUT,
    "timestamp": (_is_integer, "an int", "Pass whole seconds since 1970, for example int(time())"),
    "delivery_mode": (
        _is_delivery_mode,
        "1, 2, 'transient' or 'persistent'",
        "RabbitMQ loses the message for anything else",
    ),
    "declare": (
        _is_declarable,
        "a list of queues and exchanges",
        "Pass kombu's own objects, for example [Queue('high')]",
    ),
    "connection": _CONNECTION,
    "producer": _PRODUCER,
    "publisher": _PRODUCER,
    **dict.fromkeys(("route_name", "app_id", "cluster_id", "message_id", "type", "user_id"), _TEXT),
}

RULE: Final = Rule("CK203", "wrong-type", "error", "build", frozenset(_TYPES), fixed=True)


def check(request: Request, facts: AppFacts) -> Iterator[Finding]:
    """Yield a finding for each option whose value is of a type that Celery cannot use."""
    for name, value in request.options.items():
        known = _TYPES.get(name)
        if known is not None and not known[0](value):
            message = f"{name}={shown(value)} is not {known[1]}"
            yield RULE.found(request.task, name, value, message, known[2])


def refuse_callback(task: str, option: str, value: Any) -> Finding:
    """Return the finding for *value*, which cannot be a callback."""
    message = f"{option}={shown(value)} is not a call or a step"
    return RULE.found(task, option, value, message, "Pass step(task, ...) or call(task, ...)")


def refuse_app(task: str, value: Any) -> Finding:
    """Return the finding for *value*, which was to be the app that sends."""
    message = f"app={shown(value)} is not a Celery app"
    remedy = "Pass the app itself, as Celery(...) returned it, or leave it out for the current one"
    return RULE.found(task, "app", value, message, remedy)
