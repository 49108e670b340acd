"""
A pair: how celerykit sends a call, and how plain Celery sends what means the same.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from celery import _state

from .lab import Lab

Send: TypeAlias = Callable[[], Any]
Pair: TypeAlias = tuple[Send, Send]
Make: TypeAlias = Callable[[Lab], Pair]


def into(pairs: dict[str, Make]) -> Callable[[Make], Make]:
    """
    A decorator that adds a pair to those that are tried on every broker.
    """

    def add(make: Make) -> Make:
        pairs[make.__name__] = make
        return make

    return add


@contextmanager
def current(lab: Lab) -> Iterator[None]:
    """
    Make the lab's app the current one of this thread meanwhile.
    """
    before = _state._tls.current_app
    lab.app.set_current()
    try:
        yield
    finally:
        _state._tls.current_app = before


def as_current(lab: Lab, send: Send) -> Send:
    """
    The same send, while the lab's app is the current one.
    """

    def sent() -> Any:
        with current(lab):
            return send()

    return sent
