"""What the doctor found, in which app, and what it looked at: plain values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from celerykit._findings import Finding, Level

__all__ = ["Place", "Report", "Told", "counted", "listed"]


@dataclass(frozen=True)
class Place:
    """
    Where in the source code something is written.

    Attributes:
        file: The path of the file, relative to the working directory where that is possible.
        line: The number of the line, from 1; None when it is not plain which line is meant.
    """

    file: str
    line: int | None = None

    def __str__(self) -> str:
        """Return it as editors and terminals understand it."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Told:
    """A finding, and where in the source code its setting is written, as far as that shows."""

    finding: Finding
    place: Place | None = None


@dataclass(frozen=True)
class Report:
    """
    What the doctor has to say of one app.

    Attributes:
        app: The app in words, for example ``"the app 'shop'"``.
        told: Every finding with its place, in order of code.
        looked_at: What was looked at, for example ``"3 tasks"``.
        live: Whether the broker, the result backend and the workers were asked.
        file: Where the app itself is made, as far as that shows.
    """

    app: str
    told: tuple[Told, ...] = ()
    looked_at: tuple[str, ...] = ()
    live: bool = False
    file: Place | None = None

    @property
    def findings(self) -> list[Finding]:
        """The findings without their places."""
        return [told.finding for told in self.told]

    def of(self, level: Level) -> list[Told]:
        """Return the findings of one *level*."""
        return [told for told in self.told if told.finding.level == level]


def counted(number: int, thing: str, things: str = "") -> str:
    """Return *number* with the right form of *thing*, for example ``"no routes"``."""
    name = thing if number == 1 else things or f"{thing}s"
    return f"{number or 'no'} {name}"


def listed(words: Iterable[str]) -> str:
    """Return *words* as a sentence lists them."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
