"""See, run and time-travel what would be sent: in tests, without a broker; needs no pytest."""

from __future__ import annotations

from celerykit.testing._calls import Calls
from celerykit.testing._capture import capture
from celerykit.testing._clock import Clock, clock
from celerykit.testing._expected import Mismatch
from celerykit.testing._memory_app import memory_app
from celerykit.testing._run_pending import run_pending
from celerykit.testing._sent import Sent
from celerykit.testing._sent_call import SentCall
from celerykit.testing._worker import Worker, worker
from celerykit.testing.errors import EndlessRun, ResultPending

__all__ = [
    "Calls",
    "Clock",
    "EndlessRun",
    "Mismatch",
    "ResultPending",
    "Sent",
    "SentCall",
    "Worker",
    "capture",
    "clock",
    "memory_app",
    "run_pending",
    "worker",
]
