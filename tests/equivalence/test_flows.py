"""
A flow is published as Celery publishes the canvas that means the same.
"""

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from celerykit import guard

from .flows import FLOWS, signed
from .lab import Lab
from .pairs import Make, current
from .published import exact, raw, recorded

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def seen(lab: Lab, send: Callable[[], Any]) -> Any:
    """
    All that can be seen of one send, each id by the order in which it shows itself.
    """
    with current(lab), recorded() as notes:
        send()
    messages = [(queue, exact(raw(message))) for queue, message in lab.arrived()]
    assert messages
    numbers = count()
    names: dict[str, str] = {}

    def name(found: re.Match[str]) -> str:
        return names.setdefault(found[0], f"<id {next(numbers)}>")

    return ID.sub(name, repr(notes)), ID.sub(name, repr(messages))


MAKES = {**FLOWS, **{f"{name}, as a signature": signed(make) for name, make in FLOWS.items()}}


@pytest.mark.parametrize("make", MAKES.values(), ids=MAKES)
@pytest.mark.parametrize("guarded", ["", "guarded"])
def test_flow(lab: Lab, make: Make, guarded: str) -> None:
    """
    The messages, and what signals tell of them, are the same; a guard has nothing to say.
    """
    ours, theirs = make(lab)
    watching = guard(lab.app, action="raise") if guarded else None

    by_us = seen(lab, ours)
    if watching is not None:
        watching.remove()

    assert by_us == seen(lab, theirs)
