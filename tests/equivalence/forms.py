"""
The ways to send a call with one option, each beside the plain Celery that means the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import pytest

from celerykit import call, step

from .lab import Lab
from .rows import ROWS, Row

MODULES = {"serializer, yaml": "yaml", "serializer, msgpack": "msgpack"}


@dataclass(frozen=True)
class Form:
    """
    One way to send a call.
    """

    name: str
    ours: Callable[[Row, Lab], Any]
    plain: Callable[[Row, Lab], Any]

    @property
    def by_example(self) -> bool:
        """
        Whether celerykit sends, rather than a signature.
        """
        return not self.name.startswith("signature")


def at_once(row: Row, lab: Lab) -> Any:
    """
    The call with all its options given together.
    """
    assert row.options is not None
    return call(lab.add, 2, y=3).options(**row.options(lab)).send()


FORMS = [
    Form(
        "methods",
        lambda row, lab: row.methods(call(lab.add, 2, y=3), lab).send(),
        lambda row, lab: lab.add.apply_async((2,), {"y": 3}, **row.plain(lab)),
    ),
    Form(
        "options",
        at_once,
        lambda row, lab: lab.add.apply_async((2,), {"y": 3}, **row.plain(lab)),
    ),
    Form(
        "remote",
        lambda row, lab: row.methods(call(lab.elsewhere, 2, 3), lab).send(),
        lambda row, lab: lab.app.send_task("elsewhere.add", (2, 3), {}, **row.plain(lab)),
    ),
    Form(
        "signature",
        lambda row, lab: row.methods(call(lab.add, 2, 3), lab).signature().apply_async(),
        lambda row, lab: lab.add.si(2, 3).set(**row.plain(lab)).apply_async(),
    ),
    Form(
        "signature of a step",
        lambda row, lab: row.methods(step(lab.add, y=3), lab).signature().delay(2),
        lambda row, lab: lab.add.s(y=3).set(**row.plain(lab)).delay(2),
    ),
]

CASES = [
    pytest.param(
        row,
        form,
        id=f"{row.name}: {form.name}",
        marks=pytest.mark.skipif(
            row.name in MODULES and find_spec(MODULES[row.name]) is None,
            reason=f"{MODULES.get(row.name)} is not installed",
        ),
    )
    for row in ROWS
    for form in FORMS
    if form.name != "options" or row.options is not None
]

# Those that celerykit sends itself.
OWN_CASES = [
    case for case in CASES if isinstance(case.values[1], Form) and case.values[1].by_example
]
