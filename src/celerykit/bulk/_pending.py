"""The results that are waited for, by backend; and how to ask one for many of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic, sleep
from typing import Any, Final, TypeAlias

from celery import states
from celery.backends.base import KeyValueStoreBackend

__all__ = ["WINDOW", "Asker", "KeyValueAsker", "Meta", "Pending", "StateAsker", "windows"]

# What a backend keeps of a task: at least "status" and "result".
Meta: TypeAlias = Mapping[str, Any]

# So many results are asked for at once.
WINDOW: Final = 500

_FIRST_PAUSE_S: Final = 0.01
_LONGEST_PAUSE_S: Final = 0.5


class Pending:
    """
    The ids of one backend that have no result yet, and their positions.

    Attributes:
        backend: The backend.
        kept: Where to keep what came, by id, if that is wanted.
    """

    backend: Any
    kept: dict[str, Meta] | None

    def __init__(self, backend: Any) -> None:
        """Wait for results that *backend* will have."""
        self.backend = backend
        self._positions: defaultdict[str, list[int]] = defaultdict(list)
        self._results: dict[str, Any] = {}
        self.kept: dict[str, Meta] | None = None

    def add(self, position: int, task_id: str, result: Any = None) -> None:
        """Wait for the result of *task_id* too; *result* is Celery's object, if there is one."""
        self._positions[task_id].append(position)
        if result is not None:
            self._results[task_id] = result

    def take(self, task_id: str) -> Sequence[int]:
        """Return the positions of *task_id*, which needs no more waiting; none if it is unknown."""
        return self._positions.pop(task_id, ())

    def result(self, task_id: str) -> Any:
        """Return Celery's result object of *task_id*."""
        found = self._results.get(task_id)
        return (
            self.backend.app.AsyncResult(task_id, backend=self.backend) if found is None else found
        )

    @property
    def ids(self) -> Iterable[str]:
        """The ids that are waited for."""
        return self._positions.keys()

    def __len__(self) -> int:
        return len(self._positions)


class Asker(ABC):
    """Asks a backend again and again, less and less often while nothing comes."""

    def __init__(self, pending: Pending) -> None:
        """Ask for *pending*."""
        self.pending = pending
        self._pause = _FIRST_PAUSE_S

    @abstractmethod
    def ready(self) -> Iterator[tuple[str, Meta]]:
        """Yield what the backend has of all that is pending."""

    def wait(self, until: float) -> Iterator[tuple[str, Meta]]:
        """Wait a while, at most to the moment *until*; yield what came."""
        sleep(max(0.0, min(self._pause, until - monotonic())))
        found = False
        for each in self.ready():
            found = True
            yield each
        self._pause = _FIRST_PAUSE_S if found else min(2 * self._pause, _LONGEST_PAUSE_S)

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Give back what is held."""


class StateAsker(Asker):
    """Asks for one result at a time, as every backend allows."""

    def ready(self) -> Iterator[tuple[str, Meta]]:
        """Yield what the backend has of all that is pending."""
        for task_id in [*self.pending.ids]:
            result = self.pending.result(task_id)
            if result.ready():
                yield task_id, {"status": result.state, "result": result.result}


class KeyValueAsker(Asker):
    """Asks for many results at once, of a backend that has ``get_many``."""

    def ready(self) -> Iterator[tuple[str, Meta]]:
        """Yield what the backend has of all that is pending."""
        for window in windows(self.pending.ids):
            yield from self.pending.backend.get_many(window, interval=0, max_iterations=1)


def windows(ids: Iterable[str], first: int = WINDOW) -> Iterator[list[str]]:
    """Yield *ids* in lists of a window each, or so many *first*; they may change meanwhile."""
    rest = iter([*ids])
    size = min(first, WINDOW)
    while window := [*islice(rest, size)]:
        yield window
        size = WINDOW


def is_ready(meta: Meta) -> bool:
    """Return whether a task has ended."""
    return meta["status"] in states.READY_STATES


def has_get_many(backend: Any) -> bool:
    """Return whether *backend* answers for many results at once."""
    return isinstance(backend, KeyValueStoreBackend)
