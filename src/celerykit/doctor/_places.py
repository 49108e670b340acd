"""In which file, and on which line, a setting or a task is written, as far as the source shows."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from inspect import unwrap
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from celerykit._findings import Finding
from celerykit._provenance import find_setting
from celerykit.doctor._report import Place

__all__ = ["app_place", "line_of", "place_of"]

# What Celery(...) calls them.
_ARGUMENTS: Final = {"broker_url": "broker", "result_backend": "backend"}


def place_of(app: Any, finding: Finding) -> Place | None:
    """Return where what *finding* is about is written in the source code of *app*."""
    if finding.task in app.tasks:
        code = getattr(unwrap(app.tasks[finding.task].run), "__code__", None)
        return Place(_relative(code.co_filename), code.co_firstlineno) if code else None
    setting = find_setting(app, finding.option.removeprefix("app.conf.").partition("[")[0])
    key = setting.where.partition(" in ")[0]
    if setting.source == "file":
        return _place(_configuration_of(app), (key,)) or _place(_module_of(app), (key,))
    if setting.source == "code":
        return _place(_module_of(app), (key, _ARGUMENTS.get(key, key)))
    return None


def app_place(app: Any) -> Place | None:
    """Return the file in which *app* is made."""
    file = _file_of(_module_of(app))
    return Place(_relative(file)) if file else None


def line_of(source: str | bytes, keys: tuple[str, ...]) -> int | None:
    """Return the line of *source* that writes one of *keys*; None unless there is exactly one."""
    lines = {line for node in ast.walk(ast.parse(source)) for line in _lines(node, keys)}
    return lines.pop() if len(lines) == 1 else None


def _lines(node: ast.AST, keys: tuple[str, ...]) -> Iterator[int]:
    """Yield the line of each of *keys* to which *node* itself gives a value."""
    if isinstance(node, ast.keyword) and node.arg in keys:
        yield node.lineno
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.lineno for target in targets if _name_of(target) in keys)
    elif isinstance(node, ast.Dict):
        names = [each for each in node.keys if isinstance(each, ast.Constant)]
        yield from (name.lineno for name in names if name.value in keys)


def _name_of(target: ast.expr) -> Any:
    """Return the last name of what is assigned to: of NAME, app.conf.NAME or conf["NAME"]."""
    if isinstance(target, ast.Subscript):
        return getattr(target.slice, "value", None)
    return getattr(target, "id", None) or getattr(target, "attr", None)


def _place(module: Any, keys: tuple[str, ...]) -> Place | None:
    """Return the line of the source of *module* that writes one of *keys*."""
    file = _file_of(module)
    if file is None:
        return None
    line = line_of(Path(file).read_bytes(), keys)
    return Place(_relative(file), line) if line else None


def _configuration_of(app: Any) -> Any:
    """Return the module, or that of the class, that *app* is configured from."""
    source = getattr(app, "_config_source", None)  # private: without it no line is known
    if isinstance(source, str):
        name, _, attribute = source.partition(":")
        module = sys.modules.get(name)
        source = getattr(module, attribute, None) if attribute else module
    if isinstance(source, ModuleType):
        return source
    # Django's settings know the module that they come from.
    names = (getattr(source, each, None) for each in ("SETTINGS_MODULE", "__module__"))
    return sys.modules.get(next((name for name in names if name), ""))


def _module_of(app: Any) -> ModuleType | None:
    """Return the module that holds *app*: rather the one that made it than one that imports it."""
    holders = [module for module in [*sys.modules.values()] if _holds(module, app)]
    return next((each for each in holders if "Celery" in vars(each)), next(iter(holders), None))


def _holds(module: Any, app: Any) -> bool:
    if getattr(module, "__name__", "celery").partition(".")[0] == "celery":
        return False
    return any(value is app for value in [*getattr(module, "__dict__", {}).values()])


def _file_of(module: Any) -> str | None:
    """Return the source file of *module*, if it has one that is still there."""
    file = getattr(module, "__file__", None)
    return file if file and file.endswith(".py") and Path(file).is_file() else None


def _relative(file: str) -> str:
    """Return *file* relative to the working directory if it is below."""
    path = Path(file).resolve()
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
