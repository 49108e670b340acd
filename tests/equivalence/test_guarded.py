"""
What plain Celery publishes is the same with guard() on, which has nothing to say of any of it.
"""

import pytest

from celerykit import guard

from .canvas import CANVAS
from .forms import CASES, Form
from .kinds import KINDS
from .lab import Lab
from .pairs import Make
from .published import both
from .rows import Row


@pytest.mark.parametrize(("row", "form"), CASES)
def test_option(lab: Lab, row: Row, form: Form) -> None:
    """
    A call with one option is published as without the guard.
    """
    watching = guard(lab.app, action="raise")

    def unguarded() -> object:
        watching.remove()
        return form.plain(row, lab)

    guarded, plain = both(lab, lambda: form.plain(row, lab), unguarded)

    assert guarded == plain


@pytest.mark.parametrize("kind", [*KINDS.values(), *CANVAS.values()], ids=[*KINDS, *CANVAS])
def test_kind(lab: Lab, kind: Make) -> None:
    """
    A call of any kind of task, stamped or with callbacks, is published as without the guard.
    """
    watching = guard(lab.app, action="raise", allow=["CK110"])  # one of them shows a secret
    _, send = kind(lab)

    def unguarded() -> object:
        watching.remove()
        return send()

    guarded, plain = both(lab, send, unguarded)

    assert guarded == plain
