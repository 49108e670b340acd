"""
One isolated run of the project against a real broker: its app, its queues and its workers.
"""

import importlib.util
import itertools
import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from kombu import Consumer, Exchange, Queue
from redis import Redis

from .brokers import RABBITMQ, Broker
from .worker import Worker, command

HERE = Path(__file__).parent
SOON = 20.0
PAUSE = 0.02
loads = itertools.count()


@dataclass(frozen=True)
class Note:
    """
    One execution: what was noted, and when.
    """

    label: Any
    monotonic: float
    wall: float


def load(environ: dict[str, str]) -> ModuleType:
    """
    The project's tasks, loaded afresh under this environment: each stage has an app of its own.
    """
    path = HERE / "liveproj" / "tasks.py"
    spec = importlib.util.spec_from_file_location(f"liveproj_{next(loads)}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        spec.loader.exec_module(module)
    return module


class Stage:
    """
    Everything a live test needs, under one random prefix; `close()` leaves nothing behind.
    """

    def __init__(
        self, broker: Broker, backend: Broker, folder: Path, settings: dict[str, Any] | None = None
    ) -> None:
        """
        Load the project; no worker runs yet.
        """
        self.broker = broker
        self.folder = folder
        self.prefix = f"cklive{uuid.uuid4().hex[:10]}"
        own = {
            "LIVE_BROKER": broker.url,
            "LIVE_BACKEND": backend.url,
            "LIVE_QUEUE_PREFIX": self.prefix,
        }
        self.own = {**own, "LIVE_SETTINGS": json.dumps(settings or {})}
        # Redis-py gives up on a socket after 5 s by itself, while a note may take longer.
        self.state = Redis.from_url(backend.url, decode_responses=True, socket_timeout=2 * SOON)
        self.tasks = load(self.own)
        self.app = self.tasks.app
        self.workers: list[Worker] = []
        self.queues: set[str] = set()
        self.default, self.high, self.ranked = (
            self.queue(name) for name in ("default", "high", "ranked")
        )

    def queue(self, name: str) -> str:
        """
        The full name of one of this stage's queues; it is deleted at the end.
        """
        full = f"{self.prefix}.{name}"
        self.queues.add(full)
        return full

    def unique(self, word: str = "trail") -> str:
        """
        A name that nobody has used yet, for a trail or a queue nobody reads.
        """
        return f"{word}-{uuid.uuid4().hex[:8]}"

    def environ(self, **more: str) -> dict[str, str]:
        """
        The environment of a process of this stage.
        """
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CELERY_", "LIVE_"))
        }
        return {**clean, **self.own, "PYTHONPATH": str(HERE), **more}

    def launch(self, *queues: str, **kind: str) -> Worker:
        """
        Start an unmodified worker without waiting for it: for one that is about to die.
        """
        hostname = f"worker{len(self.workers)}@{self.prefix}"
        run = command(*(queues or [self.default, self.high, self.ranked]), **kind)
        worker = Worker(hostname, run, self.environ(), self.folder)
        self.workers.append(worker)
        return worker

    def start(self, *queues: str) -> Worker:
        """
        Start an unmodified worker, and return when it is ready.
        """
        worker = self.launch(*queues)
        worker.wait_ready(self.state, self.prefix)
        return worker

    def notes(self, trail: str, count: int, timeout: float = SOON) -> list[Note]:
        """
        The next `count` notes of a trail in the order of execution; fails when they do not come.
        """
        found: list[Note] = []
        deadline = time.monotonic() + timeout
        while len(found) < count:
            left = deadline - time.monotonic()
            entry = (
                self.state.blpop([f"{self.prefix}:trail:{trail}"], timeout=left)
                if left > 0
                else None
            )
            if entry is None:
                message = f"{len(found)} of {count} notes on {trail!r}: {found}\n{self.logs()}"
                raise AssertionError(message)
            raw = json.loads(entry[1])
            found.append(Note(raw["label"], raw["monotonic"], raw["wall"]))
        return found

    def logs(self) -> str:
        """
        What this stage's workers have said.
        """
        return "\n".join(worker.log()[-4000:] for worker in self.workers)

    def take(self, queue: str, count: int = 1, timeout: float = SOON) -> list[Any]:
        """
        The next `count` raw messages (kombu's Message) of a queue nobody reads, in their order.
        """
        found: list[Any] = []

        def keep(message: Any) -> None:
            found.append(message)
            message.ack()

        deadline = time.monotonic() + timeout
        mine = Queue(queue, no_declare=True)
        with (
            self.app.connection_for_read() as connection,
            closing(connection.channel()) as channel,
            Consumer(channel, [mine], on_message=keep, prefetch_count=1),
            suppress(TimeoutError),
        ):
            while len(found) < count:
                connection.drain_events(timeout=max(0.01, deadline - time.monotonic()))
        assert len(found) == count, f"{len(found)} of {count} messages on {queue}"
        return found

    def depth(self, queue: str) -> int:
        """
        How many messages wait in a queue at this moment; none when it does not exist.
        """
        with (
            self.app.connection_for_read() as connection,
            closing(connection.channel()) as channel,
        ):
            try:
                return int(Queue(queue)(channel).queue_declare(passive=True).message_count)
            except connection.channel_errors:
                return 0

    def wait_depth(self, queue: str, count: int, timeout: float = SOON) -> None:
        """
        Return when exactly `count` messages wait: a broker is told of a message before it is there.
        """
        deadline = time.monotonic() + timeout
        while (depth := self.depth(queue)) != count:
            assert time.monotonic() < deadline, f"{depth} messages on {queue}, not {count}"
            time.sleep(PAUSE)

    def program(self, name: str, queue: str, **environ: str) -> dict[str, Any]:
        """
        What one of liveproj.caller's programs answered, from a process of its own.
        """
        command = [sys.executable, "-m", "liveproj.caller", name, queue]
        done = subprocess.run(
            command,
            env=self.environ(**environ),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def stop(self) -> None:
        """
        End the workers; a message wakes them, since an idle one may sleep through a signal for 5 s.
        """
        awake = [worker.hostname for worker in self.workers if worker.ask()]
        if awake:
            self.app.control.broadcast("ping", destination=awake)
        for worker in self.workers:
            worker.stop()

    def close(self) -> None:
        """
        End what was started and delete what was made.
        """
        self.stop()
        self.delete()
        self.state.close()
        # A result that goes later would open a new connection, to say that it goes.
        self.app.backend.remove_pending_result = lambda result: result
        self.app.backend.result_consumer.stop()
        if hasattr(self.app.backend, "client"):  # rpc has none
            self.app.backend.client.close()
        self.app.pool.force_close_all()
        self.app.close()

    def delete(self) -> None:
        """
        Delete every queue, exchange and key of this stage, and nobody else's.
        """
        if self.broker.name == RABBITMQ:
            with self.app.connection_for_write() as connection, closing(connection.channel()) as ch:
                for name in self.queues:
                    Queue(name)(ch).delete()
                control = (f"{self.prefix}.pidbox", f"reply.{self.prefix}.pidbox")
                for name in (self.prefix, *control, *self.queues):
                    Exchange(name)(ch).delete()
        if mine := list(self.state.scan_iter(match=f"*{self.prefix}*", count=1000)):
            self.state.delete(*mine)
