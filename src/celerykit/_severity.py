"""How severe a finding is: the rule's own word, the project's, and the call's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from celerykit._facts import PAYLOAD_BUDGET, Severity
from celerykit._findings import Finding, shown
from celerykit._values import is_mapping

__all__ = ["judged", "read_setting"]

_LEVELS: Final = ("error", "warning", "off")


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


def read_setting(
    setting: Any, codes: Collection[str]
) -> tuple[dict[str, Severity], int, str | None]:
    """Return severities, payload budget, and what is wrong, from ``app.conf.celerykit``."""
    if setting is None:
        return {}, PAYLOAD_BUDGET, None
    if not is_mapping(setting):
        return {}, PAYLOAD_BUDGET, f"{shown(setting)} is not a dict"
    severities: Any = setting.get("severity") or {}
    budget: Any = setting.get("payload_budget", PAYLOAD_BUDGET)
    problem = _problem(setting, severities, budget, codes)
    return ({}, PAYLOAD_BUDGET, problem) if problem else (dict(severities), budget, None)


def _problem(
    setting: Mapping[Any, Any], severities: Any, budget: Any, codes: Collection[str]
) -> str | None:
    for key in setting:
        if key not in {"severity", "payload_budget"}:
            return f"{shown(key)} is not a setting"
    if not is_mapping(severities):
        return f"severity={shown(severities)} is not a dict"
    for code, level in severities.items():
        if code not in codes:
            return f"there is no rule {shown(code)} whose level can be changed"
        if level not in _LEVELS:
            return f"severity {shown(level)} of {code} is not 'error', 'warning' or 'off'"
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        return f"payload_budget={shown(budget)} is not a number of bytes"
    return None
