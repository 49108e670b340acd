"""worker(): a real worker in a thread of the test's process, on a broker in memory."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any, Final, NamedTuple, cast

from celerykit._findings import shown
from celerykit._guard import Action, allowed_codes
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app
from celerykit.testing._at_work import joining_blocks, reads_watched, state_as_before
from celerykit.testing._broker import Broker
from celerykit.testing._celerys import (
    Swaps,
    current,
    forget_receivers,
    receivers,
    set_current,
    set_default,
)
from celerykit.testing._news import Service
from celerykit.testing._stand_in import App, Rules, hold
from celerykit.testing._untyped import worker_state

__all__ = ["Worker", "worker"]

_numbers: Final = count(1)
_PATIENCE: Final = 10.0  # seconds, for what takes milliseconds unless a task does not end


class Worker(NamedTuple):
    """
    A worker that runs beside a test; ``worker()`` makes it.

    Attributes:
        app: The app whose tasks it runs.
        hostname: What ``app.control`` knows it by.
    """

    app: TypedApp
    hostname: str


@contextmanager
def worker(
    app: App | TypedApp | None = None,
    /,
    *,
    concurrency: int = 1,
    action: Action = "raise",
    allow: Iterable[str] = (),
) -> Generator[Worker]:
    """
    Run Celery's own worker in this process, in threads, until the block ends.

    It runs whatever the app sends, to whichever queue, and what waits for it in memory already;
    tasks that are made meanwhile too. Neither messages nor results leave the process, as with
    ``capture()``, and both are passed on at once: nothing polls. ``get()`` waits for a result as
    in production, and in a task it is refused as in production, by Celery and by the rule CK402.

    Args:
        app: The app whose tasks to run. None means the current one.
        concurrency: How many tasks it runs at once, 1 or more.
        action: What to do about plain Celery calls, and reads of results, to which a rule
            of level error objects: ``"raise"`` refuses them, ``"warn"`` warns, as ``guard()``
            does. Where the project has put a guard itself, that one speaks.
        allow: Codes of rules that may not object.

    Returns:
        The worker, which takes messages already.

    Raises:
        CallRejected: There is no rule with such a code.
        RuntimeError: It did not start, it runs already, or a task did not end within 10 seconds
            of the end of the block.
        TypeError: *app* is no app, or there is no current one.
        ValueError: *concurrency* or *action* is none of those.
    """
    own = _app(app)
    _check_concurrency(concurrency)
    rules = Rules(action, allowed_codes("worker()", action, allow))
    # Modules with tasks are imported here, so that an error in them is raised here.
    own.finalize()
    own.loader.init_worker()
    with ExitStack() as stops:
        broker, give_back = hold(own, rules)
        stops.callback(give_back)
        if broker.service is not None:
            message = f"worker({shown(app)}): a worker of that app runs already"
            raise RuntimeError(message)
        swaps = stops.enter_context(Swaps())
        set_default(own, swaps)  # for the threads that tasks start
        stops.enter_context(state_as_before(own))
        stops.enter_context(reads_watched(own, rules))
        stops.enter_context(joining_blocks())
        hostname = f"celerykit{next(_numbers)}@localhost"
        thread = _Thread(own, broker, hostname, concurrency, swaps)
        stops.callback(thread.end)
        thread.begin()
        yield Worker(cast("TypedApp", own), hostname)


def _app(given: Any) -> Any:
    """Return the app that was *given*, or the current one."""
    app = current() if given is None else app_behind(given)
    if app is None:
        message = "worker(): no app is current. Import yours first, or pass it: worker(app)."
        raise TypeError(message)
    if not is_app(app):
        message = f"worker({shown(given)}): that is no Celery app. Pass what Celery(...) returned."
        raise TypeError(message)
    return app


def _check_concurrency(given: Any) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        message = f"concurrency={shown(given)} is not a number of tasks. Pass 1 or more."
        raise ValueError(message)


class _Thread(threading.Thread):
    """The thread in which a worker has its loop."""

    def __init__(
        self, app: Any, broker: Broker, hostname: str, concurrency: int, swaps: Swaps
    ) -> None:
        super().__init__(name=f"celerykit {hostname}", daemon=True)
        self._app = app
        self._broker = broker
        self._hostname = hostname
        self._concurrency = concurrency
        self._swaps = swaps
        self._controller: Any = None
        self._began = threading.Event()
        self._is_ready = False
        self._service = Service(self._hear)
        self._before: dict[Any, list[Any]] = {}
        self._after: dict[Any, list[Any]] = {}

    def run(self) -> None:
        """Work until told to end."""
        from celerykit.testing._controller import Controller  # noqa: PLC0415 - loads the worker

        set_current(self._app, Swaps())
        self._before = receivers()
        try:
            self._controller = Controller(
                self._app, self._hostname, self._concurrency, self._swaps, self._tell_ready
            )
            self._controller.run()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits for the worker
            self._service.failure = error
        self._service.is_over = True
        self._broker.news.tell()
        self._began.set()

    def _hear(self, queue: str) -> None:
        self._controller.hear(queue)

    def _tell_ready(self) -> None:
        self._after = receivers()
        self._is_ready = True
        self._began.set()

    def begin(self) -> None:
        """Start, and wait until messages are taken."""
        self.start()
        self._began.wait(_PATIENCE)
        if not self._is_ready:
            message = f"the worker did not start: {self._service.failure!r}"
            raise RuntimeError(message) from self._service.failure
        self._broker.serve(self._service)

    def end(self) -> None:
        """Stop: tasks that run may end, what waits stays, and who waits for a result is told."""
        if self._is_ready and not self._service.is_over:
            self._service.is_over = True
            self._broker.news.tell()
            self._controller.end()
        self.join(_PATIENCE)
        self._broker.service = None
        forget_receivers(self._before, self._after)
        if self.is_alive():
            running = sorted({each.name for each in worker_state.active_requests})
            message = f"the worker did not end: {', '.join(running)} still runs"
            raise RuntimeError(message)
        if self._is_ready and self._service.failure is not None:
            message = f"the worker ended by itself: {self._service.failure!r}"
            raise RuntimeError(message) from self._service.failure
