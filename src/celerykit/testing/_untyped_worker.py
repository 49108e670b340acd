"""What an in-process worker takes from Celery and kombu: loaded when the first one is made."""

# ruff: noqa: F401 - the other modules import these names from here
# pyright: reportUnusedImport=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    # Classes to derive from.
    Consumer: TypeAlias = Any
    TaskPool: TypeAlias = Any
    Timer: TypeAlias = Any
    WorkController: TypeAlias = Any
    WorkerShutdown: TypeAlias = SystemExit
    # All the rest.
    Queue: Any
else:
    from celery.concurrency.thread import TaskPool
    from celery.exceptions import WorkerShutdown
    from celery.utils.timer2 import Timer
    from celery.worker import WorkController
    from celery.worker.consumer import Consumer
    from kombu import Queue
