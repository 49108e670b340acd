"""
The members of a large group are published as Celery publishes those of its own group.
"""

import re
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest
from celery._state import _task_stack
from celery.app.task import Context

from celerykit import guard

from .lab import Lab
from .many import MANY
from .pairs import Make, current
from .published import exact, raw, recorded

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def seen(lab: Lab, send: Callable[[], Any]) -> Any:
    """
    All that can be seen of one send, each id by the order in which it shows itself.

    Each signal tells of the messages in their order; many leave together, so that those that were
    about to leave are told of before any that has left.
    """
    with current(lab), recorded() as notes:
        result = send()
    result = getattr(result, "async_result", result)
    messages = [(queue, exact(raw(message))) for queue, message in lab.arrived()]
    assert messages
    numbers = count()
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"<id {next(numbers)}>")

    members = [(each.id, type(each).__name__, each.parent) for each in result]
    told = [
        [note for kind, note in notes if kind == signal]
        for signal in ("before_task_publish", "after_task_publish")
    ]
    parts = [messages, result.id, members, result.parent, *told]
    return [ID.sub(name, repr(part)) for part in parts]


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
@pytest.mark.parametrize("guarded", ["", "guarded"])
def test_group_of_many(lab: Lab, make: Make, guarded: str) -> None:
    """
    The messages, the result, and what signals tell are the same; a guard has nothing to say.
    """
    ours, theirs = make(lab)
    watching = guard(lab.app, action="raise") if guarded else None

    by_us = seen(lab, ours)
    if watching is not None:
        watching.remove()

    assert by_us == seen(lab, theirs)


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_group_of_many_in_a_task(make_lab: Callable[..., Lab], make: Make) -> None:
    """
    In a running task they have its root, itself as parent and its priority; the group is its child.
    """
    lab = make_lab(task_inherit_parent_priority=True)
    told = {"delivery_info": {"priority": 4}, "id": "parent", "root_id": "root"}

    def by(send: Callable[[], Any]) -> Any:
        # What a worker does.
        lab.anything.request_stack.push(Context(told, children=[], called_directly=False))
        _task_stack.push(lab.anything)
        try:
            found = seen(lab, send)
            (child,) = lab.anything.request.children
        finally:
            _task_stack.pop()
            lab.anything.request_stack.pop()
        return found, len(child), type(child).__name__

    ours, theirs = make(lab)

    assert by(ours) == by(theirs)


def test_events_go_with_each_member(make_lab: Callable[..., Lab]) -> None:
    """
    With task_send_sent_event, monitors are told of every member as of Celery's own.
    """
    lab = make_lab(task_send_sent_event=True)
    ours, theirs = MANY["plain"](lab)
    heard: list[list[Any]] = []
    for send in (ours, theirs):
        with lab.app.connection_for_read() as connection:
            receiver = lab.app.events.Receiver(connection, handlers={})
            queue = receiver.queue(connection.default_channel)
            queue.declare()
            send()
            events = [*iter(partial(queue.get, no_ack=True), None)]
        heard.append([told(event.payload) for event in events])

    assert heard[0] == heard[1]
    assert len(heard[0]) == len([*lab.arrived()]) / 2


def told(event: dict[str, Any]) -> dict[str, Any]:
    """
    What an event says, but for its moment and the ids.
    """
    own = {"clock", "timestamp", "uuid", "root_id"}
    return {name: exact(value) for name, value in event.items() if name not in own}
