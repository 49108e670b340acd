"""
Each option, in each way to send a call, is published as plain Celery publishes it.
"""

import pytest

from celerykit._vocabulary import CALL_OPTIONS, EXTRA_OPTIONS

from .forms import CASES, Form
from .lab import Lab
from .published import both, later
from .rows import ROWS, Row


@pytest.mark.parametrize(("row", "form"), CASES)
def test_option(lab: Lab, row: Row, form: Form) -> None:
    """
    A call with one option is published as plain Celery publishes it.
    """
    ours, theirs = both(lab, lambda: form.ours(row, lab), lambda: form.plain(row, lab))

    assert ours == theirs


@pytest.mark.parametrize(("row", "form"), CASES)
def test_option_by_example(lab: Lab, row: Row, form: Form) -> None:
    """
    So is one that was sent before; most are then made after the example of those.
    """
    ours, theirs, count = later(lab, lambda: form.ours(row, lab), lambda: form.plain(row, lab))

    assert ours == theirs
    assert count == (2 if form.by_example and not row.celerys else 0)


def test_no_option_is_left_out(lab: Lab) -> None:
    """
    Every option that celerykit takes has a row here, but for redact, which Celery does not know.
    """
    tried = {
        name for row in ROWS for form in (row.plain, row.options) if form for name in form(lab)
    }

    assert {*CALL_OPTIONS, *EXTRA_OPTIONS} - tried == {"redact"}
