"""
However the app is configured, a call is published as plain Celery publishes it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from celerykit import CallRejected, call

from .lab import NOON, Lab
from .pairs import current
from .published import both, sight

SETTINGS: dict[str, dict[str, Any]] = {
    "sent events": {"task_send_sent_event": True},
    "no retry": {"task_publish_retry": False},
    "retry policy": {"task_publish_retry_policy": {"max_retries": 1, "interval_max": 9}},
    "serializer": {"task_serializer": "pickle"},
    "compression": {"task_compression": "gzip"},
    "delivery mode": {"task_default_delivery_mode": "transient"},
    "priority": {"task_default_priority": 3},
    "no results": {"task_ignore_result": True},
    "time zone": {"timezone": "Asia/Tokyo"},
    "local time": {"timezone": "America/New_York", "enable_utc": False},
    "results by message": {"result_backend": "rpc://"},
    "no backend": {"result_backend": "disabled://", "task_ignore_result": True},
    "protocol 1": {"task_protocol": 1},
    "result and its children": {"result_extended": True},
    "short representations": {"task_repr_maxlevels": 1},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_app(make_lab: Callable[..., Lab], settings: dict[str, Any]) -> None:
    """
    A call of an app with this setting is published as plain Celery publishes it.
    """
    lab = make_lab(**settings)
    options = {"countdown": 10, "expires": NOON + timedelta(hours=1), "headers": {"a": 1}}

    ours, theirs = both(
        lab,
        lambda: call(lab.add, [[[1]]], y=3).options(**options).send(),
        lambda: lab.add.apply_async(([[[1]]],), {"y": 3}, **options),
    )

    assert ours == theirs


def test_missing_queue_is_made(lab: Lab) -> None:
    """
    A call to a queue that the app does not know makes it, as plain Celery does.
    """
    assert lab.high not in lab.app.amqp.queues

    ours, theirs = both(
        lab,
        lambda: call(lab.add, 2, 3).queue(lab.high).send(),
        lambda: lab.add.apply_async((2, 3), {}, queue=lab.high),
    )

    assert ours == theirs
    assert lab.high in lab.app.amqp.queues


def test_redacted_call_shows_the_rest_as_celery_does(make_lab: Callable[..., Lab]) -> None:
    """
    A redacted call shows its other arguments cut short as Celery cuts them.
    """
    lab = make_lab(task_repr_maxlevels=2)
    deep = {"a": [[[[1]]]], "long": "x" * 5000}

    ours, theirs = both(
        lab,
        lambda: call(lab.anything, deep, key="secret").redact("key").send(),
        lambda: lab.anything.apply_async((deep,), {"key": "secret"}),
    )

    assert headers(ours, "argsrepr") == headers(theirs, "argsrepr")
    assert headers(ours, "kwargsrepr") == ["\"{'key': ***}\""]


def test_real_clock(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A countdown and an expiry count from the moment of the send.
    """
    monkeypatch.setattr(lab.app, "now", lambda: datetime.now(timezone.utc))
    built = call(lab.add, 2, 3).countdown(60).expires(3600)
    before = datetime.now(timezone.utc)

    sent = sight(lab, built.send)

    after = datetime.now(timezone.utc)
    eta, expires = (datetime.fromisoformat(text[1:-1]) for text in headers(sent, "eta", "expires"))
    assert before <= eta - timedelta(seconds=60) <= after
    assert before <= expires - timedelta(seconds=3600) <= after


def headers(seen: dict[str, Any], *names: str) -> list[str]:
    """
    Some headers of the one message that was sent.
    """
    ((_, message),) = seen["messages"]
    return [message["headers"][name] for name in names]


def test_stamp_of_none(lab: Lab) -> None:
    """
    A stamp of None is refused: plain Celery drops it, then misses it.
    """
    with pytest.raises(CallRejected, match="CK210"):
        call(lab.add, 2, 3).stamp(tenant=None)

    with pytest.raises(KeyError):
        lab.add.si(2, 3).stamp(tenant=None).apply_async()


def test_result(lab: Lab) -> None:
    """
    A handle wraps the result object that plain Celery returns.
    """
    fixed = "6f8a4e9e-0c68-4d3c-9d7e-5b7f1f0f3a11"

    ours = call(lab.add, 2, 3).task_id(fixed).send().async_result
    theirs = lab.add.apply_async((2, 3), {}, task_id=fixed)

    assert ours == theirs
    assert ours.id == theirs.id == fixed
    assert type(ours) is type(theirs)
    assert ours.backend is theirs.backend


def test_other_thread_of_work(lab: Lab) -> None:
    """
    Another app being the current one changes nothing.
    """
    other = Lab()

    with current(other):
        ours, theirs = both(
            lab,
            lambda: call(lab.add, 2, 3).countdown(1).send(),
            lambda: lab.add.apply_async((2, 3), {}, countdown=1),
        )

    other.close()
    assert ours == theirs
