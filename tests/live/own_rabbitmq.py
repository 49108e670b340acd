"""
A RabbitMQ of one's own, to kill and to start again: what it confirmed is on its disk.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from kombu import Connection
from kombu.exceptions import KombuError

# The script itself: the one on the PATH may be a wrapper that changes the user.
PROGRAMS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/sbin/rabbitmq-server")
PATIENCE = 90.0
PAUSE = 0.1


class OwnRabbitMQ:
    """
    One node on free ports, with its files in a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        """
        Start it.
        """
        self.program = next(each for each in PROGRAMS if Path(each).exists())
        self.folder = folder
        self.port, internal = free_port(), free_port()
        (folder / "own.conf").write_text(f"listeners.tcp.default = 127.0.0.1:{self.port}\n")
        (folder / "plugins").write_text("[].")
        self.environ = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"celerykit{uuid4().hex[:8]}@localhost",
            "RABBITMQ_DIST_PORT": str(internal),
            "RABBITMQ_CONFIG_FILE": str(folder / "own.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }
        self.start()

    @property
    def url(self) -> str:
        """
        Where it listens.
        """
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def start(self) -> None:
        """
        Start it, and return when it answers.
        """
        self.process = subprocess.Popen(
            [self.program],
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with Connection(self.url, connect_timeout=5) as connection:
                    connection.ensure_connection(max_retries=1, timeout=5)
            except (OSError, KombuError):  # noqa: PERF203 - it waits anyway
                assert time.monotonic() < deadline, "RabbitMQ does not answer"
                assert self.process.poll() is None, "RabbitMQ ended"
                time.sleep(PAUSE)
            else:
                return

    def kill(self) -> None:
        """
        End it at once.
        """
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    """
    A port that nobody uses now.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def own_rabbitmq(folder: Path) -> Iterator[OwnRabbitMQ]:
    """
    A node that runs meanwhile.
    """
    server = OwnRabbitMQ(folder)
    try:
        yield server
    finally:
        server.kill()
