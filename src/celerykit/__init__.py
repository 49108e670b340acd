"""celerykit: calling Celery tasks, safe, clear and fast."""

from __future__ import annotations

from celerykit import errors
from celerykit._build import call, step
from celerykit._call import Call, Step
from celerykit._findings import Finding
from celerykit._guard import Guard, guard
from celerykit._handle import Handle
from celerykit._options import CallOptions
from celerykit._priority import Priority
from celerykit._remote import RemoteTask, Service, remote
from celerykit._tasks import TypedTask, retype, shared_task, typed_app, untyped
from celerykit.errors import (
    CallRejected,
    CallWarning,
    CelerykitError,
    ResultBackendNotConfigured,
    ResultUnavailable,
)

__version__ = "0.1.0"

__all__ = [
    "Call",
    "CallOptions",
    "CallRejected",
    "CallWarning",
    "CelerykitError",
    "Finding",
    "Guard",
    "Handle",
    "Priority",
    "RemoteTask",
    "ResultBackendNotConfigured",
    "ResultUnavailable",
    "Service",
    "Step",
    "TypedTask",
    "call",
    "errors",
    "guard",
    "remote",
    "retype",
    "shared_task",
    "step",
    "typed_app",
    "untyped",
]
