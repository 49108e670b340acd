"""
CK503: a fan spreads out.
"""

import celery
import pytest

from celerykit import call, fan, step

from .asking import printed, refusal


@pytest.fixture
def size(app, set_current):
    """
    A task that says how many values it was given.
    """
    set_current(app)

    @app.task(name="shop.size")
    def size(values=None):
        return len(values) if isinstance(values, list) else f"no list: {values}"

    return size


def test_a_fan_of_one_is_refused(add):
    """
    A fan of one says to write the step by itself.
    """
    assert str(refusal(lambda: fan(step(add, 4)))) == printed(
        "CK503",
        "a fan of 1 step does not spread out. Write the step by itself, without fan().",
        task="fan()",
    )


@pytest.mark.parametrize("steps", [(), ([],), (iter([]),)], ids=["()", "([])", "(iterator)"])
def test_a_fan_of_none_is_refused(steps):
    """
    A fan of none, written out or not, is no fan.
    """
    (finding,) = refusal(lambda: fan(*steps)).findings

    assert finding.message == "a fan of 0 steps does not spread out"
    assert finding.remedy == "Pass two steps or more"


def test_near_miss_a_fan_of_two_passes(app, add, size, work):
    """
    Two steps are a fan, and the next task gets a list of two.
    """
    handle = (call(add, 2, 3) | fan([step(add, 4), step(add, 5)]) | step(size)).send()

    work(app)

    assert handle.get(timeout=0) == 2


def test_harm_a_group_of_one_in_a_chain_is_its_member(app, add, size, work):
    """
    Celery gives the next task the one value, not the list of it.
    """
    result = celery.chain(add.s(2, 3), celery.group(add.s(4)), size.s()).apply_async()

    work(app)

    assert result.get() == "no list: 9"


def test_harm_a_group_of_none_gives_nothing(app, size, work):
    """
    Celery calls the task after a group of none without its argument; some versions with a list.
    """
    result = celery.chain(celery.group([]), size.s()).apply_async()

    work(app)

    assert result.get() in {"no list: None", 0}
