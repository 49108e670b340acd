"""
The script that runs Celery's own tests under the guard: what it takes for a difference.
"""

import runpy
from pathlib import Path

SCRIPT = runpy.run_path(str(Path(__file__).parents[1] / "scripts" / "celerys_own_tests.py"))


def test_a_test_that_ends_otherwise_is_a_difference():
    """
    A test that fails, or is missing, only with the guard is named with both outcomes.
    """
    plain = {"same": "passed", "broken": "failed", "worse": "passed", "gone": "passed"}
    guarded = {"same": "passed", "broken": "failed", "worse": "failed"}

    found = SCRIPT["differences"](plain, guarded)

    assert found == {"worse": ("passed", "failed"), "gone": ("passed", "missing")}


def test_the_last_line_counts_what_is_alike():
    """
    What ends alike is counted by its outcome, and the rest apart.
    """
    plain = {"a": "passed", "b": "passed", "c": "skipped", "d": "passed"}

    said = SCRIPT["summary"](plain, {"d": ("passed", "failed")}, 61.5)

    assert said == (
        "===== Celery's own tests, both ways alike: 2 passed, 1 skipped; 1 changed in 61.50s ====="
    )
