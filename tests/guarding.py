"""
What the tests of guard() share: what it says, where, and what is published all the same.
"""

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from celery import signals

from celerykit import CallRejected, CallWarning


@contextmanager
def publishing() -> Iterator[list[str]]:
    """
    Note the name of each task that is published meanwhile.
    """
    names: list[str] = []

    def note(sender: str, **given: Any) -> None:
        names.append(sender)

    signals.before_task_publish.connect(note, weak=False)
    try:
        yield names
    finally:
        signals.before_task_publish.disconnect(note)


def said(send: Callable[[], Any]) -> list[warnings.WarningMessage]:
    """
    The warnings of celerykit's that a send is worth; any other is raised.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.simplefilter("always", CallWarning)
        send()
    return caught


def codes(send: Callable[[], Any]) -> list[str]:
    """
    The codes of the rules that object to a send.
    """
    return [str(each.message).partition(": ")[2].partition(" ")[0] for each in said(send)]


def places(send: Callable[[], Any]) -> list[tuple[str, int]]:
    """
    The file and the line that each warning of a send points at.
    """
    return [(each.filename, each.lineno) for each in said(send)]


def refused(send: Callable[[], Any]) -> list[str]:
    """
    The codes of the rules that refuse a send, of which nothing may be published.
    """
    with publishing() as names, pytest.raises(CallRejected) as caught:
        send()

    assert names == []
    return [finding.code for finding in caught.value.findings]


def line() -> int:
    """
    The number of the line that asks.
    """
    return sys._getframe(1).f_lineno
