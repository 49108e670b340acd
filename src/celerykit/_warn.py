"""Warn at the caller's own line, in a text that stops changing where values always change."""

from __future__ import annotations

import warnings
from typing import Final

from celerykit._findings import Finding
from celerykit._stack import outside
from celerykit.errors import CelerykitWarning

__all__ = ["warn"]

# The texts of the warnings of each line and code, up to so many.
_told: Final[dict[tuple[tuple[str, int], str], set[str]]] = {}
_MOST_TEXTS: Final = 20


def warn(kind: type[CelerykitWarning], finding: Finding) -> None:
    """Warn of *finding* at the line outside celerykit and Celery that led here."""
    level, place = outside()
    warnings.warn(kind(_steady(finding, place)), stacklevel=level)


def _steady(finding: Finding, place: tuple[str, int]) -> str:
    """
    Return the text of a warning, which stops changing where values change at every call.

    Python shows a warning once for each text and line, and remembers every text for good.
    """
    text = f"{finding.task}: {finding}"
    known = _told.setdefault((place, finding.code), set())
    if text in known or len(known) < _MOST_TEXTS:
        known.add(text)
        return text
    return f"{finding.task}: {finding.code} {finding.name}, again at this line with other values"
