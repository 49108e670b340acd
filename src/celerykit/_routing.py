"""Where Celery's own router would send a call. No network."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from celerykit._request import Destination, Request
from celerykit._snapshot import snapshot_args, snapshot_kwargs

__all__ = ["destination_of"]

_ROUTING: Final = ("queue", "exchange", "routing_key")


def destination_of(request: Request, app: Any, task: Any) -> Destination | None:
    """
    Return where Celery's own router sends this call of *task*, or of a name if that is None.

    The app's routers are asked as they will be again at the send itself: they may go by anything,
    so their answer is never remembered. A queue that the app creates when it is missing is created
    here, in the app's memory, just as a send does. None if the app must not create it.
    """
    router, options = app.amqp.router, request.options
    wanted = {key: options[key] if key in options else getattr(task, key, None) for key in _ROUTING}
    args, kwargs = request.args, request.kwargs
    if getattr(router, "routes", True):  # the project's routers may change what they are given
        args, kwargs = snapshot_args(args), snapshot_kwargs(kwargs)
    name = options.get("route_name", request.task)
    try:
        route = router.route(wanted, name, args, kwargs, task)
    except _queue_not_found():
        return None
    queue = route.get("queue")
    exchange, key = route.get("exchange"), route.get("routing_key")
    exchange = getattr(exchange, "name", exchange)
    arguments: Mapping[str, Any] = {} if queue is None else queue.queue_arguments or {}
    return Destination(
        queue=None if queue is None else queue.name,
        exchange_type=_exchange_type(queue),
        max_priority=None
        if queue is None
        else queue.max_priority or arguments.get("x-max-priority"),
        quorum=arguments.get("x-queue-type") == "quorum",
        exchange=exchange,
        routing_key=key,
        binding=None if queue is None else (queue.exchange.name, queue.routing_key),
        taken=_is_taken(app, exchange, key) if exchange and key else None,
    )


def _is_taken(app: Any, exchange: str, key: str) -> bool:
    """Return whether a queue of *app* takes what goes to *exchange* with this routing *key*."""
    return any(
        queue.exchange.name == exchange
        and (queue.exchange.type != "direct" or queue.routing_key == key)
        for queue in app.amqp.queues.values()
    )


def _exchange_type(queue: Any) -> str:
    """Return the type of the exchange as Celery's sender sees it: direct unless a queue says."""
    exchange = getattr(queue, "exchange", None)
    return "direct" if exchange is None else str(exchange.type)


@cache
def _queue_not_found() -> Any:
    from celery.exceptions import QueueNotFound  # noqa: PLC0415 - loads kombu

    return QueueNotFound
