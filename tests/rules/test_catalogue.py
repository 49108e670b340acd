"""
The catalogue is complete: every rule has its page, its near misses and its proof of harm.
"""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from celerykit import rules
from celerykit._facts import AppFacts
from celerykit._request import Request
from celerykit.rules import at_guard, catalogue

HERE = Path(__file__).parent
LIVE = HERE.parent / "live"
OUR_OWN = {"CK109", "CK601"}  # about words of celerykit's own: plain Celery knows no such harm
TWO_VERSIONS = {"CK665"}  # about two releases of Celery side by side, of which a test has one
# A code that was released, and whose rule is gone: code -> why. It stays here for ever, and in
# codes.txt, so that no other rule gets it. A code that no release had may be used again.
RETIRED: dict[str, str] = {}
# Every code that was ever released, with its name. A new rule adds its line.
RELEASED = dict(line.split() for line in (HERE / "codes.txt").read_text().splitlines())
HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead"]
MODULES = {
    name: importlib.import_module(f"celerykit.rules.{name}")
    for _, name, _ in pkgutil.iter_modules(rules.__path__)
}
each_rule = pytest.mark.parametrize("name", MODULES)


def functions_of(path):
    """
    The names of the test functions of a file.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@each_rule
def test_a_rule_says_what_it_is(name):
    """
    A module has its entry, its words, and a function that the builder, the send, a read or the
    doctor asks.
    """
    rule = MODULES[name].RULE

    assert re.fullmatch(r"CK[1-6]\d\d", rule.code)
    assert rule.level in {"error", "warning"}
    assert rule.stage in {"build", "send", "app", "live", "read"}
    assert hasattr(MODULES[name], "check") or hasattr(MODULES[name], "refuse")
    assert rule.watches or rule.stage != "build" or hasattr(MODULES[name], "refuse")
    assert not rule.again or rule.stage == "build"
    assert rule.stage not in {"app", "live"} or (
        hasattr(MODULES[name], "check") and not rule.watches
    )


@each_rule
def test_a_module_is_called_after_its_rule(name):
    """
    A finding leads to its page by code and name.
    """
    rule = MODULES[name].RULE
    finding = rule.found("shop.add", "", None, "", "")

    assert name == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"
    assert finding.read_more == f"python -m pydoc celerykit.rules.{name}"


@each_rule
def test_a_page_has_its_headings(name):
    """
    The page of each rule has the same four parts, each with something in it.
    """
    page = MODULES[name].__doc__
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)

    assert parts[1::2] == HEADINGS
    assert all(part.strip() for part in parts[2::2])
    assert "```python" in parts[6]


def test_every_rule_is_in_the_catalogue():
    """
    No module is forgotten, and none is listed twice.
    """
    listed = [module.__name__.rpartition(".")[2] for module in catalogue().values()]

    assert listed == sorted(MODULES)


def test_a_code_and_a_name_belong_to_one_rule():
    """
    Neither a code nor a name is used twice.
    """
    entries = [module.RULE for module in MODULES.values()]

    assert len({rule.code for rule in entries}) == len(entries)
    assert len({rule.name for rule in entries}) == len(entries)
    assert [*catalogue()] == sorted(rule.code for rule in entries)


def test_a_code_is_never_reused():
    """
    A code means one rule for ever: one that goes, or gets another name, takes its code along.
    """
    live = {module.RULE.code: module.RULE.name for module in MODULES.values()}

    assert RETIRED.keys() & live.keys() == set()
    assert RETIRED.keys() <= RELEASED.keys()
    assert {code: name for code, name in RELEASED.items() if code not in RETIRED} == live


def test_the_list_of_codes_is_in_order():
    """
    Each code is listed once, so that no line hides another.
    """
    lines = (HERE / "codes.txt").read_text().splitlines()

    assert lines == sorted(f"{code} {name}" for code, name in RELEASED.items())
    assert all(RETIRED.values())


@each_rule
def test_a_rule_has_near_misses_and_a_proof_of_harm(name):
    """
    A rule has a file of tests: what it finds, what nearly is that and passes, and what plain Celery
    does without it, in memory or on real brokers.
    """
    tests = functions_of(HERE / f"test_{name}.py")
    code = name.partition("_")[0]
    live = [test for path in LIVE.glob("test_*.py") for test in functions_of(path)]

    assert any(test.startswith("test_near_miss_") for test in tests)
    assert (
        code.upper() in OUR_OWN | TWO_VERSIONS
        or any(test.startswith("test_harm_") for test in tests)
        or any(test.startswith(f"test_harm_{code}_") for test in live)
    )


def test_a_plain_call_is_asked_all_at_once():
    """
    What reaches Celery without a builder is asked the rules of the builder and of the send, once.
    """
    request = Request("shop.add", (), {}, {"eta": "", "count_down": 5, "user_id": "bob"})
    facts = AppFacts(transport="amqp", login="guest")

    codes = [finding.code for finding in at_guard(request, facts)]

    assert sorted(codes) == ["CK201", "CK203", "CK224"]


def test_no_file_of_tests_is_left_over():
    """
    A rule that goes takes its tests along.
    """
    files = {path.stem.removeprefix("test_") for path in HERE.glob("test_ck*.py")}

    assert files == set(MODULES)
