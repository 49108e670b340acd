"""
A TCP proxy that cuts the connection after so many bytes, in either direction.
"""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

PIECE = 65_536
ABORT = struct.pack("ii", 1, 0)  # close with RST, and drop what was not sent


class Proxy:
    """
    Passes on what comes, until a cut that was ordered; then it passes on again.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        """
        Listen on a port of its own.
        """
        self.target = target
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.lock = threading.Lock()
        self.left: dict[str, int | None] = {"up": None, "down": None}
        self.cuts = 0
        self.open: set[socket.socket] = set()
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self) -> int:
        """
        Where it listens.
        """
        return int(self.listener.getsockname()[1])

    def cut_after(self, direction: str, size: int) -> None:
        """
        Cut once so many more bytes have passed: "up" to the server, or "down" from it.
        """
        with self.lock:
            self.left[direction] = size

    def accept(self) -> None:
        """
        Take clients until the proxy is closed.
        """
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target)
            except OSError:
                client.close()
                continue
            with self.lock:
                self.open |= {client, server}
            for direction, source, sink in (("up", client, server), ("down", server, client)):
                threading.Thread(
                    target=self.pump, args=(direction, source, sink), daemon=True
                ).start()

    def pump(self, direction: str, source: socket.socket, sink: socket.socket) -> None:
        """
        Pass on one direction of one connection.
        """
        with suppress(OSError):
            while data := source.recv(PIECE):
                passing, cuts = self.counted(direction, data)
                sink.sendall(passing)
                if cuts:
                    break
        self.end(source, sink)

    def counted(self, direction: str, data: bytes) -> tuple[bytes, bool]:
        """
        What of the data passes, and whether the connection is cut behind it.
        """
        with self.lock:
            left = self.left[direction]
            if left is None or len(data) < left:
                self.left[direction] = None if left is None else left - len(data)
                return data, False
            self.left = {"up": None, "down": None}
            self.cuts += 1
            return data[:left], True

    def end(self, *sockets: socket.socket) -> None:
        """
        Close both ends at once, without a good-bye.
        """
        for each in sockets:
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        with self.lock:
            self.open -= {*sockets}

    def close(self) -> None:
        """
        Stop listening, and end every connection.
        """
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            left = [*self.open]
        self.end(*left)


@contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    """
    A proxy that runs meanwhile.
    """
    proxy = Proxy((host, port))
    try:
        yield proxy
    finally:
        proxy.close()
