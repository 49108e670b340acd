"""celerykit: calling Celery tasks, safe, clear and fast."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celerykit import errors
    from celerykit._allow import allow_blocking_get
    from celerykit._backend import BackendProblem
    from celerykit._build import call, step
    from celerykit._compose import fan, group
    from celerykit._findings import Finding
    from celerykit._flow import Call, Fan, Flow, Group, Pipe, Step
    from celerykit._from_signature import from_signature
    from celerykit._group_handle import GroupHandle
    from celerykit._guard import Guard, guard
    from celerykit._handle import Handle
    from celerykit._maps import chunks, xmap, xstarmap
    from celerykit._options import CallOptions
    from celerykit._priority import Priority
    from celerykit._recommended import recommended_settings
    from celerykit._remote import RemoteTask, Service, remote
    from celerykit._require import require_result_backend
    from celerykit._tasks import TypedTask, retype, shared_task, typed_app, untyped
    from celerykit.bulk import BulkReport, as_completed, gather, send_many
    from celerykit.doctor._diagnose import diagnose
    from celerykit.errors import (
        BlockingGetWarning,
        CallRejected,
        CallWarning,
        CelerykitError,
        GatherError,
        GetInEventLoopWarning,
        GetWithoutTimeoutWarning,
        GroupPublishError,
        PublishError,
        ReadRefused,
        ResultBackendNotConfigured,
        ResultUnavailable,
        SettingsWarning,
    )
else:
    # Where each name lives. The pytest plugin is part of this package, and a test run that does not
    # use it shall not pay for the rest; nor shall a program for what it never uses.
    _ERRORS = (
        *("BlockingGetWarning", "CallRejected", "CallWarning", "CelerykitError"),
        *("GatherError", "GetInEventLoopWarning", "GetWithoutTimeoutWarning"),
        *("GroupPublishError", "PublishError", "ReadRefused"),
        *("ResultBackendNotConfigured", "ResultUnavailable", "SettingsWarning"),
    )
    _LATER = {
        "allow_blocking_get": "_allow",
        "BackendProblem": "_backend",
        **dict.fromkeys(("call", "step"), "_build"),
        **dict.fromkeys(("fan", "group"), "_compose"),
        **dict.fromkeys(("BulkReport", "as_completed", "gather", "send_many"), "bulk"),
        "Finding": "_findings",
        **dict.fromkeys(("Call", "Fan", "Flow", "Group", "Pipe", "Step"), "_flow"),
        "GroupHandle": "_group_handle",
        **dict.fromkeys(("Guard", "guard"), "_guard"),
        "Handle": "_handle",
        "CallOptions": "_options",
        "Priority": "_priority",
        **dict.fromkeys(("chunks", "xmap", "xstarmap"), "_maps"),
        "from_signature": "_from_signature",
        **dict.fromkeys(("RemoteTask", "Service", "remote"), "_remote"),
        "diagnose": "doctor._diagnose",
        "recommended_settings": "_recommended",
        "require_result_backend": "_require",
        **dict.fromkeys(("TypedTask", "retype", "shared_task", "typed_app", "untyped"), "_tasks"),
        **dict.fromkeys(_ERRORS, "errors"),
    }

    def __getattr__(name: str) -> object:
        """Load what is asked for the first time."""
        if name == "errors":
            return import_module(f"{__name__}.errors")
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import_module(f"{__name__}._inherited")  # the process may be forked before it sends
        value = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """Return the public names too that are not loaded yet."""
        return sorted({*globals(), *__all__})


__version__ = "0.1.0"

__all__ = [
    "BackendProblem",
    "BlockingGetWarning",
    "BulkReport",
    "Call",
    "CallOptions",
    "CallRejected",
    "CallWarning",
    "CelerykitError",
    "Fan",
    "Finding",
    "Flow",
    "GatherError",
    "GetInEventLoopWarning",
    "GetWithoutTimeoutWarning",
    "Group",
    "GroupHandle",
    "GroupPublishError",
    "Guard",
    "Handle",
    "Pipe",
    "Priority",
    "PublishError",
    "ReadRefused",
    "RemoteTask",
    "ResultBackendNotConfigured",
    "ResultUnavailable",
    "Service",
    "SettingsWarning",
    "Step",
    "TypedTask",
    "allow_blocking_get",
    "as_completed",
    "call",
    "chunks",
    "diagnose",
    "errors",
    "fan",
    "from_signature",
    "gather",
    "group",
    "guard",
    "recommended_settings",
    "remote",
    "require_result_backend",
    "retype",
    "send_many",
    "shared_task",
    "step",
    "typed_app",
    "untyped",
    "xmap",
    "xstarmap",
]
