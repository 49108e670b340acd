"""
Write the pages of the rules: python scripts/rule_pages.py.

Each rule documents itself in the docstring of its module. This makes docs/rules/ from them: a page
for each rule, and a table of all.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from celerykit.rules import catalogue

DIRECTORY: Final = Path(__file__).parents[1] / "docs" / "rules"

NOTICE: Final = "<!-- Made by scripts/rule_pages.py from {source}: do not edit. -->"

LEVELS: Final = {"error": "error: the call is refused", "warning": "warning: the call is sent"}

OF_AN_APP: Final = {
    "error": "error: calls fail, or messages are lost",
    "warning": "warning: it will do harm some day",
}

OF_A_READ: Final = {
    "error": 'error: `guard(app, action="raise")` refuses the read; without it, it is warned of',
    "warning": "warning: the result is read",
}

OF_WHAT: Final = {"app": OF_AN_APP, "live": OF_AN_APP, "read": OF_A_READ}

STAGES: Final = {
    "build": "build: the values of the call show it, on the line that writes them",
    "send": "send: it takes more than the values of the call; `check()` and `send()` tell",
    "app": "app: the configuration alone shows it; `diagnose(app)` tells",
    "live": "live: broker, result backend or workers tell; `diagnose(app, live=True)` asks them",
    "read": "read: when a result is read, by a `Handle` or in an app under `guard()`",
    "build, send": "build, as far as the values of the call show it; and at send, by the clock",
}

INTRODUCTION: Final = """\
# Rules

What celerykit looks at, and why. A finding has a **code**, which is never reused, and one of two
**levels**: an *error* refuses the call with `CallRejected`, before anything leaves the process; a
*warning* is issued as a `CallWarning`, and the call is sent. It is **known** at one of five
moments: at *build*, on the line that writes the value, when the values of the call show it; at
*send*, when the app's configuration or the clock has a say; from the *app*, when the configuration
alone shows it, whatever is called; *live*, when the broker, the result backend or the workers have
to be asked; or at *read*, when a result is asked for: those have [warnings of their
own](../blocking.md). `call(...).check()` returns what `send()` would find, and sends nothing;
[`diagnose(app)` and `celery doctor`](../doctor.md) return what the configuration shows, and connect
nowhere unless *live* is asked for.

The examples on these pages run as tests, with this app:

```python
from datetime import datetime, timedelta, timezone

from celery import Celery
from celerykit import *

app = typed_app(Celery("proj", broker="memory://"))

@app.task
def add(x: int, y: int) -> int:
    return x + y

@app.task
def greet(name: str, loud: bool = False) -> str:
    return f"hello {name}"
```
"""


def pages() -> dict[str, str]:
    """Return the text of each page by its file's name."""
    modules = [module for _, module in sorted(catalogue().items())]
    written = {f"{page_name(module)}.md": page(module) for module in modules}
    return {"index.md": index(modules), **written}


def page_name(module: ModuleType) -> str:
    """Return the last part of the module's name, which is what its page is called."""
    return module.__name__.rpartition(".")[2]


def page(module: ModuleType) -> str:
    """Return the page of one rule."""
    rule = module.RULE
    lines = [
        NOTICE.format(source=f"src/celerykit/rules/{page_name(module)}.py"),
        "",
        f"# {rule.code} {rule.name}",
        "",
        f"- **Level** {OF_WHAT.get(rule.stage, LEVELS)[rule.level]}",
        f"- **Known at** {STAGES[stage(module)]}",
        "",
        (module.__doc__ or "").strip(),
        "",
    ]
    return "\n".join(lines)


def index(modules: list[ModuleType]) -> str:
    """Return the page that lists all rules."""
    lines = [NOTICE.format(source="src/celerykit/rules/"), "", INTRODUCTION, *table(modules)]
    toc = ["```{toctree}", ":hidden:", "", *map(page_name, modules), "```"]
    return "\n".join([*lines, "", *toc, ""])


def table(modules: list[ModuleType]) -> Iterator[str]:
    """Yield the lines of the table of all rules."""
    yield "| Code | Name | Level | Known at | What it does |"
    yield "|---|---|---|---|---|"
    for module in modules:
        rule = module.RULE
        link = f"[{rule.code}]({page_name(module)}.md)"
        yield f"| {link} | {rule.name} | {rule.level} | {stage(module)} | {summary(module)} |"


def stage(module: ModuleType) -> str:
    """Return when the rule is asked: at build, at send, or at both."""
    return "build, send" if module.RULE.again else module.RULE.stage


def summary(module: ModuleType) -> str:
    """Return the first sentence of the rule's page, without its full stop."""
    text = (module.__doc__ or "").partition("## What it does\n")[2].partition("\n\n")[0]
    return " ".join(text.split()).rstrip(".")


def main() -> None:
    """Write every page, and remove those of rules that are gone."""
    written = pages()
    DIRECTORY.mkdir(exist_ok=True)
    for path in DIRECTORY.glob("*.md"):
        if path.name not in written:
            path.unlink()
    for name, text in written.items():
        (DIRECTORY / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
