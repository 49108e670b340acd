"""Whether an app's broker and result backend answer, found out in bounded time."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from celerykit._backend_of import problem_of
from celerykit._backend_urls import Flaw
from celerykit._make_backend import backend_of, only_reader
from celerykit._meet import TooLate, meet_rabbitmq, meet_redis, redis_params
from celerykit._provenance import find_setting
from celerykit._reach_apart import Unmet, meet_apart
from celerykit._secrets import censored, masked

__all__ = ["Outcome", "Reach", "reach", "reach_backend", "reach_broker"]

Outcome: TypeAlias = Literal["answers", "refused", "silent", "unauthorised", "unknown"]


class Reach(NamedTuple):
    """
    Whether a server answers.

    Attributes:
        what: ``"broker"`` or ``"result backend"``.
        outcome: ``"answers"``: it let us in. ``"refused"``: nobody listens there, or there is no
            such host. ``"silent"``: it did not say enough in time. ``"unauthorised"``: it does not
            know the user or the password, or keeps the user out. ``"unknown"``: none of these can
            be told.
        seconds: How long it took to find out.
        detail: Where, and what was said, without secrets.
    """

    what: str
    outcome: Outcome
    seconds: float
    detail: str


# What the system says where nobody listens, or no way leads there.
_REFUSED: Final = (ConnectionError, FileNotFoundError)
_KEPT_OUT: Final = re.compile(
    "AccessRefused|NotAllowed|Authentication|NoPermission|NOAUTH|WRONGPASS|NOPERM|invalid password"
)
# Transports of this process: there is nobody to answer.
_INSIDE: Final = frozenset({"memory", "filesystem"})
_BROKER: Final = "broker"
_BACKEND: Final = "result backend"


def reach(app: Any, within: float = 5.0) -> list[Reach]:
    """
    Return whether the broker and the result backend of *app* answer, each *within* so many seconds.

    With connections of our own, which are closed again; no thread and no process stays, but for one
    that looks up a name where the name server is silent. A result backend that is not configured,
    or cannot be made, is left out.
    """
    found = [reach_broker(app, within), reach_backend(app, within)]
    return [each for each in found if each is not None]


def reach_broker(app: Any, within: float = 5.0) -> Reach:
    """Return whether one of the brokers that *app* sends to answers *within* so many seconds."""
    start = time.monotonic()
    with app.connection_for_write() as connection:
        urls: list[Any] = list(connection.alt) or [None]
    found: list[Reach] = []
    for index, url in enumerate(urls):
        until = start + within * (index + 1) / len(urls)
        found.append(_one_broker(app, url, start, until))
        if found[-1].outcome == "answers":
            break
    return (
        found[-1]
        if found[-1].outcome == "answers"
        else found[0]._replace(
            seconds=found[-1].seconds, detail="; ".join(each.detail for each in found)
        )
    )


def _one_broker(app: Any, url: Any, start: float, until: float) -> Reach:
    with app.connection_for_write(url) as connection:
        transport, where = connection.transport, connection.as_uri(include_password=True)
        if transport.driver_type in _INSIDE:
            return _inside(_BROKER, where)
        kind = _kind_of(transport)
        if kind == "kombu.transport.pyamqp:Transport":
            return _met(_BROKER, where, start, lambda: meet_rabbitmq(connection, until))
        params = redis_params(connection) if kind == "kombu.transport.redis:Transport" else None
        if params is not None:
            return _met(_BROKER, where, start, lambda: meet_redis(params, until))
    return _met(_BROKER, where, start, lambda: meet_apart(app, "broker", url, until))


def reach_backend(app: Any, within: float = 5.0) -> Reach | None:
    """Return whether the result backend of *app* answers; None if there is none to ask."""
    start = time.monotonic()
    chosen = app.backend_cls or find_setting(app, "result_backend").value
    backend: Any = backend_of(app, chosen) if problem_of(app) is None and chosen else None
    if backend is None or isinstance(backend, Flaw):
        return None
    until, where = start + within, str(chosen)
    name = _kind_of(backend)
    if name == "celery.backends.redis:RedisBackend":
        return _met(_BACKEND, where, start, lambda: meet_redis(backend.connparams, until))
    if name == "celery.backends.rpc:RPCBackend":
        broker = reach_broker(app, within)
        return broker._replace(what=_BACKEND, detail=f"through the broker: {broker.detail}")
    if name == "celery.backends.filesystem:FilesystemBackend" or only_reader(backend, chosen):
        return _inside(_BACKEND, where)
    return _met(_BACKEND, where, start, lambda: meet_apart(app, "backend", None, until))


def _kind_of(thing: Any) -> str:
    """Return the full name of the class of *thing*, or of the class that it is."""
    kind: Any = thing if isinstance(thing, type) else thing.__class__
    return f"{kind.__module__}:{kind.__name__}"


def _inside(what: str, url: str) -> Reach:
    return Reach(what, "answers", 0.0, f"{masked(url)}: in this process, or on this machine")


def _met(what: str, url: str, start: float, meet: Callable[[], None]) -> Reach:
    """Return how it went to *meet* what is at *url*."""
    outcome: Outcome = "answers"
    said = ""
    try:
        meet()
    except Exception as error:  # noqa: BLE001 - a broken server makes its client raise anything
        outcome = _outcome_of(error)
        said = f": {censored(str(error), url) or type(error).__name__}"
    return Reach(what, outcome, time.monotonic() - start, f"{masked(url)}{said}")


def _outcome_of(error: BaseException) -> Outcome:
    for each in _causes(error):
        if isinstance(each, Unmet):
            return "unknown"
        if isinstance(each, (TooLate, TimeoutError)):
            return "silent"
        if isinstance(each, _REFUSED) or _is_nobodys(each):
            return "refused"
        words = f"{type(each).__name__}: {each}"
        if _KEPT_OUT.search(words):
            return "unauthorised"
    return "unknown"


def _is_nobodys(error: BaseException) -> bool:
    """Return whether there is no such host; a name server that is away says something else."""
    return isinstance(error, socket.gaierror) and error.errno == socket.EAI_NONAME


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield *error*, and what it came from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
