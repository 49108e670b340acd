"""Where the caller's own line is, so that a warning points at it."""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["outside"]

_MACHINERY: Final = frozenset({"celerykit", "celery", "kombu"})


def outside() -> tuple[int, tuple[str, int]]:
    """
    Return where user code stands: its ``stacklevel`` for the caller's ``warnings.warn``, its line.

    That is the first line outside celerykit and Celery. ``skip_file_prefixes`` would do this, but
    came with Python 3.12.
    """
    level = 1
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - what warnings.warn itself uses
    while frame.f_back is not None and _package(frame.f_globals) in _MACHINERY:
        level, frame = level + 1, frame.f_back
    return level, (frame.f_code.co_filename, frame.f_lineno)


def _package(module: dict[str, object]) -> str:
    return str(module.get("__name__", "")).partition(".")[0]
