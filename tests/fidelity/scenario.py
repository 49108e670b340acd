"""
A scenario: what is sent, and what a worker makes of it.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from celery import Celery
from celery.result import GroupResult

from celerykit import CallRejected

Send = Callable[["Lab"], Iterable[Any]]

ALL: dict[str, "Scenario"] = {}


@dataclass(frozen=True)
class Lab:
    """
    Where a scenario is played: an app, its tasks, and a word that makes ids its own.
    """

    app: Celery
    tasks: Any
    prefix: str = ""

    def afresh(self) -> "Lab":
        """
        The same with ids that nobody has used yet.
        """
        return replace(self, prefix=f"ck{uuid.uuid4().hex[:10]}")

    def id(self, word: str) -> str:
        """
        An id that nobody else has, and that is shown as this word.
        """
        return f"{self.prefix}-{word}"

    def shown(self, text: str) -> str:
        """
        The same text with this lab's ids as their words.
        """
        return text.replace(f"{self.prefix}-", "")


class Outcome(NamedTuple):
    """
    What the tasks noted, in order, and what became of each call that was watched.
    """

    trail: list[str]
    results: list[str]

    def __str__(self) -> str:
        """
        Return it as docs/testing.md shows it.
        """
        parts = [", ".join(self.trail), "; ".join(self.results)]
        return " → ".join(f"`{part}`" for part in parts if part) or "nothing"


class Scenario(NamedTuple):
    """
    One promise that holds wherever tasks are run.
    """

    name: str
    send: Send
    outcome: Outcome


def scenario(*trail: str, results: Iterable[str] = ()) -> Callable[[Send], Send]:
    """
    Count a function among the scenarios: it sends, and returns the results to watch.
    """

    def keep(send: Send) -> Send:
        name = send.__name__.replace("_", " ")
        assert name not in ALL, name
        ALL[name] = Scenario(name, send, Outcome([*trail], [*results]))
        return send

    return keep


class Refused(NamedTuple):
    """
    What is watched of a call that celerykit did not send.
    """

    state: str
    result: None = None


def sent(scenario: Scenario, lab: Lab) -> list[Any]:
    """
    Send what a scenario sends, and return what is to be watched.
    """
    try:
        return watched(scenario.send(lab))
    except CallRejected as error:
        codes = " ".join(each.code for each in error.findings)
        return [Refused(f"refused: {codes}")]


def watched(results: Iterable[Any]) -> list[Any]:
    """
    Each result of a single task, of groups within groups too.
    """
    found: list[Any] = []
    for each in results:
        found += watched(each.results) if isinstance(each, GroupResult) else [each]
    return found


def told(lab: Lab, result: Any) -> str:
    """
    What is known of one result.
    """
    state, value = result.state, result.result
    return lab.shown(state if value is None else f"{state} {value!r}")
