"""
CK204: a number or a length is within the range that means something.
"""

from datetime import datetime, timedelta, timezone
from math import inf, nan

import pytest

from celerykit import CallRejected, call
from celerykit._findings import shown

from .asking import ask, printed, refusal, refused

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
YEAR = 365 * 86_400

OFF = {
    "countdown": [-1, -0.5, timedelta(seconds=-1), 100 * YEAR, 1e12, inf, -inf, nan],
    "expires": [0, 0.0, -1, timedelta(0), 0.0001, 10 * YEAR, timedelta(days=3650), inf, nan],
    "time_limit": [0, -1, timedelta(0), inf, nan],
    "soft_time_limit": [0, -1, nan],
    "priority": [-1, 256, 10**9, 10**5000],
    "queue": ["q" * 256],
    "exchange": ["x" * 256],
    "routing_key": ["k" * 256],
    "task_id": ["i" * 256, "é" * 128],
}
OFF_EXTRA = {
    "timeout": [0, -1, inf, nan],
    "confirm_timeout": [0],
    "timestamp": [-1, 2**63],
    "app_id": ["a" * 256],
    "message_id": ["m" * 256],
    "type": ["t" * 256],
}
WITHIN = {
    "countdown": [0, 0.001, 100 * YEAR - 1, timedelta(days=365)],
    "expires": [None, 0.001, 0.5, 10 * YEAR - 1],
    "time_limit": [None, 0.001, 1, timedelta(days=365)],
    "priority": [0, 9, 255],
    "timeout": [0.001],
    "timestamp": [0],
    "queue": ["q" * 255, "schlange-ä"],
    "task_id": ["i" * 255, "é" * 127, "\ud800"],
}


def pairs(table):
    """
    Each option with each of its values, named by both.
    """
    return [
        pytest.param(name, value, id=f"{name}={shown(value)}"[:40])
        for name, values in table.items()
        for value in values
    ]


@pytest.mark.parametrize(("name", "value"), pairs(OFF))
def test_a_value_out_of_range_is_refused_on_its_line(add, name, value):
    """
    What means something else than it says, or nothing, is refused.
    """
    found = refused(lambda: call(add, 2, 3).options(**{name: value}))

    assert [(code, option) for code, option, _ in found] == [("CK204", name)]


@pytest.mark.parametrize(("name", "value"), pairs(OFF_EXTRA))
def test_extra_options_have_their_ranges_too(add, name, value):
    """
    So are the numbers and the short strings among the extra options.
    """
    found = refused(lambda: call(add, 2, 3).extra(**{name: value}))

    assert [(code, option) for code, option, _ in found] == [("CK204", name)]


def test_methods_refuse_alike(add):
    """
    A method refuses in the same words, with the range to keep to.
    """
    base = call(add, 2, 3)

    assert str(refusal(lambda: base.countdown(timedelta(seconds=-5)))) == printed(
        "CK204",
        "countdown=datetime.timedelta(days=-1, seconds=86395) is out of range. "
        "Pass 0 seconds or more, and less than 100 years.",
    )
    assert refused(lambda: base.time_limit(10, soft=0)) == [("CK204", "soft_time_limit", "0")]
    assert refused(lambda: base.priority(256)) == [("CK204", "priority", "256")]


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=timezone.utc),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
    ],
    ids=str,
)
def test_a_moment_out_of_this_world_is_refused_at_the_send(add, moment):
    """
    A year that no worker can wait for is found when the time of sending is known.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).eta(moment).send()

    assert caught.value.findings[0].code == "CK204"
    assert caught.value.findings[0].remedy == "Pass a time less than 100 years from now"


def test_an_expiry_beyond_ten_years_is_refused_at_the_send(add):
    """
    "Never" is written None: RabbitMQ refuses a later date.
    """
    never = datetime(9999, 12, 31, tzinfo=timezone.utc)

    (finding,) = call(add, 2, 3).expires(never).check()

    assert (finding.code, finding.option) == ("CK204", "expires")
    assert finding.remedy == "Pass a time less than 10 years ahead, or None for no expiry"


@pytest.mark.parametrize(("name", "value"), pairs(WITHIN))
def test_near_miss_the_ends_of_the_range_pass(name, value):
    """
    The smallest and the largest value that mean what they say pass.
    """
    assert ask("CK204", {name: value}) == []
    assert ask("CK204", {name: value}, now=NOW) == []


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        pytest.param("eta", NOW + timedelta(days=365 * 99), id="eta in 99 years"),
        pytest.param("eta", NOW - timedelta(days=365), id="eta a year ago"),
        pytest.param(
            "eta", NOW.replace(tzinfo=None, year=9999), id="naive, which is another rule's"
        ),
        pytest.param("expires", NOW + timedelta(days=365 * 9), id="expires in 9 years"),
        pytest.param("expires", NOW, id="expires now"),
    ],
)
def test_near_miss_moments_pass(name, moment):
    """
    A far moment passes, and so does one that other rules judge.
    """
    assert ask("CK204", {name: moment}, now=NOW) == []


def test_near_miss_wrong_types_are_left_to_their_rule():
    """
    What is no number at all has another rule.
    """
    assert ask("CK204", {"countdown": "5", "priority": "high", "task_id": 5, "queue": None}) == []


def test_harm_a_negative_countdown_runs_at_once(add, received):
    """
    With plain Celery `countdown=-5` is a time that has passed, and nothing says so.
    """
    add.apply_async((2, 3), countdown=-5)

    assert received().eta < datetime.now(timezone.utc)


@pytest.mark.parametrize("expires", [0, -1])
def test_harm_an_expiry_of_zero_never_runs(app, add, received, expires):
    """
    With plain Celery `expires=0` is published, and every worker throws it away.
    """
    result = add.apply_async((2, 3), expires=expires)

    assert received().revoked()
    assert result.state == "REVOKED"


def test_harm_a_time_limit_of_zero_is_none(add, received):
    """
    With plain Celery `time_limit=0` is sent, and the worker takes it for no limit.
    """
    add.apply_async((2, 3), time_limit=0)

    hard, _ = received().time_limits
    assert not hard


def test_harm_a_year_without_utc_cannot_be_waited_for(add, received):
    """
    With plain Celery an eta at the end of time is sent, and the worker cannot convert it.
    """
    add.apply_async((2, 3), eta=datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))))

    with pytest.raises(OverflowError):
        received().eta.astimezone(timezone.utc)
