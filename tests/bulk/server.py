"""
What the servers of the tests share: a port of their own, faults to order, an end.
"""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar


class Server(socketserver.ThreadingTCPServer):
    """
    A server in threads of the test; the faults to come are ordered with `faults`.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    handler: type[socketserver.BaseRequestHandler]

    def __init__(self) -> None:
        """
        Listen on a port of its own.
        """
        super().__init__(("127.0.0.1", 0), self.handler)
        self.faults: list[str] = []
        self.news = threading.Condition()
        self.connections: list[Any] = []

    def fault(self) -> str:
        """
        The next fault that was ordered, or "" for none.
        """
        return self.faults.pop(0) if self.faults else ""

    def rows_until_it_goes(self) -> Iterator[tuple[int, int]]:
        """
        Twenty rows to send; after the first ten nobody listens here any more.
        """
        for number in range(20):
            if number == 10:
                self.shutdown()
                self.server_close()
                self.close_all()
            yield number, 0

    def close_all(self) -> None:
        """
        Close every connection, as a restart does.
        """
        while self.connections:
            with suppress(OSError):  # it may be closed already
                self.connections.pop().shutdown(socket.SHUT_RDWR)


S = TypeVar("S", bound=Server)


@contextmanager
def running(kind: type[S]) -> Iterator[S]:
    """
    A server that runs meanwhile.
    """
    with kind() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            server.close_all()
            thread.join()
