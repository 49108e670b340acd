"""
A redis-server of one's own, to kill and to start again: it keeps what it has answered for.
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

PATIENCE = 15.0
PAUSE = 0.005


class OwnRedis:
    """
    One process on a free port, with its files in a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        """
        Start it.
        """
        program = shutil.which("redis-server")
        assert program, "redis-server is not installed"
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.command = (
            *(program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)),
            # Written before the answer: what was answered survives the end of the process.
            *("--appendonly", "yes", "--appendfsync", "no", "--save", ""),
        )
        self.start()

    @property
    def client(self) -> Redis:
        """
        A client of one's own.
        """
        return Redis(port=self.port, socket_timeout=5)

    def start(self) -> None:
        """
        Start it, and return when it answers.
        """
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, cwd=self.folder
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.client as client:
                    client.ping()
            except RedisError:  # noqa: PERF203 - it waits anyway
                assert time.monotonic() < deadline, "redis-server does not answer"
                assert self.process.poll() is None, "redis-server ended"
                time.sleep(PAUSE)
            else:
                return

    def kill(self) -> None:
        """
        End it at once.
        """
        self.process.kill()
        self.process.wait()


@contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """
    A server that runs meanwhile.
    """
    server = OwnRedis(folder)
    try:
        yield server
    finally:
        server.kill()
