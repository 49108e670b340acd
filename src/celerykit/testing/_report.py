"""What a failed assertion says: each call that was sent, and in what it differs."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

from celerykit.testing._expected import Expected, Mismatch
from celerykit.testing._sent_call import SentCall

__all__ = ["listed", "not_found", "not_one", "unexpected"]

_MOST: Final = 20


def _counted(number: int) -> str:
    return f"{number} call{'' if number == 1 else 's'}"


def _said(number: int) -> str:
    return f"{_counted(number)} {'was' if number == 1 else 'were'} sent"


def _numbered(index: int, call: SentCall[Any], differences: Sequence[Mismatch] = ()) -> list[str]:
    width = max((len(each.name) for each in differences), default=0)
    lines = [f"{index:>4}. {call!r}"]
    return lines + [f"        {each.name:<{width}}  {each}" for each in differences]


def listed(calls: Sequence[SentCall[Any]]) -> str:
    """Return the calls, one a line, numbered."""
    lines = [_numbered(index, call)[0] for index, call in enumerate(calls[:_MOST], 1)]
    more = len(calls) - _MOST
    return "\n".join([*lines, f"      ... and {more} more"] if more > 0 else lines)


def not_found(expected: Expected, calls: Sequence[SentCall[Any]], none: str) -> str:
    """Return why no one of *calls* is what was *expected*, the nearest first; *none* if none is."""
    head = f"no such call was sent:\n      {expected}"
    if not calls:
        return f"{head}\n{none}"
    ranked = [(call, expected.mismatches(call)) for call in calls]
    ranked.sort(key=lambda pair: (_is_other(pair[1]), len(pair[1])))
    lines = [f"{head}\n{_said(len(calls))}:"]
    for index, (call, differences) in enumerate(ranked[:_MOST], 1):
        lines += _numbered(index, call, differences)
    if len(ranked) > _MOST:
        lines.append(f"      ... and {len(ranked) - _MOST} more")
    return "\n".join(lines)


def _is_other(differences: Sequence[Mismatch]) -> bool:
    """Return whether it is another task, whose name is not even alike."""
    return any(each.name == "task" and not each.hint for each in differences)


def not_one(
    what: str, found: Sequence[SentCall[Any]], calls: Sequence[SentCall[Any]], none: str
) -> str:
    """Return how many calls of *what* there were instead of one; *none* if there is no call."""
    head = f"{what} was to be sent once; {_said(len(found)) if found else 'it was not sent'}"
    if found:
        return f"{head}:\n{listed(found)}"
    near = get_close_matches(what, {call.task for call in calls}, n=1)
    hint = f" (is {near[0]} meant?)" if near else ""
    return f"{head}{hint}\n" + (f"sent were:\n{listed(calls)}" if calls else none)


def unexpected(calls: Sequence[SentCall[Any]], allowed: str = "nothing") -> str:
    """Return that *calls* were sent where only what is *allowed* was to be."""
    return f"{allowed} was to be sent, but {_said(len(calls))}:\n{listed(calls)}"
