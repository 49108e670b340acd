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
    # small words
    "_findings": set(),
    "errors": {"_findings"},
    "_unset": set(),
    "_vocabulary": set(),
    "_values": {"_findings"},
    "_priority": set(),
    "_snapshot": set(),
    "_stack": set(),
    "_slips": set(),
    "_sending": set(),
    "_sent_ids": set(),
    # values
    "_json": {"_values"},
    "_contract": set(),
    "_facts": {"_json"},
    "_request": {"_facts", "_findings", "_json"},
    "_options": {"_priority", "_snapshot", "_values"},
    "_spelling": {"_findings", "_vocabulary"},
    # what could go wrong
    "_severity": {"_facts", "_findings", "_values"},
    "_verdicts": {"_facts", "_priority", "_request"},
    "rules.*": {"_facts", "_findings", "_priority", "_request", "_slips", "_values", "_vocabulary"},
    "rules": {"_facts", "_findings", "_json", "_request", "_verdicts", "_vocabulary"},
    # what you want to happen, and what happened
    "_handle": {"_findings", "_values", "errors"},
    "_call": {
        "_contract",
        "_findings",
        "_handle",
        "_options",
        "_priority",
        "_request",
        "_spelling",
        "_unset",
        "_values",
        "errors",
        "rules",
    },
    "_tasks": {"_values"},
    "_remote": {"_contract", "_tasks", "_values", "errors", "rules"},
    # what Celery knows of it
    "_targets": {"_contract", "_remote"},
    "_gather": {"_facts", "_priority", "_severity", "_values", "rules"},
    "_routing": {"_request"},
    "_callbacks": {"_contract", "_findings", "_request"},
    # make it happen
    "_examine": {
        "_call",
        "_callbacks",
        "_contract",
        "_facts",
        "_findings",
        "_gather",
        "_json",
        "_request",
        "_routing",
        "_sent_ids",
        "_severity",
        "_snapshot",
        "_stack",
        "_targets",
        "_vocabulary",
        "errors",
        "rules",
    },
    "_translate": {"_call", "_examine", "_facts", "_priority", "_request", "_snapshot"},
    "_send": {
        "_call",
        "_examine",
        "_findings",
        "_handle",
        "_sending",
        "_snapshot",
        "_targets",
        "_translate",
        "errors",
        "rules",
    },
    "_build": {"_call", "_contract", "_send", "_snapshot", "_targets", "errors", "rules"},
    # whoever makes the call
    "_plain_words": {"_findings", "_vocabulary"},
    "_plain": {
        "_callbacks",
        "_contract",
        "_examine",
        "_facts",
        "_findings",
        "_json",
        "_priority",
        "_request",
        "_routing",
        "_targets",
        "_values",
        "_vocabulary",
        "rules",
    },
    "_guard": {
        "_examine",
        "_findings",
        "_gather",
        "_plain",
        "_plain_words",
        "_sending",
        "_severity",
        "_tasks",
        "_values",
        "errors",
        "rules",
    },
    # the public names
    "__init__": {
        "_build",
        "_call",
        "_findings",
        "_guard",
        "_handle",
        "_options",
        "_priority",
        "_remote",
        "_tasks",
        "errors",
    },
}

# The modules that import Celery or kombu when they run, and not only for type checkers.
TOUCHES_CELERY: set[str] = {"_gather", "_handle", "_routing", "_targets", "_tasks"}

# The modules that users import, and the packages: every other name starts with an underscore.
PUBLIC = {
    "__init__",
    "__main__",
    "bulk",
    "django",
    "doctor",
    "errors",
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


def test_importing_celerykit_is_cheap():
    """
    A program that imports celerykit does not pay for what it may never use.
    """
    program = "import sys, celerykit; print(*sys.modules)"

    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "celerykit" in loaded
    assert FORBIDDEN_AT_IMPORT & set(loaded) == set()


def test_public_names_are_listed():
    """
    The classes and functions in celerykit are exactly what __all__ says.
    """
    public = {
        name
        for name, value in vars(celerykit).items()
        if not name.startswith("_")
        and str(getattr(value, "__module__", "")).startswith("celerykit")
    }

    assert public | {"errors"} == set(celerykit.__all__)


def test_public_names_exist():
    """
    Each name in __all__ can be imported, so a star import works.
    """
    assert [name for name in celerykit.__all__ if not hasattr(celerykit, name)] == []


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
