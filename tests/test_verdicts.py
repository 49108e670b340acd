"""
What passed once passes without being asked again; whatever differs is asked anew.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from celerykit import CallRejected, call
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._verdicts import Passed


def test_equal_values_of_other_types_are_asked_anew(add):
    """
    True equals 1, and is refused although 1 has passed.
    """
    call(add, 2, 3).countdown(1).expires(1.5)

    with pytest.raises(CallRejected, match="CK203"):
        call(add, 2, 3).countdown(True)


def test_the_other_hour_of_a_fold_is_asked_anew(add):
    """
    Two moments that Python calls equal, an hour apart when clocks go back, are told apart.
    """
    york = ZoneInfo("America/New_York")
    start, end = (datetime(2031, 11, 2, 1, minute, tzinfo=york) for minute in (10, 50))
    call(add, 2, 3).eta(start).expires(end)

    with pytest.raises(CallRejected, match="CK207"):
        call(add, 2, 3).eta(start.replace(fold=1)).expires(end)


def test_a_changed_configuration_is_asked_anew(make_app, add):
    """
    What passed under one configuration is looked at again under the next.
    """
    app = make_app(broker_url="redis://127.0.0.1:1/0")
    base = call(app.task(name="shop.add")(add.run), 2, 3).countdown(60)
    assert base.check() == []

    app.conf.broker_transport_options = {"visibility_timeout": 30}

    assert [each.code for each in base.check()] == ["CK230"]


def test_what_is_remembered_has_an_end():
    """
    A program with ever new values does not fill the memory.
    """
    passed = Passed()

    for number in range(1025):
        passed.add(number, UNKNOWN)

    assert [passed.has(number, UNKNOWN) for number in (0, 1023, 1024)] == [False, False, True]
    assert not passed.has(1024, AppFacts(transport="redis"))
    assert not passed.has(None, UNKNOWN)
