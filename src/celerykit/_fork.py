"""Whether this process was forked since something was made, and shares it with its parent."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

__all__ = ["FORKS", "Forks"]


class Forks:
    """
    How many forks lie between this process and the one that imported celerykit.

    Whoever keeps a socket keeps ``FORKS.number`` beside it, and uses the socket only while the two
    are equal. To compare numbers costs less than to ask the system who one is.

    Attributes:
        number: It grows by one in each forked child, before any other code of it runs.
    """

    __slots__ = ("_heirs", "number")

    number: int

    def __init__(self) -> None:
        """Start with none."""
        self.number = 0
        self._heirs: list[Callable[[], object]] = []

    def tell(self, heir: Callable[[], object]) -> None:
        """
        Call *heir* in each forked child from now on, before any other code of it runs.

        It must not take a lock: another thread of the parent may have held it, which is no more.
        """
        self._heirs.append(heir)

    def count(self) -> None:
        """Take notice that this process is a forked child."""
        self.number += 1
        for heir in self._heirs:
            heir()


FORKS: Final = Forks()

if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=FORKS.count)
