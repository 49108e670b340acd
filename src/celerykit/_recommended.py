"""recommended_settings(): what bounds the time of a send, for the broker and backend in use."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from celerykit._findings import shown
from celerykit._gather import facts_of, why_unusable
from celerykit._guard import App
from celerykit._make_backend import backend_of, keeps_in_redis
from celerykit._provenance import find_setting
from celerykit._stack import outside
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app, is_mapping, wait_of
from celerykit.errors import SettingsWarning

__all__ = ["recommended_settings"]

# At worst a send waits for a new connection, for a reply that does not come, and once more.
_WAITS: Final = 3.2
_ONCE_MORE: Final = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}


def recommended_settings(
    app: App | TypedApp, *, within: float | timedelta = 10.0
) -> dict[str, Any]:
    """
    Return settings with which one send ends in bounded time, whatever the broker does.

    ``app.conf.update(recommended_settings(app))`` belongs before the first call: connections that
    were made keep the settings that they were made with. What ``broker_transport_options`` and
    ``result_backend_transport_options`` hold already stays, but for the names that are set here.

    Known for Redis and RabbitMQ as brokers, and Redis as a result backend; of others nothing is
    returned, nor of a broker whose transport cannot be loaded. Nothing is connected, and nothing
    is changed.

    Args:
        app: The app whose broker and result backend it is about.
        within: After how many seconds a send should have ended at the latest, or a timedelta. It
            may wait three times, so each wait gets about a third. Where a broker is only slow,
            short waits send a message twice.

    Warns:
        SettingsWarning: The app has connections already, which keep the settings of before.

    Raises:
        TypeError: *app* is no app, or *within* is no length of time.
        ValueError: *within* is not more than 0, or not finite.
    """
    own = app_behind(app)
    if not is_app(own):
        message = f"recommended_settings({shown(app)}): that is not a Celery app"
        raise TypeError(message)
    wait = wait_of(within) / _WAITS
    if _is_connected(own):
        message = (
            "recommended_settings(app): the app has connections already, and they keep the "
            "settings of before. Call it before the first call, and before anything reads "
            "app.pool or app.backend"
        )
        warnings.warn(SettingsWarning(message), stacklevel=outside()[0])
    return {**_for_broker(own, wait), **_for_backend(own, wait)}


def _is_connected(app: Any) -> bool:
    """Return whether *app* holds what it made with its settings. Private: without it, unknown."""
    amqp = app.__dict__.get("amqp")  # to ask app.amqp would make it
    held = (getattr(app, "_pool", None), getattr(amqp, "_producer_pool", None))
    return any(each is not None for each in (*held, getattr(app, "_backend", None)))


def _for_broker(app: Any, wait: float) -> dict[str, Any]:
    # A module with this line is imported all the same: the doctor says what is wrong with the URL.
    transport = None if why_unusable(app) else facts_of(app).transport
    conf = app.conf
    options: dict[str, Any] = {**_ONCE_MORE, "connect_retries_timeout": wait * _WAITS}
    if transport == "redis":
        options |= {"socket_timeout": wait, "socket_connect_timeout": wait}
    elif transport == "amqp":
        options |= {"read_timeout": wait, "write_timeout": wait, "confirm_publish": True}
    else:
        return {}
    return {
        "broker_connection_timeout": wait,
        "task_publish_retry_policy": {**_kept(conf.task_publish_retry_policy), **_ONCE_MORE},
        "broker_transport_options": {**_kept(conf.broker_transport_options), **options},
    }


def _for_backend(app: Any, wait: float) -> dict[str, Any]:
    backend = backend_of(app, app.backend_cls or find_setting(app, "result_backend").value)
    if not keeps_in_redis(backend):
        return {}
    options = _kept(app.conf.result_backend_transport_options)
    policy = {**_kept(options.get("retry_policy")), **_ONCE_MORE}
    return {
        "redis_socket_timeout": wait,
        "redis_socket_connect_timeout": wait,
        "result_backend_transport_options": {**options, "retry_policy": policy},
    }


def _kept(setting: Any) -> Mapping[str, Any]:
    return setting if is_mapping(setting) else {}
