"""Try again what failed, as often and as fast as a publish retry policy of Celery's says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import sleep
from typing import Any

__all__ = ["persist"]


def persist(
    act: Callable[[], None], failures: tuple[type[BaseException], ...], policy: Mapping[str, Any]
) -> None:
    """
    Do *act*; again after each of *failures*, until *policy* has enough and the last one is raised.

    The policy is that of ``task_publish_retry_policy``: max_retries (None has no end),
    interval_start, interval_step and interval_max in seconds.
    """
    most = policy.get("max_retries", 0)
    pause = policy.get("interval_start", 0)
    tried = 0
    while True:
        try:
            act()
        except failures:  # noqa: PERF203 - it waits anyway
            if most is not None and tried >= most:
                raise
            tried += 1
            sleep(pause)
            pause = min(pause + policy.get("interval_step", 0.2), policy.get("interval_max", 0.2))
        else:
            return
