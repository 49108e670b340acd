"""Celery's own worker, with pool, timer and consumer, that starts and stops without a pause."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celerykit.testing._at_work import HERE
from celerykit.testing._celerys import Swaps, set_current
from celerykit.testing._untyped_worker import (
    Consumer,
    Queue,
    TaskPool,
    Timer,
    WorkController,
    WorkerShutdown,
)

__all__ = ["Controller"]


class _Timer(Timer):  # type: ignore[misc]
    """Celery's timer thread, which ends when it is told: its own sleeps up to a second first."""

    _is_over = False

    def run(self) -> None:
        """Run what comes due."""
        schedule: Iterator[tuple[float | None, Any]] = iter(self.schedule)
        while True:
            with self.not_empty:
                if self._is_over:
                    return
                delay, entry = next(schedule)
                if entry is None:
                    self.not_empty.wait(delay)
                    continue
            self.schedule.apply_entry(entry)

    def stop(self) -> None:
        """End, and wait for that."""
        with self.not_empty:
            self._is_over = True
            self.not_empty.notify()
        if self.is_alive():
            self.join()


class _Pool(TaskPool):  # type: ignore[misc]
    """
    Celery's pool of threads, whose app is the current one there.

    Celery's own switch against waiting in a task is left alone: see ``in_tasks_joining_blocks()``.
    """

    Timer = _Timer
    task_join_will_block = False

    def __init__(self, limit: int, *args: Any, app: Any, **options: Any) -> None:
        own: Any = super()
        own.__init__(limit, *args, app=app, **options)

        def begin() -> None:
            HERE.is_task = True
            set_current(app, Swaps())

        self.executor = ThreadPoolExecutor(limit, "celerykit worker", begin)

    def on_apply(self, target: Any, args: Any, *more: Any, **options: Any) -> Any:
        """Run a message with a new tracer: Celery's own remembers what a test may replace."""
        self.app.tasks[args[0]].__trace__ = None
        own: Any = super()
        return own.on_apply(target, args, *more, **options)


class _Strategies(dict[str, Any]):
    """How to take the messages of each task, those that are made meanwhile included."""

    def __init__(self, consumer: Any) -> None:
        super().__init__()
        self._consumer = consumer

    def __missing__(self, name: str) -> Any:
        consumer = self._consumer
        task = consumer.app.tasks[name]
        consumer.controller.swaps.put(task, "__trace__", None)
        consumer.task_buckets[name] = consumer.bucket_for_task(task)
        strategy = self[name] = task.start_strategy(consumer.app, consumer)
        return strategy


class _Consumer(Consumer):  # type: ignore[misc]
    """Celery's consumer, which looks at once at what other threads ask of it."""

    def Strategies(self) -> Any:  # noqa: N802 - Celery's name
        """Return what knows each task."""
        return _Strategies(self)

    def update_strategies(self) -> None:
        """Do nothing: each is made when its first message comes."""

    def call_soon(self, *args: Any, **options: Any) -> Any:
        """Do something in the consumer's own thread."""
        own: Any = super()
        promised = own.call_soon(*args, **options)
        self.controller.wake()
        return promised

    def ensure_connected(self, connection: Any) -> Any:
        """Connect: in memory nothing is tried twice, and Celery 5.4 would warn of how it is."""
        connection.connect()
        self.first_connection_attempt = False
        return connection


class Controller(WorkController):  # type: ignore[misc]
    """Celery's worker, run by a thread of a test's process."""

    swaps: Swaps
    consumer: Any
    blueprint: Any

    def __init__(
        self, app: Any, hostname: str, concurrency: int, swaps: Swaps, ready: Callable[[], None]
    ) -> None:
        """Make one for *app*. What it replaces is put into *swaps*."""
        self.swaps = swaps
        self.wake: Callable[[], None] = lambda: None
        self._tell_ready = ready
        self._heard: set[str] = set()
        own: Any = super()
        own.__init__(
            app,
            hostname,
            concurrency=concurrency,
            pool=_Pool,
            consumer_cls=_Consumer,
            timer_cls=_Timer,
            statedb="",
            without_gossip=True,
            without_heartbeat=True,
            without_mingle=True,
        )

    def setup_includes(self, includes: Any) -> None:
        """Leave the app's setting *include* as it is: it is for workers that fork."""
        self.include = includes

    def on_consumer_ready(self, consumer: Any) -> None:
        """Tell that messages are taken from now on."""
        self.wake = consumer.connection.transport.wake
        self._tell_ready()

    def run(self) -> None:
        """Work until told to end, and clear up; raise what else ends it."""
        try:
            self.blueprint.start(self)
        except WorkerShutdown:
            pass
        finally:
            self.stop()

    def hear(self, queue: str) -> None:
        """Take what is put into *queue*, too."""
        if queue not in self._heard:
            self._heard.add(queue)
            self.consumer.call_soon(self._take_from, queue)

    def _take_from(self, queue: str) -> None:
        consumer = self.consumer.task_consumer
        if not consumer.consuming_from(queue):
            consumer.add_queue(Queue(queue, no_declare=True))
            consumer.consume()

    def end(self) -> None:
        """Have it stop."""
        self.consumer.call_soon(_shut_down)


def _shut_down() -> None:
    raise WorkerShutdown(0)
