"""
CK205: a time says which time zone it is in.
"""

from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest

from celerykit import call

from .asking import ask, printed, refusal, refused

NAIVE = datetime(2031, 5, 1, 9, 30)  # noqa: DTZ001 - the mistake under test
REMEDY = (
    "Pass an aware datetime: datetime.now(timezone.utc) + ..., moment.astimezone() for local time, "
    "or a ZoneInfo"
)


class Nowhere(tzinfo):
    """
    A time zone that knows no offset.
    """

    def utcoffset(self, moment):
        """
        Say nothing.
        """


@pytest.mark.parametrize("name", ["eta", "expires"])
@pytest.mark.parametrize(
    "moment", [NAIVE, NAIVE.replace(tzinfo=Nowhere())], ids=["naive", "a zone without offset"]
)
def test_a_time_without_an_offset_is_found(name, moment):
    """
    A datetime is naive when it has no offset, whether it has a zone or not.
    """
    (finding,) = ask("CK205", {name: moment})

    assert (finding.option, finding.remedy) == (name, REMEDY)


def test_is_refused_on_its_line(add):
    """
    The methods and `.options()` refuse alike, with the value and three ways to mend it.
    """
    base = call(add, 2, 3)
    value = "datetime.datetime(2031, 5, 1, 9, 30)"

    assert str(refusal(lambda: base.eta(NAIVE))) == printed(
        "CK205", f"eta={value} has no time zone; a worker would read it as UTC. {REMEDY}."
    )
    assert refused(lambda: base.expires(NAIVE)) == [("CK205", "expires", value)]
    assert refused(lambda: base.options(eta=NAIVE, expires=NAIVE)) == [
        ("CK205", "eta", value),
        ("CK205", "expires", value),
    ]


@pytest.mark.parametrize(
    "zone", [timezone.utc, timezone(timedelta(hours=9)), ZoneInfo("America/New_York")], ids=str
)
def test_near_miss_aware_times_pass(add, zone):
    """
    Any zone that knows its offset passes, and the worker reads the very same moment.
    """
    moment = NAIVE.replace(tzinfo=zone)

    assert call(add, 2, 3).eta(moment).expires(moment + timedelta(hours=1))


def test_near_miss_a_local_time_made_aware_passes(add):
    """
    The remedy for local time works.
    """
    assert call(add, 2, 3).eta(NAIVE.astimezone())


def test_near_miss_lengths_of_time_pass():
    """
    Seconds, a timedelta and None have no zone to forget.
    """
    assert ask("CK205", {"expires": 10}) == []
    assert ask("CK205", {"expires": timedelta(1), "eta": None}) == []


@pytest.mark.parametrize("enable_utc", [True, False])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_harm_a_worker_reads_local_time_as_utc(app, add, received, zone, enable_utc):
    """
    With plain Celery half past nine is sent without its zone, and the worker takes it for UTC,
    whatever `timezone` and `enable_utc` say.
    """
    app.conf.update(timezone=zone, enable_utc=enable_utc)

    add.apply_async((2, 3), eta=NAIVE)

    assert received().eta == NAIVE.replace(tzinfo=timezone.utc)
