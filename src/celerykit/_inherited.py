"""What a forked child inherits of Celery, made anew before anybody uses it there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Final, cast
from weakref import ref

from celerykit._fork import FORKS

__all__ = ["know_backend", "know_backends", "renew"]

# By their ids, which others may have later: each goes with its backend.
_backends: Final[dict[int, ref[Any]]] = {}

# The private names of Celery 5.4 to 5.7 that a new result consumer needs: a backend keeps there
# what waits for a result, and what arrived unasked, and its consumer must know the same ones.
_KEPT: Final = ("_pending_results", "_pending_messages")
_TAKEN: Final = ("self", "backend", "app", "accept", "pending_results", "pending_messages")


def know_backend(result: Any) -> None:
    """Have the backend of *result* in mind, should this process be forked."""
    backend = getattr(result, "backend", None)
    if id(backend) not in _backends:
        _remember(backend)


def know_backends(results: Any) -> None:
    """Have the backend of the first of *results* in mind, a set of them or one alone."""
    while several := getattr(results, "results", None):
        results = several[0]
    know_backend(results)


def _remember(backend: Any) -> None:
    number = id(backend)
    if hasattr(backend, "__weakref__"):
        _backends[number] = ref(backend, lambda _: _backends.pop(number, None))


def renew() -> None:
    """
    Let every pool of kombu's and every known result backend begin anew, without a connection.

    Those of the parent are dropped, not closed: to close one is to shut the parent's as well.
    """
    pools = sys.modules.get("kombu.pools")
    if pools is not None:
        _renew_pools(vars(pools))
    for known in [*_backends.values()]:
        backend = known()
        if hasattr(backend, "result_consumer"):
            _renew_backend(backend)


def _renew_pools(pools: Mapping[str, Any]) -> None:
    # Made again in place: apps, and whoever else sends, hold these very objects. multiprocessing
    # calls Celery's own hook later, which then finds nothing in them that it could shut.
    for pool in pools["connections"].values():
        pool.__init__(pool.connection, limit=pool.limit)
    for pool in pools["producers"].values():
        pool.__init__(pool.connections, limit=pool.limit, Producer=pool.Producer)


def _renew_backend(backend: Any) -> None:
    consumer = backend.result_consumer
    kind = cast("Any", type(consumer))
    if kind.__module__ == "celery.backends.redis":
        # Greenlets live on in a child, and one may be listening. redis-py knows whose socket it is.
        consumer.on_after_fork()
    kept: list[Any] = [vars(backend)[name] for name in _KEPT if name in vars(backend)]
    if len(kept) == len(_KEPT) and _is_made_as_expected(kind):
        backend.result_consumer = kind(backend, backend.app, backend.accept, *kept)
    # The queue for answers by rpc, which parent and child would take from each other. Celery names
    # it by the process, and keeps the name in all three, for a thread in the last one.
    keepers: tuple[Any, ...] = (backend, backend.app, getattr(backend.app, "_local", backend))
    for keeper in keepers:
        keeper.__dict__.pop("oid", None)


def _is_made_as_expected(kind: type[Any]) -> bool:
    """Return whether a result consumer is made of what Celery's own are made of."""
    base = next((each for each in kind.__mro__ if each.__name__ == "BaseResultConsumer"), object)
    code = getattr(vars(base).get("__init__"), "__code__", None)
    return code is not None and code.co_varnames[: code.co_argcount] == _TAKEN


FORKS.tell(renew)
