"""
All that can be seen of one send: the signals, kombu's publish(), the raw message and the result.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

import pytest
from celery import signals
from celery.result import AsyncResult
from kombu import Producer

from celerykit.bulk._lane import Lane

from .lab import Lab

# What differs from one delivery to the next, whoever sent the message.
OF_THE_DELIVERY = frozenset({"delivery_tag", "message_count", "redelivered"})


# The first two of a kind are Celery's own; that the first one made a queue known costs one more.
LEARNT = 3


@contextmanager
def recorded(*, tapped: bool = True) -> Iterator[list[tuple[str, Any]]]:
    """
    Note what Celery's signals and, if that is tapped, kombu's publish() are given meanwhile.
    """
    notes: list[tuple[str, Any]] = []
    publish = Producer.publish

    def before(signal: Any, **given: Any) -> None:
        notes.append(("before_task_publish", exact(given)))

    def after(signal: Any, **given: Any) -> None:
        notes.append(("after_task_publish", exact(given)))

    def published(self: Producer, body: Any, **given: Any) -> Any:
        notes.append(("publish", exact({"body": timeless(body), **given})))
        return publish(self, body, **given)

    signals.before_task_publish.connect(before, weak=False)
    signals.after_task_publish.connect(after, weak=False)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if tapped:
                patch.setattr(Producer, "publish", published)
            yield notes
    finally:
        signals.before_task_publish.disconnect(before)
        signals.after_task_publish.disconnect(after)


def timeless(body: Any) -> Any:
    """
    A task's body as it is, and an event but for the moment when it happened.
    """
    if isinstance(body, dict):
        return {name: value for name, value in body.items() if name not in {"clock", "timestamp"}}
    return body


def sight(
    lab: Lab, send: Callable[[], Any], recording: Callable[[], Any] = recorded
) -> dict[str, Any]:
    """
    All that can be seen of one send, with the task's id written as <id 0>.
    """
    with recording() as notes:
        sent = send()
    results = [*lineage(getattr(sent, "async_result", sent))]
    seen = {
        "notes": notes,
        "messages": [(queue, exact(raw(message))) for queue, message in lab.arrived()],
        "results": [(type(each).__name__, each.ignored, each.app is lab.app) for each in results],
    }
    names = {each.id: f"<id {number}>" for number, each in enumerate(results)}
    return without_ids(seen, names)


@contextmanager
def counted() -> Iterator[list[str]]:
    """
    The names of the tasks that are sent by example meanwhile.
    """
    names: list[str] = []
    make = Lane._alike

    def made(self: Lane, *given: Any) -> Any:
        names.append(self._target.name)
        return make(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lane, "_alike", made)
        yield names


def later(
    lab: Lab, ours: Callable[[], Any], theirs: Callable[[], Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """
    What can be seen of later sends of the same, and how many of ours were made after the example
    of those before.
    """
    for _ in range(LEARNT):
        ours()
    assert len([*lab.arrived()]) == LEARNT
    with counted() as names:
        mine = [sight(lab, ours, way) for way in WAYS]
    return mine, [sight(lab, theirs, way) for way in WAYS], len(names)


# With receivers of the publish signals, and with nobody who looks on.
WAYS = (partial(recorded, tapped=False), nullcontext)


def lineage(result: AsyncResult | None) -> Iterator[AsyncResult]:
    """
    A result and those before it in its chain, the newest first.
    """
    while result is not None:
        yield result
        result = result.parent


def both(
    lab: Lab, ours: Callable[[], Any], theirs: Callable[[], Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """
    What can be seen of celerykit's send and of plain Celery's; each must have arrived once.
    """
    with_celerykit, plain = sight(lab, ours), sight(lab, theirs)
    for seen in (with_celerykit, plain):
        assert len(seen["messages"]) == 1, seen
    return with_celerykit, plain


def raw(message: Any) -> dict[str, Any]:
    """
    The parts of a raw message: kombu has undone the compression, and nothing else.
    """
    properties = dict(message.properties)
    info = {**properties.pop("delivery_info", {}), **message.delivery_info}
    return {
        "headers": message.headers,
        "properties": _lasting(properties),
        "delivery_info": _lasting(info),
        "content_type": message.content_type,
        "content_encoding": message.content_encoding,
        "body": message.payload,
    }


def _lasting(values: dict[str, Any]) -> dict[str, Any]:
    """
    What a second delivery would have in common with the first.
    """
    return {name: value for name, value in values.items() if name not in OF_THE_DELIVERY}


def exact(value: Any) -> Any:
    """
    A copy to compare: 1, 1.0 and True differ in it, and so do a list and a tuple.
    """
    if isinstance(value, dict):
        copy = {name: _ordered(name, exact(item)) for name, item in value.items()}
        return copy if type(value) is dict else {type(value).__name__: copy}
    if isinstance(value, (list, tuple)):
        return type(value)(exact(item) for item in value)
    return repr(value)


def _ordered(name: str, value: Any) -> Any:
    """
    The names of stamps in order: Signature.stamp() takes them through a set, which has none.
    """
    return sorted(value) if name == "stamped_headers" and isinstance(value, list) else value


def without_ids(value: Any, names: dict[str, str]) -> Any:
    """
    The same value with a name wherever the id of a task stood.
    """
    if isinstance(value, dict):
        return {name: without_ids(item, names) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(without_ids(item, names) for item in value)
    if isinstance(value, str):
        for task_id, name in names.items():
            value = value.replace(task_id, name)
    return value
