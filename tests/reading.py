"""
What the tests of reads share: a task that does what a test says, and what was said meanwhile.
"""

import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.exceptions import TimeoutError as CelerysTimeoutError

from celerykit.errors import CelerykitWarning


def in_a_task(app: Celery, act: Callable[[], Any], name: str = "shop.waits") -> Any:
    """
    Do something inside a task, which runs here and now as Celery's `apply()` runs it.
    """

    @app.task(name=name, shared=False)
    def waits():
        return act()

    try:
        return waits.apply(throw=True).result
    finally:
        del app.tasks[name]


def patiently(act: Callable[[], Any]) -> Any:
    """
    Do something that waits in vain for a moment, which is as good as an answer.
    """
    try:
        return act()
    except CelerysTimeoutError:
        return "in vain"


def said(act: Callable[[], Any]) -> list[warnings.WarningMessage]:
    """
    The warnings of celerykit's that something is worth; any other is raised.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.simplefilter("always", CelerykitWarning)
        patiently(act)
    return caught


def codes(act: Callable[[], Any]) -> list[str]:
    """
    The codes of the rules that object to it.
    """
    return [str(each.message).partition(": ")[2].partition(" ")[0] for each in said(act)]


def codes_in_a_task(app: Celery, act: Callable[[], Any]) -> list[str]:
    """
    The codes of the rules that object to it in a task.
    """
    return codes(lambda: in_a_task(app, act))
