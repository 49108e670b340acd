"""
What these tests share: a listening port that counts who comes, and calls being captured.
"""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from celerykit.testing import Sent, capture


class Port:
    """A port on this machine that takes connections and answers nothing."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.number = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        """Count who comes, and send them away."""
        while True:
            try:
                visitor, _address = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        """Take no more connections."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def port() -> Iterator[Port]:
    """
    A port that counts who connects to it.
    """
    made = Port()
    yield made
    made.close()


@pytest.fixture
def sent(app: Any) -> Iterator[Sent]:
    """
    What the test's app sends, captured.
    """
    with capture(app) as captured:
        yield captured
