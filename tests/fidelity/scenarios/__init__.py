"""
The scenarios, by what they are about: importing this package collects them.
"""

from tests.fidelity.scenario import ALL, Scenario

from . import (
    arguments,
    callbacks,
    chains,
    chords,
    groups,
    options,
    outcomes,
    replacing,
    retries,
    times,
)

__all__ = [
    "ALL",
    "Scenario",
    "arguments",
    "callbacks",
    "chains",
    "chords",
    "groups",
    "options",
    "outcomes",
    "replacing",
    "retries",
    "times",
]
