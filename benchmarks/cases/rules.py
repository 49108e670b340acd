"""Asking every rule about one ordinary call, at each line that builds it and when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

from brokers import Stage, open_stage
from celery import Celery
from kombu import Queue
from messages import received
from promises import Line
from timing import microseconds, side_by_side

from celerykit import Call, Priority, call, typed_app

__all__ = ["lines"]

_LIMIT_US = 10.0
_PERCENT = 5.0  # of an ordinary call, whose like was sent before


def lines() -> Iterator[Line]:
    """
    Yield the cost of all rules: in microseconds, and in percent of one send in memory.

    Building asks them within the lines that copy the call, so that the copies are in the figures
    too. What a program writes again and again is found to have passed; a value that was never
    written is looked at by every rule, which the last line shows.
    """
    with open_stage("memory") as stage:
        base, queue, numbers = call(stage.add, 2, 3), stage.queue, count(1)
        ranked = _on_rabbitmq()
        cases: dict[str, tuple[Callable[[], object], float | None]] = {
            "queue and countdown": (lambda: base.queue(queue).countdown(10).check(), _PERCENT),
            "queue and priority": (
                lambda: base.queue(queue).priority(Priority.HIGH).check(),
                _PERCENT,
            ),
            # There each queue has an order of its own, so that the router is asked.
            "the same on RabbitMQ": (
                lambda: ranked.queue("ranked").priority(Priority.HIGH).check(),
                None,
            ),
            "a new countdown each time": (
                lambda: base.queue(queue).countdown(next(numbers)).check(),
                None,
            ),
        }
        for name, (ask, limit) in cases.items():
            yield Line(f"all rules: {name}", "-", microseconds(ask), "us", _LIMIT_US)
            yield _of_one_send(stage, name, ask, limit)


def _of_one_send(stage: Stage, name: str, ask: Callable[[], object], limit: float | None) -> Line:
    """Return the time of *ask* as a part of the time that plain Celery takes for one message."""
    add, queue = stage.add, stage.queue
    ratio = side_by_side(
        ask, lambda: add.apply_async((2, 3), queue=queue, countdown=10), rounds=1000, repeats=1
    )
    received(stage, 0)
    return Line(f"all rules: {name}, of one send", stage.transport, ratio * 100, "%", limit)


def _on_rabbitmq() -> Call[int]:
    """Return a call of an app whose broker nobody connects to."""
    app = Celery("bench", broker="amqp://", set_as_current=False)
    app.conf.task_queues = [Queue("ranked", max_priority=10)]

    @typed_app(app).task(name="bench.add")
    def add(x: int, y: int) -> int:
        return x + y

    return call(add, 2, 3)
