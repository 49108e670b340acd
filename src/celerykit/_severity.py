"""How severe a finding is: the rule's own word, the project's, and the call's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from celerykit._facts import Severity
from celerykit._findings import Finding

__all__ = ["judged"]


def judged(
    findings: Iterable[Finding], severities: Mapping[str, Severity], allowed: Collection[str]
) -> list[Finding]:
    """Return the findings that count, each at the level that the project gives it."""
    kept: list[Finding] = []
    for finding in findings:
        level = "off" if finding.code in allowed else severities.get(finding.code, finding.level)
        if level != "off":
            kept.append(finding if level == finding.level else finding.at(level))
    return kept
