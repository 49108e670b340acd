"""
Each kind of task is published as plain Celery publishes it.
"""

import pytest

from .canvas import CANVAS
from .kinds import KINDS
from .lab import Lab
from .pairs import Make
from .published import both, later
from .remotes import REMOTES

PAIRS = {**KINDS, **REMOTES, **CANVAS}


@pytest.mark.parametrize("kind", [*KINDS.values(), *REMOTES.values()], ids=[*KINDS, *REMOTES])
def test_kind(lab: Lab, kind: Make) -> None:
    """
    A call of any kind of task is published as plain Celery publishes it.
    """
    ours, theirs = both(lab, *kind(lab))

    assert ours == theirs


@pytest.mark.parametrize("make", PAIRS.values(), ids=PAIRS)
def test_any_by_example(lab: Lab, make: Make) -> None:
    """
    So is one that was sent before.
    """
    ours, theirs, _ = later(lab, *make(lab))

    assert ours == theirs


@pytest.mark.parametrize("canvas", CANVAS.values(), ids=CANVAS)
def test_canvas(lab: Lab, canvas: Make) -> None:
    """
    A call with stamps or callbacks, or its signature, is published as Celery's canvas publishes it.
    """
    ours, theirs = both(lab, *canvas(lab))

    assert ours == theirs
