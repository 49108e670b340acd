"""
Servers that are broken in one way each: nobody listens, silent, no room for a connection, slow.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

HOST = "127.0.0.1"

# A retry policy without pauses.
FAST = {"max_retries": 2, "interval_start": 0, "interval_step": 0, "interval_max": 0}

# Transport options for a broker that is not there: it is tried twice, without a pause. By default a
# call without retries, and any call with a kombu before 5.5, goes on for six seconds.
IMPATIENT = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@contextmanager
def refusing() -> Iterator[int]:
    """
    A port where nobody listens; it stays ours, so that nobody else will.
    """
    with socket.socket() as held:
        held.bind((HOST, 0))
        yield held.getsockname()[1]


@contextmanager
def silent() -> Iterator[int]:
    """
    A server that takes every connection, and never says a word.
    """
    with socket.create_server((HOST, 0), backlog=100) as server:
        yield server.getsockname()[1]


@contextmanager
def full() -> Iterator[int]:
    """
    A server whose queue of connections is full: what comes now gets no answer even from TCP.
    """
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(3):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def as_redis(said: bytes) -> bytes:
    """
    What a Redis would answer to commands.
    """
    commands = re.findall(rb"\*\d+\r\n\$\d+\r\n(\w+)", said)
    greeting = b"%1\r\n$5\r\nproto\r\n:3\r\n"
    return b"".join(greeting if each == b"HELLO" else b"+OK\r\n" for each in commands)


@contextmanager
def talking(answer: Callable[[bytes], bytes], pause: float = 0) -> Iterator[int]:
    """
    A server that answers all that one caller says, after a *pause*.
    """
    over = threading.Event()

    def serve(server: socket.socket) -> None:
        caller, _ = server.accept()
        with caller, suppress(OSError):
            while (said := caller.recv(65_536)) and not over.wait(pause):
                caller.sendall(answer(said))

    with socket.create_server((HOST, 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            with suppress(OSError), socket.create_connection(server.getsockname(), timeout=10):
                thread.join(10)


FAULTS = {"refused": refusing, "silent": silent, "full": full}
