"""Where the caller's own line is, so that a warning points at it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

__all__ = ["outside"]

_HOME: Final = str(Path(__file__).parent) + os.sep


def outside() -> int:
    """
    Return the ``stacklevel`` that makes the caller's ``warnings.warn`` point out of celerykit.

    ``skip_file_prefixes`` would do this, but came with Python 3.12.
    """
    level, frame = 1, sys._getframe(1)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001 - what warnings.warn itself uses
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOME):
        level, frame = level + 1, frame.f_back
    return level
