"""One line of the report: what was measured, what was promised, and whether it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from timing import Spread

__all__ = ["Line"]


@dataclass(frozen=True)
class Line:
    """
    One measurement.

    Attributes:
        name: What was measured, in a few words.
        transport: The broker, or "-" where none has a part in it.
        measured: The value, with the lowest and the highest seen.
        unit: ``"x"`` for a multiple of plain Celery's time, else a unit such as ``"us"``.
        limit: The most that is promised; None where nothing is.
    """

    name: str
    transport: str
    measured: Spread
    unit: str
    limit: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the promise is kept; "-" without one."""
        if self.limit is None:
            return "-"
        return "pass" if self.measured.middle <= self.limit else "FAIL"

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as text: name, broker, median, limit, verdict, middle half, extremes."""
        spread = self.measured
        return (
            self.name,
            self.transport,
            f"{_number(spread.middle)} {self.unit}".strip(),
            "-" if self.limit is None else f"{self.limit:g} {self.unit}".strip(),
            self.verdict,
            f"{_number(spread.quarter)} - {_number(spread.three_quarters)}",
            f"{_number(spread.low)} - {_number(spread.high)}",
        )


def _number(value: float) -> str:
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"  # noqa: PLR2004 - two figures
