"""
Ask one rule about one call, and read how a call was refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from celerykit import CallRejected, Finding
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._request import Request
from celerykit.rules import catalogue


def ask(
    code: str, options: Mapping[str, Any], facts: AppFacts = UNKNOWN, **known: Any
) -> list[Finding]:
    """
    What a rule says of plain values: no app, no clock, no network.
    """
    plain = {"task": "shop.add", "args": (), "kwargs": {}, **known}
    return list(catalogue()[code].check(Request(options=options, **plain), facts))


def refusal(build: Callable[[], object]) -> CallRejected:
    """
    How the line that builds a call refuses it.
    """
    with pytest.raises(CallRejected) as caught:
        build()
    return caught.value


def refused(build: Callable[[], object]) -> list[tuple[str, str, str]]:
    """
    The code, the option and the value of each finding of a refusal.
    """
    return [(each.code, each.option, each.value) for each in refusal(build).findings]


def printed(code: str, sentence: str, task: str = "shop.add") -> str:
    """
    The whole message of a refusal with this one finding.
    """
    module = catalogue()[code].__name__
    return f"{task} was not sent:\n  {code} {sentence}\n  Read more: python -m pydoc {module}"
