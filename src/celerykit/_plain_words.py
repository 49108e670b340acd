"""A finding in the words of plain Celery: options are keywords there, not methods."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from celerykit._findings import Finding
from celerykit._vocabulary import CALL_OPTIONS

__all__ = ["in_plain_words"]

_METHODS: Final = "|".join(sorted(CALL_OPTIONS, key=len, reverse=True))

# What the builder's words are called in apply_async(); the first that fits goes first.
_WORDS: Final = tuple(
    (re.compile(pattern), word)
    for pattern, word in (
        (r"\.time_limit\(soft=\.\.\.\)", "soft_time_limit="),
        (r"\.retry\(\) or \.no_retry\(\)", "retry="),
        (r"\.redact\((?:'\w+')?\)", "argsrepr= and kwargsrepr= without it"),
        (r"\.extra\((\w+)=([^)]*)\)", r"\1=\2"),
        (rf"\.({_METHODS})\(\.*\)", r"\1="),
        (r"Pass for example Priority\.HIGH", "Pass an int from 0 to 9"),
        (r"a Priority or an int", "an int"),
        (r", or a Priority\b", ""),
        (r"Pass it in call\(\w+, \.\.\., (\w+)=\.\.\.\)", r"Pass it in kwargs={'\1': ...}"),
        (r"Pass arguments in call\(task, \.\.\.\)", "Pass arguments as args and kwargs"),
        (r"step\(task, \.\.\.\) or call\(task, \.\.\.\)", "task.s(...) or task.si(...)"),
        (r"after call\(\.\.\.\)", "in apply_async()"),
    )
)


def in_plain_words(finding: Finding) -> Finding:
    """Return *finding* with its message and remedy in the words of ``apply_async()``."""
    return replace(finding, message=_said(finding.message), remedy=_said(finding.remedy))


def _said(text: str) -> str:
    for pattern, word in _WORDS:
        text = pattern.sub(word, text)
    return text
