"""What testing takes from Celery and kombu, which carry no types: each name is Any to a checker."""

# ruff: noqa: F401 - the other modules import these names from here
# pyright: reportUnusedImport=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    # Classes to derive from.
    AppLoader: TypeAlias = Any
    Celery: TypeAlias = Any
    Channel: TypeAlias = Any
    Connection: TypeAlias = Any
    ConnectionPool: TypeAlias = Any
    KeyValueStoreBackend: TypeAlias = Any
    Settings: TypeAlias = Any
    TraceInfo: TypeAlias = Any
    Transport: TypeAlias = Any
    CeleryTimeoutError: TypeAlias = Exception
    ChordError: TypeAlias = Exception
    # All the rest.
    BrokerState: Any
    DEFAULTS: Any
    GroupResult: Any
    DisabledBackend: Any
    HashedSeq: Any
    Message: Any
    PROPAGATE_STATES: Any
    Regen: Any
    allow_join_result: Any
    amqp: Any
    app_base: Any
    celery_state: Any
    Scheduler: Any
    Signal: Any
    backend_by_url: Any
    celery_result: Any
    build_tracer: Any
    denied_join_result: Any
    dumps_amqp: Any
    json: Any
    maybe_signature: Any
    pools: Any
    prepare_accept_content: Any
    serializers: Any
    signals: Any
    symbol_by_name: Any
    trace_task_ret: Any
    worker_state: Any
else:
    from amqp import Message
    from amqp.serialization import dumps as dumps_amqp
    from celery import Celery, signals
    from celery import _state as celery_state
    from celery import result as celery_result
    from celery.app import amqp
    from celery.app import base as app_base
    from celery.app.backends import by_url as backend_by_url
    from celery.app.defaults import DEFAULTS
    from celery.app.trace import TraceInfo, build_tracer, trace_task_ret
    from celery.app.utils import Settings
    from celery.backends.base import DisabledBackend, KeyValueStoreBackend
    from celery.beat import Scheduler
    from celery.canvas import maybe_signature
    from celery.exceptions import ChordError
    from celery.exceptions import TimeoutError as CeleryTimeoutError
    from celery.loaders.app import AppLoader
    from celery.result import GroupResult, allow_join_result, denied_join_result
    from celery.states import PROPAGATE_STATES
    from celery.utils.dispatch import Signal
    from celery.utils.functional import _regen as Regen  # noqa: N812 - it is a class
    from celery.worker import state as worker_state
    from kombu import Connection, pools
    from kombu.connection import ConnectionPool
    from kombu.serialization import prepare_accept_content
    from kombu.serialization import registry as serializers
    from kombu.transport.memory import Channel, Transport
    from kombu.transport.virtual.base import BrokerState
    from kombu.utils import json
    from kombu.utils.collections import HashedSeq
    from kombu.utils.imports import symbol_by_name
