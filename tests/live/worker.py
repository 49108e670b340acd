"""
One worker process, started from the `celery` command as anybody would, and ended for certain.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from redis import Redis

START = 30.0
END = 15.0
TAIL = 4000
COMMAND = (
    *("worker", "-I", "liveproj.ready", "-l", "INFO", "-c", "1"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)


def command(*queues: str, project: str = "liveproj.tasks", pool: str = "prefork") -> list[str]:
    """
    The arguments of `celery` for a worker that reads these queues.
    """
    return ["-A", project, *COMMAND, "-P", pool, "-Q", ",".join(queues)]


class Worker:
    """
    A `celery worker` that runs one task at a time; the log goes to a file of its own.
    """

    def __init__(
        self, hostname: str, run: Sequence[str], environ: Mapping[str, str], folder: Path
    ) -> None:
        """
        Start the process; it is not ready yet.
        """
        self.hostname = hostname
        self.asked = False
        self.logfile = folder / f"{hostname}.log"
        with self.logfile.open("wb") as log:
            self.process = subprocess.Popen(
                (sys.executable, "-m", "celery", *run, "-n", hostname),
                env=dict(environ),
                cwd=folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self) -> str:
        """
        Everything the worker has said so far.
        """
        return self.logfile.read_text(encoding="utf-8", errors="replace")

    def wait_ready(self, state: Redis, prefix: str) -> None:
        """
        Return when the worker has said that it is ready; fail with its log when it does not.
        """
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self.process.poll() is None:
            if state.blpop([f"{prefix}:ready:{self.hostname}"], timeout=1):
                return
        self.stop()
        message = f"worker {self.hostname} did not become ready:\n{self.log()[-TAIL:]}"
        raise AssertionError(message)

    def wait_exit(self, timeout: float = START) -> int:
        """
        Return the exit code of a worker that ends by itself; fail with its log when it lives on.
        """
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            message = (
                f"worker {self.hostname} is still alive after {timeout} s:\n{self.log()[-TAIL:]}"
            )
            raise AssertionError(message) from None
        finally:
            self.stop()

    def ask(self) -> bool:
        """
        Ask the worker to end as soon as it is idle; say whether there was one to ask.
        """
        alive = self.process.poll() is None
        if alive and not self.asked:
            self.process.send_signal(signal.SIGTERM)
        self.asked = True
        return alive

    def stop(self) -> None:
        """
        Ask politely, wait a bounded time, then end what is left of this worker's own processes.
        """
        if self.ask():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(END)
