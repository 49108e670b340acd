"""Fresh task ids, many at a time: random UUIDs, as Celery's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

__all__ = ["fresh_ids", "numbered_ids"]

_MANY = 256
_VARIANT = "89ab"


def fresh_ids() -> Iterator[str]:
    """Yield UUIDs of version 4 for ever: the system's randomness, asked for many at once."""
    while True:
        text = os.urandom(16 * _MANY).hex()
        for at in range(0, len(text), 32):
            variant = _VARIANT[int(text[at + 16], 16) & 3]
            yield (
                f"{text[at : at + 8]}-{text[at + 8 : at + 12]}-4{text[at + 13 : at + 16]}"
                f"-{variant}{text[at + 17 : at + 20]}-{text[at + 20 : at + 32]}"
            )


def numbered_ids() -> Iterator[str]:
    """Yield UUIDs for ever that need not be secret: a random one, and those that follow it."""
    first = next(fresh_ids())
    start, number = first[:24], int(first[24:], 16) >> 1
    return map((start + "%012x").__mod__, count(number))
