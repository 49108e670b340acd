"""A report as code scanners exchange it: SARIF 2.1.0."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote

from celerykit._findings import Finding
from celerykit.doctor._report import Place, Report, Told

__all__ = ["as_sarif"]

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_ABOUT_CONFIGURATION: Final = "CK6"


def as_sarif(report: Report, version: str, catalogue: Mapping[str, ModuleType]) -> str:
    """
    Return *report*, made by *version* of celerykit, as a SARIF log of one run.

    *catalogue* has the module of each rule by its code: its page becomes the rule's help.
    """
    told_of = {told.finding.code for told in report.told}
    codes = [code for code in catalogue if code in told_of or code.startswith(_ABOUT_CONFIGURATION)]
    driver = {
        "name": "celerykit",
        "version": version,
        "rules": [_rule(catalogue[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "results": [_result(told, report.file, codes) for told in report.told],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(module: ModuleType) -> dict[str, Any]:
    """Return what SARIF calls a reporting descriptor: the rule and its page."""
    page = (module.__doc__ or module.RULE.name).strip()  # python -OO leaves no page
    what, why = _summary(page)
    return {
        "id": module.RULE.code,
        "name": "".join(word.capitalize() for word in module.RULE.name.split("-")),
        "shortDescription": {"text": what},
        "fullDescription": {"text": why},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": module.RULE.level},
    }


def _summary(page: str) -> tuple[str, str]:
    """Return what the rule does, and why that is bad: how the first two parts of its page begin."""
    texts = re.split(r"^## .+$", page, flags=re.MULTILINE)
    parts = [" ".join(text.strip().partition("\n\n")[0].split()) for text in texts]
    return (parts[1], parts[2]) if len(parts) > 1 else (page, page)


def _result(told: Told, app: Place | None, codes: list[str]) -> dict[str, Any]:
    finding = told.finding
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.level,
        "message": {"text": _sentences(finding)},
        "locations": [_location(finding, told.place or app)],
        # Tells scanners which finding of today is which of yesterday, wherever its line went.
        "partialFingerprints": {"celerykit/v1": f"{finding.code}:{finding.task}:{finding.option}"},
        "properties": {"option": finding.option, "value": finding.value, "where": finding.where},
    }


def _sentences(finding: Finding) -> str:
    """Return the danger and the remedy; SARIF has the code elsewhere."""
    return str(finding).removeprefix(f"{finding.code} ")


def _location(finding: Finding, place: Place | None) -> dict[str, Any]:
    """Return where *finding* belongs: in the source as far as that is known, else by its name."""
    name = finding.option or finding.task or finding.name
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name}]}
    if place is not None:
        physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
        if place.line is not None:
            physical["region"] = {"startLine": place.line}
        location["physicalLocation"] = physical
    return location


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
