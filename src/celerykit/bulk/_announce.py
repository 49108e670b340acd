"""The result backend's part in a send: it may be told of a call before, and may be down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from celery.backends.base import Backend

from celerykit._blame import publish_error

__all__ = ["Announcer", "directly", "is_announced", "stand_before"]

_NOTHING: Final[Any] = cast("Any", Backend).on_task_call


def is_announced(backend: Any) -> bool:
    """
    Return whether *backend* has to know a call before it is sent.

    Most need not. On Redis Celery subscribes to each result beforehand, in a round trip that a
    backend which is down never ends; reading one subscribes too, and then looks whether it is
    there already.
    """
    own: Any = cast("Any", type(backend)).on_task_call
    return own is not _NOTHING and str(own.__module__) != "celery.backends.redis"


class Announcer:
    """Stands in for a backend's ``on_task_call``, for messages that celerykit takes itself."""

    def __init__(self, backend: Any) -> None:
        """Stand before *backend*."""
        self._backend = backend
        self._own: Callable[[Any, str], Any] = backend.on_task_call

    def __call__(self, producer: Any, task_id: str) -> Any:
        """Announce the call *task_id* as *producer* wants it; as ever for one of kombu's."""
        announce = getattr(producer, "announce", None)
        if announce is None:
            return self._own(producer, task_id)
        if is_announced(self._backend):
            announce(self._backend, self._own, task_id)
        return {}


def stand_before(backend: Any) -> None:
    """Stand before *backend*, which belongs to this thread, from now on."""
    kind = cast("Any", type(backend))
    if kind.on_task_call is not _NOTHING and type(backend.on_task_call) is not Announcer:
        backend.on_task_call = Announcer(backend)


def directly(producer: Any) -> Callable[[Any, Callable[[Any, str], Any], str], None]:
    """Return what announces calls over *producer*, and says that it was the backend that failed."""

    def announce(_backend: Any, own: Callable[[Any, str], Any], task_id: str) -> None:
        try:
            own(producer, task_id)
        except Exception as error:  # each backend has its own; all mean that it was not told
            raise publish_error("not_sent", error, "result backend") from error

    return announce
