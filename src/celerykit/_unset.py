"""Not set is not None: the word for an option that nobody has written."""

from __future__ import annotations

import enum
from typing import Final

__all__ = ["UNSET", "Unset"]


class Unset(enum.Enum):
    """The type of UNSET. An enum, so that type checkers can narrow it."""

    UNSET = enum.auto()


UNSET: Final = Unset.UNSET
