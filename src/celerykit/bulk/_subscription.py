"""Many results from Redis: asked for in windows, and the last ones heard of as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any, Final

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from celerykit.bulk._decode import decoder
from celerykit.bulk._pending import WINDOW, Asker, Meta, Pending, windows

__all__ = ["RedisAsker"]

_QUIET_S: Final = 2.0  # so long without a word, and the values are looked at again
_FIRST_PAUSE_S: Final = 0.05
_LONGEST_PAUSE_S: Final = 1.0
# After so many looks at what should come next, one at all the rest.
_OFTEN: Final = 8
_RARELY: Final = 32
_SOME: Final = 50


class RedisAsker(Asker):
    """
    Asks for windows of results; once one window is left, it listens for them.

    To subscribe to thousands, and to read one word for each, costs more than to ask now and then.
    The connection is one of its own, in the thread that asks: Celery's belongs to the thread that
    made the results, and from another one it would wait for ever.
    """

    def __init__(self, pending: Pending) -> None:
        """Ask for *pending*."""
        super().__init__(pending)
        self._backend: Any = pending.backend
        self._decode = decoder(self._backend)
        self._keys: dict[str, Any] = {}
        self._ids: dict[bytes, str] = {}
        self._pubsub: Any = None
        self._heard = 0.0
        self._nap = _FIRST_PAUSE_S
        self._busy = 0.0  # how long the last look asked
        self._gap = self._left = _OFTEN  # looks up to the next whole one
        self._came = self._beyond = 0  # by the last look; those past where most were missing

    def ready(self) -> Iterator[tuple[str, Meta]]:
        """Yield what Redis has of all that is pending."""
        return self._look(whole=True)

    def _look(self, *, whole: bool) -> Iterator[tuple[str, Meta]]:
        """Yield what Redis has; unless *whole*, only up to where most are not there yet."""
        # What is not there costs as much to ask for: as many as came last are likely to come now.
        first = WINDOW if whole else 2 * self._came + _SOME
        self._came, self._beyond, is_beyond = 0, 0, False
        for window in windows(self.pending.ids, first):
            asked = monotonic()
            payloads = self._backend.client.mget([*map(self._key, window)])
            self._busy += monotonic() - asked
            missing = payloads.count(None)
            self._came += len(payloads) - missing
            for task_id, payload in zip(window, payloads, strict=True):
                if payload:
                    self._beyond += is_beyond
                    yield task_id, self._decode(payload)
            # Workers mostly take calls in their order.
            is_beyond = is_beyond or 2 * missing > len(payloads)
            if is_beyond and not whole:
                return

    def _key(self, task_id: str) -> Any:
        key = self._keys.get(task_id)
        if key is None:
            key = self._keys[task_id] = self._backend.get_key_for_task(task_id)
        return key

    def wait(self, until: float) -> Iterator[tuple[str, Meta]]:
        """Wait a while, at most to the moment *until*; yield what came."""
        try:
            if len(self.pending) > WINDOW:
                yield from self._poll(until)
            else:
                yield from self._listen(until)
        except (RedisConnectionError, RedisTimeoutError):
            self.close()  # and start anew
            sleep(max(0.0, min(_FIRST_PAUSE_S, until - monotonic())))

    def _poll(self, until: float) -> Iterator[tuple[str, Meta]]:
        sleep(max(0.0, min(self._nap, until - monotonic())))
        self._left -= 1
        whole = self._left <= 0
        before, self._busy = len(self.pending), 0.0
        yield from self._look(whole=whole)
        if whole:  # where results come in order, there is nothing beyond
            self._gap = _OFTEN if self._beyond else min(2 * self._gap, _RARELY)
            self._left = self._gap
        if len(self.pending) < before:
            # Never asking for more than a third of the time.
            self._nap = max(_FIRST_PAUSE_S, min(2 * self._busy, _LONGEST_PAUSE_S))
        else:
            self._nap, self._left = min(2 * self._nap, _LONGEST_PAUSE_S), 0

    def _listen(self, until: float) -> Iterator[tuple[str, Meta]]:
        if self._pubsub is None:
            self._subscribe()
            yield from self.ready()  # what came before we listened
        elif monotonic() - self._heard > _QUIET_S:
            self._heard = monotonic()
            yield from self.ready()
        timeout = max(0.0, min(_QUIET_S, until - monotonic()))
        pubsub: Any = self._pubsub
        message = pubsub.get_message(timeout=timeout) if self.pending else None
        while message is not None:
            self._heard = monotonic()
            task_id = self._ids.get(_raw(message["channel"]))
            if task_id is not None and message["type"] == "message":
                yield task_id, self._decode(message["data"])
            message = pubsub.get_message(timeout=0) if self.pending else None

    def _subscribe(self) -> None:
        ids = [*self.pending.ids]
        keys = [*map(self._key, ids)]
        self._ids = dict(zip(map(_raw, keys), ids, strict=True))
        self._pubsub = self._backend.client.pubsub(ignore_subscribe_messages=False)
        self._pubsub.subscribe(*keys)
        self._heard = monotonic()

    def close(self) -> None:
        """Stop listening."""
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            pubsub.close()


def _raw(key: Any) -> bytes:
    return key if isinstance(key, bytes) else str(key).encode()
