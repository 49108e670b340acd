"""A report as people read it, on a terminal and in a log."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

import click

from celerykit._findings import Level
from celerykit.doctor._report import Report, Told, counted, listed

__all__ = ["as_text"]

_COLOURS: Final[dict[Level, str]] = {"error": "red", "warning": "yellow"}
_NARROW: Final = 40
_LABEL: Final = 8


def as_text(report: Report, width: int) -> str:
    """
    Return *report* in lines of at most *width* characters, with colours.

    Only a word that is longer than a line makes a line longer. ``click.echo`` takes the colours
    away where they do not belong.
    """
    if not report.told:
        return f"{click.style('Nothing wrong', fg='green', bold=True)} {_scope(report)}."
    levels: tuple[Level, ...] = ("error", "warning")
    groups = [_group(level, report.of(level), max(width, _NARROW)) for level in levels]
    return "\n\n".join([*filter(None, groups), _summary(report)])


def _group(level: Level, told: list[Told], width: int) -> str:
    if not told:
        return ""
    title = click.style(counted(len(told), level).upper(), fg=_COLOURS[level], bold=True)
    return "\n\n".join([title, *("\n".join(_lines(each, width)) for each in told)])


def _lines(told: Told, width: int) -> Iterator[str]:
    """Yield the lines of one finding: what it is, and then each part under its label."""
    finding = told.finding
    subject = " of ".join(filter(None, [finding.option, finding.task]))
    code = click.style(finding.code, fg=_COLOURS[finding.level], bold=True)
    yield f"{code} {finding.name}{': ' if subject else ''}{click.style(subject, bold=True)}"
    yield from _part("where", ", ".join(filter(None, [finding.where, _at(told)])), width)
    yield from _part("value", finding.value, width)
    yield from _part("danger", finding.message, width)
    yield from _part("fix", finding.remedy, width)


def _at(told: Told) -> str:
    return "" if told.place is None else str(told.place)


def _part(label: str, text: str, width: int) -> list[str]:
    """Return *text* in lines, the first of them behind *label*."""
    if not text:
        return []
    indent = " " * (_LABEL + 2)
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    first = f"  {click.style(label.ljust(_LABEL), dim=True)}{lines[0].lstrip()}"
    return [first, *lines[1:]]


def _summary(report: Report) -> str:
    levels: tuple[Level, ...] = ("error", "warning")
    counts = [counted(len(found), level) for level in levels if (found := report.of(level))]
    more = [*report.of("error"), *report.told][0].finding.read_more
    count = click.style(listed(counts), bold=True)
    return f"{count} {_scope(report)}.\nRead more: {more}"


def _scope(report: Report) -> str:
    """Return what was looked at, and in which way."""
    how = "live" if report.live else "offline"
    return f"in {report.app}: {listed(report.looked_at)} looked at, {how}"
