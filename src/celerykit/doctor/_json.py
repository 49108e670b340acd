"""A report as programs read it. The fields are documented in docs/doctor.md, and stay."""

from __future__ import annotations

import json
from typing import Any, Final

from celerykit.doctor._report import Report, Told

__all__ = ["FORMAT", "as_json"]

# Counts up when a field goes or changes its meaning; a field that is added changes nothing.
FORMAT: Final = 1


def as_json(report: Report, version: str) -> str:
    """Return *report*, made by *version* of celerykit, as one JSON object."""
    content = {
        "format": FORMAT,
        "celerykit": version,
        "app": report.app,
        "live": report.live,
        "looked_at": [*report.looked_at],
        "errors": len(report.of("error")),
        "warnings": len(report.of("warning")),
        "findings": [_finding(told) for told in report.told],
    }
    return json.dumps(content, indent=2)


def _finding(told: Told) -> dict[str, Any]:
    finding, place = told.finding, told.place
    return {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level,
        "task": finding.task or None,
        "option": finding.option or None,
        "value": finding.value or None,
        "where": finding.where or None,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "message": finding.message,
        "remedy": finding.remedy,
        "read_more": finding.read_more,
    }
