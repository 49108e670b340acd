"""
CK207: a call lives longer than it waits.
"""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from celerykit import CallRejected, call

from .asking import ask, printed, refusal, refused

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
TOKYO = timezone(timedelta(hours=9))
NEW_YORK = ZoneInfo("America/New_York")
BEFORE = datetime(2031, 11, 2, 1, 50, tzinfo=NEW_YORK)  # the clock is turned back at 2:00
AFTER = datetime(2031, 11, 2, 1, 10, tzinfo=NEW_YORK, fold=1)  # 20 minutes later

DEAD = {
    "shorter": {"countdown": 60, "expires": 30},
    "as long": {"countdown": 60, "expires": timedelta(minutes=1)},
    "earlier": {"eta": NOW + HOUR, "expires": NOW},
    "the same moment in another zone": {"eta": NOW, "expires": NOW.astimezone(TOKYO)},
    "earlier, as the clock is turned back": {"eta": AFTER, "expires": BEFORE},
}
DEAD_NOW = {
    "past": ({"expires": NOW - HOUR}, "at 2029-12-31T23:00:00+00:00, but is sent at"),
    "just now": ({"expires": NOW}, "but is sent at 2030-01-01T00:00:00+00:00"),
    "past, with an older eta": ({"expires": NOW - HOUR, "eta": NOW - 2 * HOUR}, "but is sent at"),
    "before the countdown": ({"expires": NOW + HOUR, "countdown": 7200}, "starts 7200 s after"),
    "before the eta": ({"expires": 1800, "eta": NOW + HOUR}, "starts at 2030-01-01T01:00:00+00:00"),
}
ALIVE = {
    "longer": {"countdown": 60, "expires": 61},
    "no wait": {"countdown": 0, "expires": 1},
    "later": {"eta": NOW + HOUR, "expires": NOW + 2 * HOUR},
    "later, as the clock is turned back": {"eta": BEFORE, "expires": AFTER},
    "at the end of time": {"eta": NOW, "expires": datetime.max.replace(tzinfo=NEW_YORK)},
    "never": {"countdown": 60, "expires": None},
    "alone": {"expires": 0.001},
    "later than the countdown": {"expires": NOW + HOUR, "countdown": 3599},
    "later than the eta": {"expires": 3601, "eta": NOW + HOUR},
    "an eta that has passed": {"expires": 1, "eta": NOW - HOUR},
    "wait alone": {"countdown": 60},
}


@pytest.mark.parametrize("options", DEAD.values(), ids=DEAD)
def test_what_the_values_alone_show_is_refused_on_its_line(add, options):
    """
    Two lengths or two moments are compared on the line that writes the second of them.
    """
    found = refused(lambda: call(add, 2, 3).options(**options))

    assert [(code, option) for code, option, _ in found] == [("CK207", "expires")]


@pytest.mark.parametrize(("options", "words"), DEAD_NOW.values(), ids=DEAD_NOW)
def test_what_the_moment_of_the_send_shows_is_found_then(options, words):
    """
    A moment that has passed, and a length against a moment, are compared at the send.
    """
    assert ask("CK207", options) == []

    (finding,) = ask("CK207", options, now=NOW)

    assert words in finding.message


def test_methods_refuse_alike(add):
    """
    The message has both times, and what they count from.
    """
    base = call(add, 2, 3)

    assert str(refusal(lambda: base.expires(30).countdown(60))) == printed(
        "CK207",
        "it expires 30 s after sending, but starts 60 s after sending. "
        "Make expires longer than the countdown; both count from sending.",
    )
    assert str(refusal(lambda: base.eta(NOW + HOUR).expires(NOW))) == printed(
        "CK207",
        "it expires at 2030-01-01T00:00:00+00:00, but starts at 2030-01-01T01:00:00+00:00. "
        "Make expires later than the start.",
    )


def test_a_past_expiry_is_refused_at_the_send(add, messages):
    """
    A call that nobody would run is not sent, and `check()` says so before.
    """
    late = call(add, 2, 3).expires(datetime.now(timezone.utc) - HOUR)

    (finding,) = late.check()
    with pytest.raises(CallRejected):
        late.send()

    assert finding.code == "CK207"
    assert finding.remedy == "Pass a time that is yet to come, or None for no expiry"
    assert messages() == []


@pytest.mark.parametrize("options", ALIVE.values(), ids=ALIVE)
def test_near_miss_a_call_that_can_run_passes(options):
    """
    Whatever leaves a moment between start and end passes, before the send and at it.
    """
    assert ask("CK207", options) == []
    assert ask("CK207", options, now=NOW) == []


def test_near_miss_other_rules_judge_other_mistakes():
    """
    A naive time and a wrong type are not compared.
    """
    naive = NOW.replace(tzinfo=None)

    assert ask("CK207", {"expires": naive, "eta": NOW}, now=NOW) == []
    assert ask("CK207", {"expires": NOW + HOUR, "eta": naive}, now=NOW) == []
    assert ask("CK207", {"expires": "10", "countdown": 60}, now=NOW) == []
    assert ask("CK207", {"expires": 10, "countdown": "60"}, now=NOW) == []


def test_harm_the_worker_holds_what_can_never_run(add, received):
    """
    With plain Celery `countdown=60, expires=30` is sent, and a worker holds it for nothing.
    """
    add.apply_async((2, 3), countdown=60, expires=30)

    request = received()
    assert request.expires < request.eta


def test_harm_a_past_expiry_is_published_and_thrown_away(add, received):
    """
    With plain Celery an expiry in the past is sent, and the worker throws the message away.
    """
    result = add.apply_async((2, 3), expires=NOW - timedelta(days=3650))

    assert received().revoked()
    assert result.state == "REVOKED"
