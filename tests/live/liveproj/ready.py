"""
Included by the worker only: it says when it is ready, so that nobody has to guess.
"""

import os
from typing import Any

from celery.signals import worker_ready
from liveproj.tasks import append


@worker_ready.connect
def announce(sender: Any, **_: Any) -> None:
    """
    Write to the list that the harness blocks on.
    """
    append(f"ready:{sender.hostname}", {"pid": os.getpid()})
