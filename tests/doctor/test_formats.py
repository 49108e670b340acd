"""
What the doctor prints for programs: JSON, and SARIF 2.1.0.
"""

import json
import re
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import pytest

from celerykit._findings import Rule
from celerykit.doctor._json import as_json
from celerykit.doctor._report import Place, Told
from celerykit.doctor._sarif import as_sarif
from celerykit.rules import catalogue

from .reports import ERROR, OF_A_TASK, SICK, WARNING, WELL

# What the schema of SARIF 2.1.0 knows of the objects used here; it allows no other properties.
ALLOWED = {
    "log": {"$schema", "version", "runs", "inlineExternalProperties", "properties"},
    "run": {"tool", "invocations", "results", "columnKind", "originalUriBaseIds", "properties"},
    "driver": {"name", "version", "semanticVersion", "informationUri", "rules", "properties"},
    "rule": {
        *("id", "name", "shortDescription", "fullDescription", "help", "helpUri"),
        *("defaultConfiguration", "properties"),
    },
    "result": {
        *("ruleId", "ruleIndex", "level", "kind", "message", "locations"),
        *("partialFingerprints", "properties"),
    },
    "location": {"physicalLocation", "logicalLocations", "message", "id", "properties"},
    "physicalLocation": {"artifactLocation", "region", "properties"},
    "invocation": {"executionSuccessful", "exitCode", "properties"},
}


def sarif_of(report):
    """
    A report as SARIF, read again.
    """
    return json.loads(as_sarif(report, "1.2.3", catalogue()))


def check(log):
    """
    Hold a log against what the schema of SARIF requires of the objects that it has.
    """
    assert log.keys() <= ALLOWED["log"]
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run.keys() <= ALLOWED["run"]
    assert run["tool"].keys() == {"driver"}
    assert all(each["executionSuccessful"] is True for each in run["invocations"])
    driver = run["tool"]["driver"]
    assert driver.keys() <= ALLOWED["driver"]
    assert driver["name"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        check_rule(rule)
    for result in run["results"]:
        check_result(result, rules)


def check_rule(rule):
    """
    Hold a rule against the schema: a reporting descriptor.
    """
    assert rule.keys() <= ALLOWED["rule"]
    assert rule["id"]
    for words in ("shortDescription", "fullDescription", "help"):
        assert {"text"} <= rule[words].keys() <= {"text", "markdown"}
        assert rule[words]["text"]
    assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}


def check_result(result, rules):
    """
    Hold a result against the schema; each has a message, its rule, and where it is.
    """
    assert result.keys() <= ALLOWED["result"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["level"] in {"none", "note", "warning", "error"}
    assert result["message"]["text"]
    assert all(isinstance(each, str) for each in result["partialFingerprints"].values())
    (location,) = result["locations"]
    assert location.keys() <= ALLOWED["location"]
    assert all(each["fullyQualifiedName"] for each in location["logicalLocations"])
    physical = location.get("physicalLocation", {"artifactLocation": {"uri": "x"}})
    assert physical.keys() <= ALLOWED["physicalLocation"]
    assert re.fullmatch(r"[\w.~:/%-]+", physical["artifactLocation"]["uri"])
    assert physical.get("region", {"startLine": 1})["startLine"] >= 1


def test_json_has_every_field_of_a_finding():
    """
    A program finds in JSON all that the doctor knows; what is not known is null.
    """
    content = json.loads(as_json(SICK, "1.2.3"))

    assert {**content, "findings": None} == {
        "format": 1,
        "celerykit": "1.2.3",
        "app": "the app 'shop'",
        "live": False,
        "looked_at": ["3 settings", "1 task"],
        "errors": 1,
        "warnings": 2,
        "findings": None,
    }
    assert content["findings"][0] == {
        "code": "CK601",
        "name": "wrong-setting",
        "level": "error",
        "task": None,
        "option": "app.conf.celerykit",
        "value": None,
        "where": None,
        "file": "shop.py",
        "line": 4,
        "message": ERROR.message,
        "remedy": ERROR.remedy,
        "read_more": ERROR.read_more,
    }
    assert content["findings"][1]["where"] == "Celery's default"
    assert (content["findings"][1]["file"], content["findings"][1]["line"]) == (None, None)
    assert content["findings"][2]["task"] == "shop.pay"


def test_json_of_a_healthy_app_has_no_findings():
    """
    A program that counts findings finds an empty list.
    """
    content = json.loads(as_json(WELL, "1.2.3"))

    assert (content["errors"], content["warnings"], content["findings"]) == (0, 0, [])


@pytest.mark.parametrize("report", [SICK, WELL, replace(SICK, file=None)])
def test_sarif_keeps_to_its_schema(report):
    """
    A code scanner that checks what it is given takes what the doctor writes.
    """
    check(sarif_of(report))


def test_sarif_says_what_was_found():
    """
    A result has the level, the danger and the remedy of a finding, and its line.
    """
    first, second, third = sarif_of(SICK)["runs"][0]["results"]

    assert first["level"] == "error"
    assert first["message"]["text"] == f"{ERROR.message}. {ERROR.remedy}."
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "shop.py"},
        "region": {"startLine": 4},
    }
    assert second["properties"]["where"] == WARNING.where
    assert third["ruleId"] == OF_A_TASK.code


def test_sarif_puts_what_is_written_nowhere_at_the_app():
    """
    A setting that nobody wrote belongs into the file that makes the app: scanners want a file.
    """
    _first, second, _third = sarif_of(SICK)["runs"][0]["results"]

    assert second["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "shop.py"}}


def test_sarif_names_files_by_uri():
    """
    A path with blanks, or one outside the working directory, is a proper URI.
    """
    outside = Path("/srv/my shop/tasks.py")
    told = (Told(ERROR, Place("my shop/tasks.py", 1)), Told(ERROR, Place(str(outside), 1)))

    results = sarif_of(replace(SICK, told=told))["runs"][0]["results"]

    uris = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert uris == ["my%20shop/tasks.py", "file:///srv/my%20shop/tasks.py"]
    assert unquote(uris[1]).endswith(str(outside))


def test_sarif_knows_the_same_finding_again():
    """
    A finding has the same fingerprint on another line, and another one for another setting.
    """

    def fingerprint(finding, line):
        report = replace(SICK, told=(Told(finding, Place("shop.py", line)),))
        return sarif_of(report)["runs"][0]["results"][0]["partialFingerprints"]

    assert fingerprint(ERROR, 4) == fingerprint(ERROR, 40)
    assert fingerprint(ERROR, 4) != fingerprint(replace(ERROR, option="other"), 4)


def test_sarif_brings_the_page_of_each_rule():
    """
    The rules about configurations come with their pages, found or not, so scanners can show them.
    """
    rules = {rule["id"]: rule for rule in sarif_of(SICK)["runs"][0]["tool"]["driver"]["rules"]}

    assert rules.keys() >= {code for code in catalogue() if code.startswith("CK6")} | {"CK213"}
    assert rules["CK604"]["name"] == "BrokerByDefault"
    assert rules["CK604"]["help"]["markdown"] == catalogue()["CK604"].__doc__.strip()
    assert "##" not in rules["CK604"]["shortDescription"]["text"]


def test_sarif_does_without_docstrings():
    """
    ``python -OO`` leaves no pages; the names of the rules are still there.
    """
    module = ModuleType("ck699_bare")
    module.RULE = Rule("CK699", "bare-rule", "warning", "app", frozenset())
    module.__doc__ = None

    log = json.loads(as_sarif(WELL, "1.2.3", {"CK699": module}))

    check(log)
    (rule,) = log["runs"][0]["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == "bare-rule"
