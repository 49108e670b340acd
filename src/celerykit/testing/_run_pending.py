"""run_pending(): run what waits for an app, captured or in its own memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from celerykit._findings import shown
from celerykit._tasks import TypedApp
from celerykit._values import app_behind
from celerykit.testing._broker import Broker
from celerykit.testing._calls import Calls
from celerykit.testing._celerys import apps
from celerykit.testing._drain import LIMIT, Drain
from celerykit.testing._memory_app import broker_of
from celerykit.testing._sent_call import sent_call
from celerykit.testing._stand_in import App, stand_ins

__all__ = ["brokers_in_memory", "run_pending"]


def brokers_in_memory() -> Iterator[tuple[Any, Broker]]:
    """Yield every app whose messages wait in memory for no worker, and where they wait."""
    captured = [(each.app, each.broker) for each in stand_ins()]
    found = [*captured]
    for app in apps():
        broker = broker_of(app)
        if broker is not None and not any(app is each for each, _broker in captured):
            found.append((app, broker))
    yield from ((app, broker) for app, broker in found if broker.service is None)


def run_pending(app: App | TypedApp, /, *, limit: int = LIMIT, reraise: bool = True) -> Calls[Any]:
    """
    Run what waits for *app* and is due, in this thread, as ``Sent.run()`` does.

    Args:
        app: An app that ``memory_app()`` made, or one that is captured.
        limit: How many tasks may be run, 1 or more.
        reraise: Whether the error of a task that fails is raised here.

    Returns:
        The calls that were run, in that order.

    Raises:
        EndlessRun: After *limit* tasks there are still more.
        TypeError: The messages of *app* do not wait in memory.
        ValueError: *limit* is not 1 or more.
    """
    __tracebackhide__ = True
    own = app_behind(app)
    found = [broker for each, broker in brokers_in_memory() if each is own]
    if not found:
        message = (
            f"run_pending({shown(app)}): nothing of it waits in memory. "
            "Pass the app of memory_app(), or one that is captured and has no worker()."
        )
        raise TypeError(message)
    drain = Drain(lambda: [(own, found[0])], limit, reraise=reraise)
    drain.run()
    return Calls([sent_call(each, published) for each, published in drain.ran])
