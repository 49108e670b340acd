"""Results in memory: expiring by the app's clock, and waited for only while a worker runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from math import ceil
from time import monotonic
from typing import Any

from celerykit.testing._broker import Broker
from celerykit.testing._chords import Chords
from celerykit.testing._news import Service
from celerykit.testing._untyped import (
    CeleryTimeoutError,
    DisabledBackend,
    KeyValueStoreBackend,
    backend_by_url,
)
from celerykit.testing.errors import ResultPending

__all__ = ["backend_for"]


class MemoryBackend(Chords, KeyValueStoreBackend):  # type: ignore[misc]
    """Keeps the results of one app in memory, for all threads."""

    supports_autoexpire = True
    supports_native_join = True
    supports_result_compression = True
    supports_failure_expires = False

    def __init__(self, app: Any, real: Any, url: str | None, broker: Broker) -> None:
        """Stand in for a backend of the class *real*, which decides whether chords may be sent."""
        # Celery's own cache in front of a backend would not notice that a result expires.
        store: Any = KeyValueStoreBackend
        store.__init__(self, app, max_cached_results=-1, url=url)
        Chords.__init__(self)
        self.thread_safe = True
        self.expires = self.prepare_expires(None, int)
        self._real = real
        self._broker = broker
        self._kept: dict[bytes, tuple[Any, datetime | None]] = {}

    def ensure_chords_allowed(self) -> None:
        """Refuse a chord as the real backend would."""
        self._real.ensure_chords_allowed(self)

    def get(self, key: bytes) -> Any:
        """Return what is kept as *key*, or None."""
        value, until = self._kept.get(key, (None, None))
        return None if until is not None and self.app.now() >= until else value

    def mget(self, keys: Iterable[bytes]) -> Mapping[bytes, Any]:
        """Return what is kept as each of *keys*."""
        return {key: self.get(key) for key in keys}

    def set(self, key: bytes, value: Any) -> None:
        """Keep *value* as *key*."""
        self._kept[key] = (value, self._until(self.expires))
        self._broker.news.tell()

    def delete(self, key: bytes) -> None:
        """Forget *key*."""
        self._kept.pop(key, None)

    def _until(self, seconds: float | None) -> datetime | None:
        return self.app.now() + timedelta(seconds=seconds) if seconds else None

    def wait_for(
        self,
        task_id: str,
        timeout: float | None = None,
        on_interval: Callable[[], object] | None = None,
        **_options: Any,
    ) -> Any:
        """
        Return the result of *task_id*, once it is there.

        Raises:
            ResultPending: It is not there, and no worker runs that would bring it.
            TimeoutError: Celery's: it did not come within *timeout* seconds.
        """
        until = None if timeout is None else monotonic() + timeout
        service = None
        while True:
            number = self._broker.news.number
            service = self._broker.service or service  # one that has ended meanwhile is told of
            meta = self.get_task_meta(task_id)
            if meta["status"] in self.READY_STATES:
                return meta
            reason = self._why_never(meta["status"], task_id, service)
            if reason is not None:
                raise ResultPending(task_id, reason)
            if on_interval is not None:  # by which Celery looks whether an earlier step has failed
                on_interval()
            left = None if until is None else max(until - monotonic(), 0)
            if not self._broker.news.wait_beyond(number, left):
                message = "The operation timed out."
                raise CeleryTimeoutError(message)

    def _why_never(self, state: str, task_id: str, service: Service | None) -> str | None:
        """Return why no result will come, or None if a worker may bring it."""
        if service is None:
            return f"it is {state}, and here nothing runs by itself. {self._remedy(task_id)}"
        if service.is_over:
            ended = "" if service.failure is None else f": {service.failure!r}"
            return f"it is {state}, and the worker has ended{ended}"
        return None

    def _remedy(self, task_id: str) -> str:
        now: datetime = self.app.now()
        early = [each for each in self._waiting(task_id) if each.eta is not None and each.eta > now]
        if early:
            seconds = ceil((early[0].eta - now).total_seconds())
            return f"It is due in {seconds} s: move the time, as clock.advance({seconds}) does"
        return "Run what was sent before you read results: sent.run(), or run_pending(app)"

    def _waiting(self, task_id: str) -> list[Any]:
        try:
            waiting = self._broker.pending()
        finally:
            self._broker.put_back()
        return [each for each in waiting if each.message["headers"]["id"] == task_id]

    def get_many(
        self,
        task_ids: Iterable[str],
        timeout: float | None = None,
        on_message: Callable[[Any], object] | None = None,
        on_interval: Callable[[], object] | None = None,
        **_options: Any,
    ) -> Iterator[Any]:
        """Yield each result of *task_ids*; as ``wait_for()``, *timeout* being that of them all."""
        until = None if timeout is None else monotonic() + timeout
        for task_id in task_ids:
            left = None if until is None else max(until - monotonic(), 0)
            meta = self.wait_for(task_id, left, on_interval)
            if on_message is not None:
                on_message(meta)
            yield task_id, meta

    def as_uri(self, include_password: bool = False) -> str:  # noqa: ARG002, FBT001, FBT002 - Celery's
        """Say what this is, in the place of the real backend's address."""
        return "celerykit.testing://"


def backend_for(app: Any, broker: Broker) -> Any:
    """
    Return what stands in for the result backend of *app*: one in memory, or none where it has none.

    What serves *broker* brings the results.

    Raises what Celery raises for a backend that does not exist.
    """
    real, url = backend_by_url(app.backend_cls or app.conf.result_backend, app.loader)
    if real is DisabledBackend:
        disabled = DisabledBackend(app)
        disabled.thread_safe = True  # so that all threads get this one
        return disabled
    return MemoryBackend(app, real, url, broker)
