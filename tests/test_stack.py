"""
A warning points at the line of the caller, not into celerykit.
"""

import inspect
import warnings
from datetime import datetime, timezone
from pathlib import Path

import pytest

import celerykit
from celerykit import CallWarning, Priority, call, step


@pytest.fixture
def pay(make_app):
    """
    A task on a queue that cannot honour a priority: nobody listens where its broker would be.
    """
    app = make_app(broker_url="amqp://127.0.0.1:1//", task_default_queue="pay")

    @app.task(name="shop.pay")
    def pay(cents=0):
        return cents

    return pay


@pytest.fixture
def urgent(pay):
    """
    A call that is warned of.
    """
    return call(pay).priority(Priority.HIGH)


def here(back):
    """
    The file of whoever asks, and a line so far back.
    """
    caller = inspect.currentframe().f_back
    return caller.f_code.co_filename, caller.f_lineno - back


def test_the_whole_warning(urgent):
    """
    A warning names the task, the code, the problem and the way out.
    """
    with pytest.warns(CallWarning) as caught:
        urgent.signature()

    assert str(caught[0].message) == (
        "shop.pay: CK220 the queue 'pay' on RabbitMQ has no x-max-priority, so "
        "priority=Priority.HIGH orders nothing. "
        "Declare it with max_priority, or set task_queue_max_priority; then remake it."
    )


@pytest.mark.parametrize("act", ["signature"])
def test_it_points_at_the_line_that_acts(urgent, act):
    """
    Whatever is done with a doubtful call, the warning points at the line that does it.
    """
    act = getattr(urgent, act)

    with pytest.warns(CallWarning) as caught:
        act()
    expected = here(back=1)

    assert [(each.filename, each.lineno) for each in caught] == [expected]


def test_it_points_there_from_a_callback_too(pay):
    """
    A warning about a callback points at the line that uses the call it belongs to.
    """
    base = call(pay).link(step(pay).priority(Priority.LOW), call(pay).priority(Priority.HIGH))

    with pytest.warns(CallWarning) as caught:
        base.signature()
    expected = here(back=1)

    assert [(each.filename, each.lineno) for each in caught] == [expected, expected]


def test_a_neighbour_of_celerykit_is_a_caller(urgent):
    """
    Code in a directory whose name only begins like celerykit's is the user's own.
    """
    home = Path(celerykit.__file__).parent
    neighbour = str(home.with_name(f"{home.name}_shop") / "pay.py")
    program = compile("\n\nurgent.signature()", neighbour, "exec")

    with pytest.warns(CallWarning) as caught:
        exec(program, {"urgent": urgent})  # noqa: S102 - written above

    assert [(each.filename, each.lineno) for each in caught] == [(neighbour, 3)]


def test_it_can_be_made_an_error(urgent):
    """
    With warnings turned into errors, a doubtful call is not sent.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", CallWarning)

        with pytest.raises(CallWarning, match="CK220"):
            urgent.send()


def test_checking_warns_of_nothing(urgent):
    """
    check() returns what it finds, so it does not warn as well.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert [finding.level for finding in urgent.check()] == ["warning"]


def test_a_line_that_warns_for_ever_ends_with_one_text(pay):
    """
    Values that change at every call do not fill a log, nor Python's memory of warnings.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for number in range(30):
            call(pay).eta(datetime(2020, 1, 1, 0, number, tzinfo=timezone.utc)).signature()

    texts = [str(each.message) for each in caught]
    assert len(set(texts)) == 21
    assert set(texts[20:]) == {"shop.pay: CK225 past-eta, again at this line with other values"}
