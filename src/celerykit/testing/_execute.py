"""Run one message as a worker does: through Celery's own request and tracer, in this thread."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from celerykit.testing._broker import Broker, Published
from celerykit.testing._celerys import Swaps, apps, keep_database_open, set_current
from celerykit.testing._order import turn_of_a_return
from celerykit.testing._untyped import (
    TraceInfo,
    build_tracer,
    denied_join_result,
    prepare_accept_content,
    signals,
    symbol_by_name,
    trace_task_ret,
    worker_state,
)

__all__ = ["execute", "task_for"]


def task_for(app: Any, published: Published) -> Any:
    """Return the task of *app* that runs this message, or None: then others run it."""
    return app.tasks.get(published.message["headers"]["task"])


def execute(app: Any, broker: Broker, published: Published) -> Exception | None:
    """
    Run a message as a worker of *app* does, and return what its task failed with, if it did.

    Time limits do not count, as in a worker with threads.
    """
    task = task_for(app, published)
    request = _request(app, broker, published, task)
    failures: list[Exception] = []

    class Info(TraceInfo):  # type: ignore[misc]
        """What Celery's tracer makes of a failure, which remembers the very exception."""

        def handle_failure(self, *args: Any, **options: Any) -> Any:
            failures.append(self.retval)
            own: Any = super()
            return own.handle_failure(*args, **options)

    with _as_a_worker(app, broker, request), Swaps() as swaps:
        # Made anew each time: Celery's own remembers the function, which a test may replace.
        tracer = build_tracer(task.name, task, loader=app.loader, app=app, Info=Info)
        swaps.put(task, "__trace__", tracer)
        signals.task_received.send(sender=app, request=request)
        if not request.revoked():
            request.on_accepted(os.getpid(), time.monotonic())
            outcome = trace_task_ret(
                request.type,
                request.id,
                request.request_dict,
                request.body,
                request.content_type,
                request.content_encoding,
                app=app,
            )
            request.on_success(outcome)
    return failures[0] if failures else None


def _request(app: Any, broker: Broker, published: Published, task: Any) -> Any:
    """Return the request that a worker makes of a message, whose time is the app's."""

    class Request(symbol_by_name(task.Request)):  # type: ignore[misc]
        """A request that expires by the app's clock."""

        def maybe_expire(self) -> bool:
            return self.expires is not None and bool(self.app.now() > self.expires)

    def reject(_log: Any, _errors: Any, requeue: bool) -> None:  # noqa: FBT001 - as Celery calls it
        if requeue:
            broker.give_back(published, turn_of_a_return(app, published))

    received = published.received
    received.accept = prepare_accept_content(app.conf.accept_content)
    return Request(received, app=app, task=task, on_reject=reject)


@contextmanager
def _as_a_worker(app: Any, broker: Broker, request: Any) -> Generator[None]:
    """Let this thread look like a worker's, and the worker know what is revoked; then no more."""
    was_revoked = request.id in worker_state.revoked
    stamps = {**worker_state.revoked_stamps}
    if request.id in broker.revoked:
        worker_state.revoked.add(request.id)
    worker_state.revoked_stamps.update(broker.revoked_stamps)
    try:
        with Swaps() as swaps, denied_join_result():
            set_current(app, swaps)
            for each in apps():
                keep_database_open(each, swaps)
            yield
    finally:
        if not was_revoked:
            worker_state.revoked.discard(request.id)
        worker_state.successful_requests.discard(request.id)
        worker_state.revoked_stamps.clear()
        worker_state.revoked_stamps.update(stamps)
