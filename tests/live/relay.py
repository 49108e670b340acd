"""
A way to a real server that can fall silent in the middle of a conversation.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.faults import HOST


class Relay:
    """
    A way to a real server, which can fall silent: what comes then goes nowhere.
    """

    def __init__(self, to: tuple[str, int]) -> None:
        """
        Take the server's host and port.
        """
        self._to = to
        self._server = socket.create_server((HOST, 0))
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._silent = threading.Event()
        self.port = self._server.getsockname()[1]

        self._start(self._accept)

    def close(self) -> None:
        """
        End every connection and every thread.
        """
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """
        End every connection; new ones are taken.
        """
        while self._ends:
            end = self._ends.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def silence(self) -> None:
        """
        Fall silent.
        """
        self._silent.set()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        """
        Do this beside the rest.
        """
        self._threads.append(threading.Thread(target=target, args=args, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        """
        Take every connection; once silent, none leads anywhere.
        """
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                self._ends.append(near)
                if not self._silent.is_set():
                    far = socket.create_connection(self._to)
                    self._ends.append(far)
                    self._start(self._pass_on, near, far)
                    self._start(self._pass_on, far, near)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        """
        Pass on what comes from one end to the other, until silent.
        """
        with suppress(OSError):
            while said := source.recv(65_536):
                if not self._silent.is_set():
                    target.sendall(said)
