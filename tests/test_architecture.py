"""The shape of celerykit: who imports whom, how big a thing may be, and what an import costs."""

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import celerykit

PACKAGE = Path(celerykit.__file__).parent
CHANGELOG = Path(__file__).parents[1] / "CHANGELOG.md"

# One row for each module, top to bottom: what it imports from celerykit, imports inside functions
# and for type checkers included. A module imports only from rows above its own. "rules.*" is one
# row for every file in rules/.
MAY_IMPORT: dict[str, set[str]] = {
    "_findings": set(),
    "_backend": set(),
    "errors": {"_backend", "_findings"},
    "_blame": {"errors"},
    "_unset": set(),
    "_vocabulary": set(),
    "_values": {"_findings"},
    "_priority": set(),
    "_snapshot": set(),
    "_stack": set(),
    "_warn": {"_findings", "_stack", "errors"},
    "_slips": set(),
    "_sending": set(),
    "_settings": set(),
    "_sent_ids": set(),
    "_now": set(),
    "_fork": set(),
    "_inherited": {"_fork"},
    "_json": {"_values"},
    "_contract": set(),
    "_facts": {"_json"},
    "_request": {"_backend", "_facts", "_findings", "_json"},
    "_read": set(),
    "_options": {"_priority", "_snapshot", "_values"},
    "_spelling": {"_findings", "_vocabulary"},
    "_backend_urls": {"_slips"},
    "_secrets": {"_findings", "_values"},
    "_live": set(),
    "_config": {"_backend", "_facts", "_findings", "_live", "_settings"},
    "_severity": {"_facts", "_findings"},
    "_verdicts": {"_facts", "_priority", "_request"},
    "rules.*": {
        "_backend",
        "_config",
        "_facts",
        "_findings",
        "_live",
        "_priority",
        "_read",
        "_request",
        "_secrets",
        "_settings",
        "_slips",
        "_values",
        "_vocabulary",
    },
    "rules": {
        "_config",
        "_facts",
        "_findings",
        "_json",
        "_live",
        "_read",
        "_request",
        "_vocabulary",
    },
    "_provenance": {"_secrets", "_settings", "_values"},
    "_make_backend": {"_backend_urls", "_secrets"},
    "_backend_of": {
        "_backend",
        "_backend_urls",
        "_make_backend",
        "_provenance",
        "_secrets",
        "_settings",
        "_slips",
        "_values",
    },
    "_allow": set(),
    "_reader": set(),
    "_running": set(),
    "bulk._arrived": set(),
    "bulk._jsontext": set(),
    "bulk._decode": {"bulk._jsontext"},
    "bulk._pending": set(),
    "bulk._fence": set(),
    "bulk._announce": {"_blame"},
    "bulk._subscription": {"bulk._decode", "bulk._pending"},
    "_tasks": {"_values"},
    "_remote": {"_contract", "_tasks", "_values", "errors", "rules"},
    "_targets": {"_contract", "_remote"},
    "_routing": {"_request", "_snapshot"},
    "_callbacks": {"_contract", "_findings", "_request"},
    "_chords": set(),
    "_plain_words": {"_findings", "_vocabulary"},
    "bulk._fresh": set(),
    "bulk._encode": set(),
    "bulk._patience": set(),
    "_bounded": set(),
    "_meet": set(),
    "_reach_apart": set(),
    "_reach": {
        "_backend_of",
        "_backend_urls",
        "_make_backend",
        "_meet",
        "_provenance",
        "_reach_apart",
        "_secrets",
    },
    "doctor._report": {"_findings"},
    "doctor._text": {"_findings", "doctor._report"},
    "doctor._json": {"doctor._report"},
    "doctor._sarif": {"_findings", "doctor._report"},
    "doctor._places": {"_findings", "_provenance", "doctor._report"},
    "doctor": set(),
    "testing._untyped": set(),
    "testing._celerys": {"testing._untyped"},
    "testing._new_apps": {"testing._celerys"},
    "testing._news": set(),
    "testing._broker": {
        "_facts",
        "_values",
        "errors",
        "rules",
        "testing._news",
        "testing._untyped",
    },
    "testing.errors": {"errors", "testing._untyped"},
    "testing._chords": {"testing._untyped"},
    "testing._backend": {
        "testing._broker",
        "testing._chords",
        "testing._news",
        "testing._untyped",
        "testing.errors",
    },
    "testing._beat": {"testing._untyped"},
    "testing._untyped_worker": set(),
    "_hook": {"_findings"},
    "_own_settings": {"_facts", "_findings", "_hook", "_slips", "_values"},
    "_gather": {
        "_backend",
        "_backend_of",
        "_facts",
        "_own_settings",
        "_priority",
        "_values",
        "rules",
    },
    "_blocking": {
        "_allow",
        "_findings",
        "_gather",
        "_inherited",
        "_own_settings",
        "_read",
        "_reader",
        "_running",
        "_severity",
        "_values",
        "_warn",
        "errors",
        "rules",
    },
    "_watched_reads": {"_allow", "_blocking", "_reader", "_running"},
    "_handle": {"_allow", "_backend_of", "_blocking", "_reader", "_running", "_values", "errors"},
    "_terms": {"_facts", "_findings", "_handle", "_hook", "_unset", "_values", "errors"},
    "bulk._ledger": {"_findings", "_handle", "errors"},
    "bulk._report": {"_findings", "_handle", "bulk._ledger", "errors"},
    "bulk._collect": {
        "_allow",
        "_blocking",
        "_findings",
        "_handle",
        "_values",
        "bulk._arrived",
        "bulk._pending",
        "bulk._report",
        "bulk._subscription",
        "errors",
    },
    "bulk._in_order": {
        "_blocking",
        "_handle",
        "_running",
        "_values",
        "bulk._arrived",
        "bulk._collect",
        "bulk._fence",
        "bulk._pending",
    },
    "_group_handle": {"_handle", "_values", "bulk._in_order"},
    "_call": {
        "_contract",
        "_findings",
        "_handle",
        "_options",
        "_priority",
        "_request",
        "_spelling",
        "_terms",
        "_unset",
        "_values",
        "_verdicts",
        "errors",
        "rules",
    },
    "_joints": {"_call", "errors", "rules"},
    "_flow": {
        "_call",
        "_findings",
        "_group_handle",
        "_handle",
        "_joints",
        "_options",
        "_snapshot",
        "_terms",
        "_unset",
        "errors",
    },
    "_read_config": {"_backend_of", "_config", "_facts", "_gather", "_provenance", "_values"},
    "_examine": {
        "_backend_of",
        "_call",
        "_callbacks",
        "_contract",
        "_facts",
        "_findings",
        "_gather",
        "_json",
        "_now",
        "_own_settings",
        "_request",
        "_routing",
        "_sent_ids",
        "_severity",
        "_targets",
        "_verdicts",
        "_vocabulary",
        "_warn",
        "errors",
        "rules",
    },
    "_fallback": {"_examine", "_findings", "_flow", "_handle", "_targets", "errors"},
    "_translate": {
        "_call",
        "_examine",
        "_facts",
        "_priority",
        "_request",
        "_snapshot",
        "_targets",
        "_verdicts",
    },
    "_apply": {"_blocking", "_examine", "_sending", "_targets"},
    "_examine_flow": {
        "_backend",
        "_backend_of",
        "_call",
        "_chords",
        "_examine",
        "_findings",
        "_joints",
        "_request",
        "_targets",
    },
    "_canvas": {"_call", "_examine", "_joints", "_translate"},
    "_run_flow": {"_call", "_group_handle", "_handle", "_joints"},
    "_draw": {"_call", "_examine", "_joints", "_request", "_routing", "_targets"},
    "_plain": {
        "_backend_of",
        "_callbacks",
        "_contract",
        "_examine",
        "_facts",
        "_findings",
        "_json",
        "_now",
        "_priority",
        "_request",
        "_routing",
        "_targets",
        "_values",
        "_vocabulary",
        "rules",
    },
    "bulk._wire": {"bulk._ledger"},
    "bulk._spoken": {"bulk._wire"},
    "bulk._overheard": {"_snapshot", "_values", "bulk._spoken", "bulk._wire"},
    "bulk._marks": {"bulk._wire"},
    "bulk._capture": {"bulk._wire"},
    "bulk._general": {"bulk._ledger", "bulk._wire"},
    "bulk._memory": {"bulk._capture", "bulk._general", "bulk._ledger", "bulk._marks", "bulk._wire"},
    "bulk._redis": {
        "bulk._capture",
        "bulk._fence",
        "bulk._fresh",
        "bulk._general",
        "bulk._jsontext",
        "bulk._ledger",
        "bulk._marks",
        "bulk._patience",
        "bulk._wire",
    },
    "bulk._frames": {"bulk._marks", "bulk._wire"},
    "bulk._link": {"bulk._general", "bulk._ledger", "bulk._wire"},
    "bulk._confirmed": {"bulk._general", "bulk._ledger", "bulk._link", "bulk._wire"},
    "bulk._amqp": {
        "bulk._capture",
        "bulk._frames",
        "bulk._general",
        "bulk._link",
        "bulk._marks",
        "bulk._wire",
    },
    "bulk._line": {
        "_blame",
        "bulk._amqp",
        "bulk._announce",
        "bulk._capture",
        "bulk._confirmed",
        "bulk._fence",
        "bulk._general",
        "bulk._ledger",
        "bulk._memory",
        "bulk._redis",
        "bulk._wire",
        "errors",
    },
    "_bounded._errand": {"bulk._wire"},
    "_bounded._desk": {"bulk._line", "bulk._wire"},
    "_bounded._helpers": {"_bounded._desk", "_bounded._errand", "_fork", "bulk._wire"},
    "_bounded._publish": {"_blame", "_bounded._desk", "_bounded._errand", "bulk._wire"},
    "bulk._model": {"_snapshot", "bulk._spoken", "bulk._wire"},
    "bulk._events": {"_values", "bulk._capture", "bulk._wire"},
    "bulk._membership": {"_handle", "_targets", "bulk._ledger"},
    "bulk._celerys": {
        "_apply",
        "_examine",
        "_snapshot",
        "_targets",
        "_translate",
        "bulk._announce",
        "bulk._capture",
        "bulk._wire",
    },
    "_bounded._outlet": {
        "_blame",
        "_bounded._desk",
        "_bounded._errand",
        "_bounded._helpers",
        "_bounded._publish",
        "_examine",
        "_terms",
        "_translate",
        "bulk._capture",
        "bulk._celerys",
        "bulk._general",
        "bulk._line",
        "bulk._wire",
    },
    "bulk._judge": {
        "_call",
        "_examine",
        "_facts",
        "_findings",
        "_request",
        "_targets",
        "_vocabulary",
        "errors",
        "rules",
    },
    "bulk._sent_group": {"_group_handle", "_handle", "bulk._in_order", "bulk._pending"},
    "doctor._workers": {"_gather", "_live", "_values"},
    "doctor._live_of": {"_config", "_gather", "_live", "_reach", "doctor._workers"},
    "doctor._examination": {
        "_config",
        "_live",
        "_read_config",
        "_severity",
        "doctor._live_of",
        "doctor._places",
        "doctor._report",
        "rules",
    },
    "testing._written": {"_plain", "_values", "_vocabulary"},
    "testing._expected": {
        "_examine",
        "_findings",
        "_flow",
        "_spelling",
        "_targets",
        "_translate",
        "_values",
        "_vocabulary",
        "testing._untyped",
        "testing._written",
    },
    "testing._sent_call": {
        "_flow",
        "_handle",
        "_spelling",
        "_vocabulary",
        "testing._broker",
        "testing._celerys",
        "testing._expected",
        "testing._untyped",
        "testing._written",
    },
    "testing._report": {"testing._expected", "testing._sent_call"},
    "testing._calls": {"_flow", "testing._expected", "testing._report", "testing._sent_call"},
    "testing._order": {"_gather", "testing._broker"},
    "testing._execute": {
        "testing._broker",
        "testing._celerys",
        "testing._order",
        "testing._untyped",
    },
    "testing._drain": {"testing._broker", "testing._execute", "testing._order", "testing.errors"},
    "testing._sent": {"testing._broker", "testing._calls", "testing._drain", "testing._sent_call"},
    "_guard_passed": {"_facts", "_json", "_values", "_verdicts", "_vocabulary"},
    "_guard": {
        "_blocking",
        "_examine",
        "_findings",
        "_gather",
        "_guard_passed",
        "_plain",
        "_plain_words",
        "_sending",
        "_severity",
        "_tasks",
        "_values",
        "_watched_reads",
        "errors",
        "rules",
    },
    "bulk._own": {"_guard", "_targets"},
    "bulk._basis": {"_facts", "_targets", "bulk._jsontext", "bulk._own"},
    "bulk._kept": {"_facts", "_fork", "_gather", "bulk._general", "bulk._line", "bulk._own"},
    "bulk._pattern": {
        "bulk._encode",
        "bulk._events",
        "bulk._jsontext",
        "bulk._line",
        "bulk._model",
        "bulk._own",
        "bulk._wire",
    },
    "bulk._lane": {
        "_apply",
        "_call",
        "_examine",
        "_facts",
        "_handle",
        "_inherited",
        "_targets",
        "_translate",
        "bulk._announce",
        "bulk._basis",
        "bulk._celerys",
        "bulk._encode",
        "bulk._judge",
        "bulk._ledger",
        "bulk._line",
        "bulk._membership",
        "bulk._overheard",
        "bulk._own",
        "bulk._pattern",
        "bulk._spoken",
        "bulk._wire",
    },
    "bulk._lanes": {"_call", "_examine", "_priority", "_verdicts", "bulk._encode", "bulk._lane"},
    "_plan": {
        "_apply",
        "_examine",
        "_handle",
        "_targets",
        "bulk._fresh",
        "bulk._kept",
        "bulk._lane",
        "bulk._lanes",
        "bulk._line",
        "bulk._own",
        "bulk._wire",
    },
    "_send": {
        "_apply",
        "_blame",
        "_bounded._outlet",
        "_call",
        "_examine",
        "_fallback",
        "_findings",
        "_flow",
        "_handle",
        "_plan",
        "_targets",
        "_terms",
        "_translate",
        "errors",
        "rules",
    },
    "bulk._run": {
        "_blame",
        "_call",
        "_examine",
        "_gather",
        "bulk._fresh",
        "bulk._judge",
        "bulk._lane",
        "bulk._lanes",
        "bulk._ledger",
        "bulk._line",
        "bulk._wire",
        "errors",
    },
    "bulk._counted": {
        "_blame",
        "_call",
        "_examine",
        "_joints",
        "_values",
        "bulk._ledger",
        "bulk._own",
        "bulk._report",
        "bulk._wire",
        "errors",
    },
    "bulk._members": {
        "_blame",
        "_call",
        "_examine",
        "_group_handle",
        "_inherited",
        "_joints",
        "_targets",
        "bulk._lane",
        "bulk._ledger",
        "bulk._membership",
        "bulk._report",
        "bulk._run",
        "bulk._sent_group",
        "bulk._wire",
    },
    "_send_flow": {
        "_blame",
        "_call",
        "_canvas",
        "_contract",
        "_draw",
        "_examine",
        "_examine_flow",
        "_findings",
        "_flow",
        "_gather",
        "_group_handle",
        "_handle",
        "_inherited",
        "_joints",
        "_run_flow",
        "_send",
        "_sending",
        "_targets",
        "_verdicts",
        "bulk._counted",
        "bulk._members",
        "errors",
        "rules",
    },
    "_build": {
        "_call",
        "_contract",
        "_flow",
        "_send_flow",
        "_snapshot",
        "_targets",
        "_verdicts",
        "errors",
        "rules",
    },
    "_compose": {"_build", "_flow", "_joints", "_targets", "errors", "rules"},
    "_maps": {
        "_build",
        "_call",
        "_contract",
        "_findings",
        "_flow",
        "_joints",
        "_snapshot",
        "_spelling",
        "_targets",
        "errors",
        "rules",
    },
    "_from_signature": {
        "_build",
        "_call",
        "_contract",
        "_flow",
        "_joints",
        "_maps",
        "_plain",
        "_remote",
        "_snapshot",
        "_targets",
        "_unset",
        "_values",
        "_verdicts",
        "_vocabulary",
        "errors",
        "rules",
    },
    "_require": {
        "_backend",
        "_backend_of",
        "_findings",
        "_flow",
        "_guard",
        "_provenance",
        "_targets",
        "_tasks",
        "_values",
        "errors",
    },
    "_recommended": {
        "_findings",
        "_gather",
        "_guard",
        "_make_backend",
        "_provenance",
        "_stack",
        "_tasks",
        "_values",
        "errors",
    },
    "doctor._diagnose": {"_findings", "_guard", "_tasks", "_values", "doctor._examination"},
    "testing._stand_in": {"_guard", "testing._backend", "testing._broker", "testing._celerys"},
    "testing._memory_app": {
        "_tasks",
        "rules",
        "testing._broker",
        "testing._celerys",
        "testing._stand_in",
        "testing._untyped",
    },
    "testing._run_pending": {
        "_findings",
        "_tasks",
        "_values",
        "testing._broker",
        "testing._calls",
        "testing._celerys",
        "testing._drain",
        "testing._memory_app",
        "testing._sent_call",
        "testing._stand_in",
    },
    "testing._clock": {
        "_findings",
        "_now",
        "_values",
        "testing._beat",
        "testing._calls",
        "testing._celerys",
        "testing._drain",
        "testing._new_apps",
        "testing._run_pending",
        "testing._sent_call",
        "testing.errors",
    },
    "testing._capture": {
        "_findings",
        "_guard",
        "_tasks",
        "_values",
        "testing._broker",
        "testing._celerys",
        "testing._new_apps",
        "testing._sent",
        "testing._sent_call",
        "testing._stand_in",
    },
    "testing._at_work": {
        "_guard",
        "_watched_reads",
        "testing._celerys",
        "testing._stand_in",
        "testing._untyped",
    },
    "testing._controller": {"testing._at_work", "testing._celerys", "testing._untyped_worker"},
    "testing._worker": {
        "_findings",
        "_guard",
        "_tasks",
        "_values",
        "testing._at_work",
        "testing._broker",
        "testing._celerys",
        "testing._controller",
        "testing._news",
        "testing._stand_in",
        "testing._untyped",
    },
    "testing": {
        "testing._calls",
        "testing._capture",
        "testing._clock",
        "testing._expected",
        "testing._memory_app",
        "testing._run_pending",
        "testing._sent",
        "testing._sent_call",
        "testing._worker",
        "testing.errors",
    },
    "pytest_plugin": {"_tasks", "testing"},
    "bulk._start": {
        "_build",
        "_call",
        "_findings",
        "_flow",
        "_targets",
        "_verdicts",
        "bulk._judge",
        "bulk._lane",
        "bulk._ledger",
        "bulk._report",
        "bulk._run",
        "bulk._wire",
        "errors",
        "rules",
    },
    "bulk": {
        "_flow",
        "_handle",
        "_options",
        "bulk._arrived",
        "bulk._collect",
        "bulk._ledger",
        "bulk._report",
        "bulk._start",
    },
    "progress": {"_findings", "bulk"},
    "__init__": {
        "_allow",
        "_backend",
        "_build",
        "_compose",
        "_findings",
        "_flow",
        "_from_signature",
        "_group_handle",
        "_guard",
        "_handle",
        "_maps",
        "_options",
        "_priority",
        "_recommended",
        "_remote",
        "_require",
        "_tasks",
        "bulk",
        "doctor._diagnose",
        "errors",
    },
    "doctor._command": {
        "__init__",
        "_values",
        "doctor._examination",
        "doctor._json",
        "doctor._report",
        "doctor._sarif",
        "doctor._text",
        "rules",
    },
    "doctor._standalone": {"_findings", "_values", "doctor._command"},
    "__main__": {"doctor._standalone"},
}

# The modules that import Celery or kombu when they run, and not only for type checkers.
TOUCHES_CELERY: set[str] = {
    *("_canvas", "_chords", "_examine_flow", "_from_signature", "_gather", "_handle"),
    *("_make_backend", "_meet", "_provenance", "_reach_apart", "_read_config", "_require"),
    *("_routing", "_run_flow", "_running", "_targets", "_tasks", "_watched_reads"),
    *("doctor._command", "doctor._live_of", "doctor._standalone", "doctor._workers"),
    *("bulk._amqp", "bulk._capture", "bulk._collect", "bulk._decode", "bulk._fence"),
    *("bulk._general", "bulk._in_order", "bulk._jsontext", "bulk._lane", "bulk._members"),
    *("bulk._membership", "bulk._overheard", "bulk._own", "bulk._pattern", "bulk._pending"),
    *("bulk._sent_group", "bulk._spoken", "bulk._announce"),
    *("_bounded._outlet", "_bounded._publish"),
    *("testing._untyped", "testing._untyped_worker"),
}

# The modules that users import, and the packages: every other name starts with an underscore.
PUBLIC = {
    "__init__",
    "__main__",
    "bulk",
    "django",
    "doctor",
    "errors",
    "progress",
    "pytest_plugin",
    "rules",
    "testing",
}

FORBIDDEN_AT_IMPORT = {"asyncio", "celery.canvas", "django", "kombu", "pytest", "redis"}

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 30


def modules() -> dict[str, Path]:
    """
    Every module of celerykit by its name without the leading "celerykit.".
    """
    paths = {
        ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
        for path in sorted(PACKAGE.rglob("*.py"))
    }
    return {name.removesuffix(".__init__"): path for name, path in paths.items()}


MODULES = modules()
each_module = pytest.mark.parametrize("module", MODULES)


def tree_of(module: str) -> ast.Module:
    """
    The syntax tree of a module.
    """
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imported_names(module: str, tree: ast.AST) -> Iterator[str]:
    """
    The full names that the import statements under a tree mention, relative ones resolved.
    """
    path = MODULES[module].relative_to(PACKAGE.parent)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(path.parts[: -node.level]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            yield from (f"{source}.{alias.name}" for alias in node.names)


def row_of(module: str) -> str:
    """
    The row of the table that speaks for a module.
    """
    package = module.rpartition(".")[0]
    return f"{package}.*" if f"{package}.*" in MAY_IMPORT else module


def module_of(name: str) -> str:
    """
    The module of celerykit in which a full name lives: "_call" for "celerykit._call.Call".
    """
    parts = name.split(".")[1:]
    candidates = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((candidate for candidate in candidates if candidate in MODULES), "__init__")


def rows_imported_by(module: str) -> set[str]:
    """
    The rows of the table from which a module really imports.
    """
    names = imported_names(module, tree_of(module))
    return {row_of(module_of(name)) for name in names if name.split(".")[0] == "celerykit"}


def run_time_tree_of(module: str) -> ast.Module:
    """
    The syntax tree of a module without what only type checkers read.
    """
    tree = tree_of(module)
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body.clear()
    return tree


def docstring_lines(tree: ast.AST) -> set[int]:
    """
    The lines of a file that belong to docstrings.
    """
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = (node for node in ast.walk(tree) if isinstance(node, documented))
    return {
        line
        for node in nodes
        if ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, node.body[0].end_lineno + 1)
    }


def code_lines(source: str) -> set[int]:
    """
    The lines of a file that hold code: no blank lines, comments or docstrings.
    """
    silent = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in silent:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines - docstring_lines(ast.parse(source))


def test_every_module_has_its_row():
    """
    The table names each module of celerykit, and nothing that does not exist.
    """
    assert {row_of(module) for module in MODULES} == set(MAY_IMPORT)


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_imports_are_those_of_the_table(row):
    """
    A module imports from celerykit what its row says: no more, and no less.
    """
    members = [module for module in MODULES if row_of(module) == row]

    imported = set().union(*(rows_imported_by(module) for module in members)) - {row}

    assert imported == MAY_IMPORT[row]


@pytest.mark.parametrize("row", MAY_IMPORT)
def test_imports_go_upwards_only(row):
    """
    A module imports only from rows above its own, so the package reads from top to bottom.
    """
    rows = list(MAY_IMPORT)

    assert MAY_IMPORT[row] <= set(rows[: rows.index(row)])


def test_few_modules_touch_celery():
    """
    Celery and kombu are imported at run time by the modules named for it, and by all of them.
    """
    touching = {
        row_of(module)
        for module in MODULES
        for name in imported_names(module, run_time_tree_of(module))
        if name.split(".")[0] in {"celery", "kombu"}
    }

    assert touching == TOUCHES_CELERY


def test_private_modules_have_an_underscore():
    """
    A module without an underscore is one that users may import.
    """
    top = {module.split(".")[0] for module in MODULES}

    assert {name for name in top if not name.startswith("_") or name.startswith("__")} <= PUBLIC


@each_module
def test_a_file_starts_with_its_job(module):
    """
    The first line of a file says what the file is for.
    """
    tree = tree_of(module)

    assert ast.get_docstring(tree)
    assert tree.body[0].lineno == 1


@each_module
def test_a_file_stays_small(module):
    """
    A file has at most 300 lines of code.
    """
    assert len(code_lines(MODULES[module].read_text(encoding="utf-8"))) <= MAX_FILE_LINES


@each_module
def test_a_function_stays_small(module):
    """
    A function has at most 30 lines of code.
    """
    source = MODULES[module].read_text(encoding="utf-8")
    code = code_lines(source)

    sizes = {
        f"{node.name}, line {node.lineno}": len(code & set(range(node.lineno, node.end_lineno + 1)))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: size for name, size in sizes.items() if size > MAX_FUNCTION_LINES} == {}


def loaded_by(program: str) -> set[str]:
    """
    The modules that a program has loaded at its end.
    """
    program = f"import sys; {program}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_celerykit_is_cheap():
    """
    A program that imports celerykit does not pay for what it may never use.
    """
    loaded = loaded_by("import celerykit")

    assert "celerykit" in loaded
    assert FORBIDDEN_AT_IMPORT & loaded == set()


@pytest.mark.parametrize(("name", "module"), sorted(celerykit._LATER.items()))
def test_a_name_is_loaded_when_it_is_asked_for(name, module):
    """
    What a program never names costs it nothing.
    """
    full = f"celerykit.{module}"

    assert full not in loaded_by("import celerykit; dir(celerykit)")
    assert full in loaded_by(f"from celerykit import {name}")
    assert full in loaded_by(f"import celerykit; assert celerykit.{name} is celerykit.{name}")


def test_public_names_are_listed():
    """
    The classes and functions in celerykit are exactly what __all__ says.
    """
    public = {
        name
        for name in dir(celerykit)
        if not name.startswith("_")
        and str(getattr(getattr(celerykit, name), "__module__", "")).startswith("celerykit")
    }

    assert public | {"errors"} == set(celerykit.__all__)


def test_public_names_are_those_that_checkers_see():
    """
    Each name is loaded from the module that type checkers are told of.
    """
    told = {
        name.rpartition(".")[2]: ".".join(name.split(".")[1:-1])
        for name in imported_names("__init__", tree_of("__init__"))
        if name.startswith("celerykit.") and name != "celerykit.errors"
    }

    assert told == celerykit._LATER
    assert celerykit.__getattr__("errors") is celerykit.errors


def test_the_pytest_plugin_loads_nothing_else():
    """
    A test run that uses no fixture of celerykit's pays for two small modules, and for no Celery.
    """
    loaded = loaded_by("import celerykit.pytest_plugin")

    ours = {name for name in loaded if name.startswith("celerykit")}
    assert ours == {"celerykit", "celerykit.pytest_plugin"}
    assert not {"celery", "kombu"} & loaded


def test_public_names_exist():
    """
    Each name in __all__ can be imported, so a star import works.
    """
    assert [name for name in celerykit.__all__ if not hasattr(celerykit, name)] == []


def test_a_name_that_does_not_exist_says_so():
    """
    A misspelt name is told as Python tells it for any module.
    """
    with pytest.raises(AttributeError, match="module 'celerykit' has no attribute 'gaurd'"):
        _ = celerykit.gaurd


def test_types_are_shipped():
    """
    Type checkers trust celerykit's annotations, because the marker file is installed with it.
    """
    assert (PACKAGE / "py.typed").is_file()


def test_the_changelog_names_this_version():
    """
    The newest release in the changelog is the version that is installed.
    """
    headings = re.findall(r"^## \[([^\]]+)\]", CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)

    assert next(heading for heading in headings if heading != "Unreleased") == celerykit.__version__
