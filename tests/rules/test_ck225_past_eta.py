"""
CK225: an eta is yet to come.
"""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from celerykit import CallWarning, call

from .asking import ask

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(2021, 5, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "eta",
    [
        NOW - MINUTE - timedelta(seconds=1),
        LONG_AGO,
        LONG_AGO.astimezone(timezone(timedelta(hours=9))),
    ],
    ids=str,
)
def test_an_eta_that_has_passed_is_found(eta):
    """
    More than a minute ago is past, in any zone.
    """
    (finding,) = ask("CK225", {"eta": eta}, now=NOW)

    assert (finding.level, finding.option) == ("warning", "eta")


def test_says_so_at_the_send_and_sends(add, message):
    """
    The call is sent, with a warning that shows the date.
    """
    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).eta(LONG_AGO).send()

    assert str(caught[0].message) == (
        f"shop.add: CK225 eta={LONG_AGO!r} is past, so the task starts at once. "
        "Pass a time that is yet to come, or leave it out."
    )
    assert message().headers["eta"] == LONG_AGO.isoformat()


@pytest.mark.parametrize("eta", [NOW, NOW - MINUTE, NOW + MINUTE], ids=str)
def test_near_miss_now_and_a_moment_ago_pass(eta):
    """
    "Now", and a call that waited for its turn, pass.
    """
    assert ask("CK225", {"eta": eta}, now=NOW) == []


def test_near_miss_the_hour_when_the_clock_is_turned_back_passes():
    """
    Twenty minutes before its eta a call is on time, though the clock on the wall says otherwise.
    """
    zone = ZoneInfo("America/New_York")
    now = datetime(2031, 11, 2, 1, 50, tzinfo=zone)
    later = datetime(2031, 11, 2, 1, 10, tzinfo=zone, fold=1)

    assert ask("CK225", {"eta": later}, now=now) == []
    assert len(ask("CK225", {"eta": now}, now=later)) == 1


def test_near_miss_now_is_sent_without_a_word(add, message):
    """
    An eta of this moment is past when it is sent, and meant.
    """
    call(add, 2, 3).eta(datetime.now(timezone.utc)).send()

    assert message()


def test_near_miss_what_is_not_known_or_not_aware_passes():
    """
    Without the moment of the send, and for what other rules refuse, this rule is silent.
    """
    assert ask("CK225", {"eta": LONG_AGO}) == []
    assert ask("CK225", {"eta": LONG_AGO.replace(tzinfo=None)}, now=NOW) == []
    assert ask("CK225", {"eta": "2021-05-01"}, now=NOW) == []


def test_harm_a_wrong_year_starts_at_once(add, received):
    """
    With plain Celery an eta in the past is sent as it is, and the worker has nothing to wait for.
    """
    add.apply_async((2, 3), eta=LONG_AGO)

    request = received()
    assert request.eta < datetime.now(timezone.utc)
    assert request.execute() == 5
