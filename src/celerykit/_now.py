"""What time it is: the machine's, unless a test has stopped the clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Final

__all__ = ["STOPPED", "now"]

# What tells the time instead, the last one first; one for the process, as the machine's clock is.
STOPPED: Final[list[Callable[[], datetime]]] = []


def now() -> datetime:
    """Return the moment that calls are judged by, in UTC."""
    return STOPPED[-1]() if STOPPED else datetime.now(timezone.utc)
