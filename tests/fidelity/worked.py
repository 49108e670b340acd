"""
Play a scenario in a worker: hold it, send, let it go, and listen until it is done.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from celery.exceptions import TimeoutError as CelerysTimeoutError
from celery.result import AsyncResult
from celery.states import READY_STATES

from .scenario import Lab, Outcome, Scenario, sent, told

PATIENCE = 5.0


class Worked:
    """
    Plays scenarios in a worker that runs one task at a time.

    While a scenario is sent the worker is busy, so that all of it waits when the first task runs.
    """

    def __init__(
        self, lab: Lab, heard: Callable[[], str | None], let_go: Callable[[], object]
    ) -> None:
        """
        Take what returns the next note, None if none comes for long, and what ends the holding.
        """
        self.lab = lab
        self.heard = heard
        self.let_go = let_go

    def play(self, scenario: Scenario) -> Outcome:
        """
        Return what came of a scenario; what is expected says how long to wait.
        """
        expected = scenario.outcome
        lab = self.lab.afresh()
        lab.tasks.held.delay()
        assert self.heard() == "held"
        try:
            results = sent(scenario, lab)
        finally:
            self.let_go()
        trail = self._notes(expected)
        self._wait(results, expected)
        lab.tasks.fence.delay()
        while (note := self.heard()) != "fence":
            assert note is not None, f"{scenario.name}: no end after {trail}"
            trail.append(note)
        found = [told(lab, each) for each in results]
        return Outcome([lab.shown(each) for each in trail], found)

    def _notes(self, expected: Outcome) -> list[str]:
        """
        As many notes as are expected, or fewer if they do not come.
        """
        found: list[str] = []
        while len(found) < len(expected.trail) and (note := self.heard()) is not None:
            found.append(note)
        return found

    def _wait(self, results: list[Any], expected: Outcome) -> None:
        """
        Return when those results are there that are expected to come; a late one shows as it is.
        """
        for result, known in zip(results, expected.results, strict=False):
            if isinstance(result, AsyncResult) and known.split()[0] in READY_STATES:
                with suppress(CelerysTimeoutError):
                    result.get(timeout=PATIENCE, propagate=False, interval=0.01)
