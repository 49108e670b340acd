"""Whether one name is another with a slip of the fingers in it."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

__all__ = ["slip_of"]

_SHORT_WORD: Final = 4
_TINY: Final = 2


def slip_of(name: str, known: Collection[str]) -> str | None:
    """Return the name of *known* that *name* was meant to be, or None when that is not plain."""
    return _slip_of(name, tuple(known))


@lru_cache(maxsize=128)  # the name of another service's task is asked for at each send
def _slip_of(name: str, known: tuple[str, ...]) -> str | None:
    lower, intact = name.lower(), max(1, len(name) // 2 - 1)
    head, tail = name[:intact], name[-intact:]
    capitals = [each for each in known if each.lower() == lower]
    slips = (
        each
        for each in known
        if abs(len(each) - len(name)) <= 1
        and len(each) > _TINY
        # One slip leaves either the first half or the last one as it was.
        and (each.startswith(head) or each.endswith(tail))
        and _is_slip(name, each)
    )
    return min(capitals or slips, default=None)


def _is_slip(name: str, known: str) -> bool:
    """
    Return whether a slip of the fingers tells them apart: not a digit, not an ending.

    That is two letters swapped, one missing, one too many, or one wrong in a longer word: "get"
    and "set", or "send_sms" and "send_mms", are different tasks.
    """
    if len(name) == len(known):
        wrong = [index for index, letter in enumerate(name) if letter != known[index]]
        first, last = wrong[0], wrong[-1]
        if not (name[first : last + 1] + known[first : last + 1]).isalpha():
            return False
        if first == last:
            is_last = not known[first + 1 : first + 2].isalpha()
            return not is_last and _length_of_word(known, first) > _SHORT_WORD
        return last == first + 1 and name[first : last + 1] == known[last] + known[first]
    short, long = sorted((name, known), key=len)
    return any(
        short == long[:index] + long[index + 1 :]
        and not long[index].isdigit()
        # "orders" and "order", or "async" and "sync", differ at the edge of a word.
        and (long[index - 1] + long[index + 1]).isalpha()
        for index in range(1, len(long) - 1)
    )


def _length_of_word(name: str, index: int) -> int:
    """Return how long the word is that has the letter at *index*."""
    words = re.finditer(r"[^\W_]+", name)
    return next(len(word[0]) for word in words if word.start() <= index < word.end())
