"""Many calls at once: send_many against the loop `for row in rows: add.delay(*row)`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from pathlib import Path
from time import sleep
from typing import Any, cast

from brokers import URLS, Stage, open_stage, silence_of
from celery import Task, signals
from kombu import Queue
from messages import WrongMessageError
from promises import Line
from race import Sides, race_many
from redis import Redis
from timing import Spread, side_by_side

from celerykit import gather, send_many

__all__ = ["lines"]

_MANY = 4_000
_LOOP = 200
_ROUNDS = 7
_HERE = Path(__file__).parents[1]

# Ten fields, as a row of a table has them.
_RECORD = {
    "id": 7,
    "name": "Ada Lovelace",
    "email": "ada@example.org",
    "city": "London",
    "zip": "W1",
    "paid": True,
    "note": None,
    "total": 99.5,
    "tags": ["new", "vip"],
    "qty": 3,
}


def lines() -> Iterator[Line]:
    """Yield what sending many costs, on each broker that answers."""
    answering = [name for name, url in URLS.items() if not silence_of(url)]
    for transport in answering if "Redis" in answering else ():
        if transport != "memory":  # where nobody else could look
            _executed(transport)
    yield _line("memory", "bulk: two ints", 0.125)
    if "Redis" in answering:
        yield from _on_redis()
    if "RabbitMQ" in answering:
        yield from _on_rabbitmq()


def _on_redis() -> Iterator[Line]:
    line = partial(_line, "Redis")
    yield line("bulk: two ints", 0.04)
    yield _beside_ready_texts()
    yield line("bulk: a dict of 10 fields", 0.066, row=(_RECORD, 1))
    with _receivers():
        yield line("bulk: publish signals received", 0.083)
    yield line("bulk: results kept", 0.05, result_backend=URLS["Redis"])
    yield line("bulk: task-sent events on", 0.2, task_send_sent_event=True)
    with _patched():
        yield line("bulk: a patched apply_async", 0.55)
    yield line("bulk: public API alone", 0.125, broker_transport="ordinary:Transport")
    yield from _million()


def _on_rabbitmq() -> Iterator[Line]:
    line = partial(_line, "RabbitMQ")
    yield line("bulk: until all are queued", 0.2, until_queued=True)
    confirming = {"broker_transport_options": {"confirm_publish": True}}
    yield line("bulk: until all are confirmed", 0.1, **confirming)
    with _patched():
        yield line("bulk: a patched apply_async", 0.55, until_queued=True)
    public = {"broker_transport": "ordinary:AmqpTransport"}
    name = "bulk: public API alone"
    yield line(f"{name}, until all are queued", 0.286, until_queued=True, **public)
    yield line(f"{name}, until all are confirmed", 0.2, **public, **confirming)


def _line(
    transport: str,
    name: str,
    limit: float,
    *,
    row: tuple[Any, Any] = (2, 3),
    until_queued: bool = False,
    **settings: object,
) -> Line:
    keeps = "result_backend" in settings
    with open_stage(transport, **settings) as stage:
        add = cast("Callable[[Any, Any], int]", stage.add)
        add.ignore_result = not keeps  # type: ignore[attr-defined]
        queued = partial(_wait_queued, stage) if until_queued else lambda _: None

        def ours() -> list[str]:
            report = send_many(add, repeat(row, _MANY))
            queued(_MANY)
            return [*report.ids]

        def theirs() -> list[str]:
            sent = [stage.add.delay(*row).id for _ in range(_LOOP)]
            queued(_LOOP)
            return sent

        sides = Sides(ours, _MANY, theirs, _LOOP)
        return Line(name, transport, race_many(stage, sides, _ROUNDS), "x", limit)


def _beside_ready_texts() -> Line:
    """Return the time of sending as a multiple of pushing texts that are ready."""
    with open_stage("Redis") as stage, Redis.from_url(URLS["Redis"]) as client:
        cast("Any", stage.add).ignore_result = True
        send_many(stage.add, [(2, 3)])
        text = client.lindex(stage.queue, 0)

        def theirs() -> None:
            for _ in range(_MANY // 500):
                with client.pipeline(transaction=False) as pipe:
                    for _ in range(500):
                        pipe.lpush(stage.queue, text)
                    pipe.execute()
            client.delete(stage.queue)

        def ours() -> None:
            send_many(stage.add, repeat((2, 3), _MANY))
            client.delete(stage.queue)

        ratio = side_by_side(ours, theirs, rounds=_ROUNDS, repeats=1)
        return Line("the same, to LPUSH of ready texts", "Redis", ratio, "x", 2.5)


def _wait_queued(stage: Stage, count: int) -> None:
    with stage.app.connection_for_write() as connection, connection.channel() as channel:
        while Queue(stage.queue)(channel).queue_declare(passive=True).message_count < count:
            sleep(0.001)


@contextmanager
def _receivers() -> Iterator[None]:
    def hear(**_: object) -> None: ...

    both = signals.before_task_publish, signals.after_task_publish
    for signal in both:
        signal.connect(hear, weak=False)
    try:
        yield
    finally:
        for signal in both:
            signal.disconnect(hear)


@contextmanager
def _patched() -> Iterator[None]:
    celerys = Task.apply_async

    def apply_async(self: Task, *args: Any, **options: Any) -> Any:
        return celerys(self, *args, **options)

    Task.apply_async = apply_async
    try:
        yield
    finally:
        Task.apply_async = celerys


def _executed(transport: str) -> None:
    """Raise WrongMessageError unless Celery's own worker runs what is sent, and as it was meant."""
    backend = URLS["Redis"]
    with open_stage(transport, result_backend=backend) as stage:
        command = [sys.executable, "-m", "celery", "-A", "worked", "worker", "-P", "solo"]
        environment = {
            **os.environ,
            "BENCH_BROKER": URLS[transport],
            "BENCH_BACKEND": backend,
            "BENCH_QUEUE": stage.queue,
        }
        worker = subprocess.Popen(
            command, cwd=_HERE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        try:
            report = send_many(stage.add, ((number, 1) for number in range(50)))
            found = gather(report.handles, timeout=60)
        finally:
            worker.terminate()
            worker.wait()
        for handle in report.handles:
            handle.async_result.forget()
    if found != [number + 1 for number in range(50)]:
        message = f"the worker on {transport} returned {found}"
        raise WrongMessageError(message)


def _million() -> Iterator[Line]:
    """Yield the rate and the memory of a million rows from a generator."""
    run = subprocess.run(
        [sys.executable, _HERE / "million.py", URLS["Redis"]],
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise WrongMessageError(run.stderr[-500:])
    per_call, grown = map(float, run.stdout.split())
    yield Line("a million rows: each", "Redis", Spread.of([per_call]), "us")
    yield Line("a million rows: memory, ids kept", "Redis", Spread.of([grown]), "MB", 20)
