"""
CK230: a call starts before its broker hands it out again.

tests/live shows the same message held by two workers.
"""

from datetime import datetime, timedelta, timezone

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed

NOW = datetime(2030, 1, 1, tzinfo=timezone.utc)
REDIS = AppFacts(transport="redis", visibility_timeout=3600)


@pytest.fixture
def make_call(make_app):
    """
    Make a call in an app on a broker that nobody connects to.
    """

    def make(broker_url, **options):
        app = make_app(broker_url=broker_url, broker_transport_options=options)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return call(add, 2, 3)

    return make


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"countdown": 3601}, "countdown"),
        ({"countdown": timedelta(hours=2)}, "countdown"),
        ({"eta": NOW + timedelta(hours=1, seconds=1)}, "eta"),
    ],
    ids=["countdown", "timedelta", "eta"],
)
def test_a_wait_beyond_the_timeout_is_found(options, option):
    """
    A length and a moment are compared with what the broker allows.
    """
    (finding,) = ask("CK230", options, REDIS, now=NOW)

    assert finding.option == option


def test_is_refused_at_the_send(make_call):
    """
    The call is refused before anything connects, with the setting to raise.
    """
    with pytest.raises(CallRejected) as caught:
        make_call("redis://127.0.0.1:1").countdown(7200).send()

    assert str(caught.value) == printed(
        "CK230",
        "it starts after 7200 s, but redis delivers it again after each 3600 s. "
        "Raise broker_transport_options['visibility_timeout'], for workers too.",
    )


@pytest.mark.parametrize(
    ("options", "facts"),
    [
        ({"countdown": 3600}, REDIS),
        ({"eta": NOW + timedelta(hours=1)}, REDIS),
        ({"eta": NOW - timedelta(days=1)}, REDIS),
        ({"countdown": 10**6}, AppFacts(transport="amqp")),
        ({"countdown": "7200"}, REDIS),
    ],
    ids=["just as long", "an eta just as far", "past", "RabbitMQ", "no number"],
)
def test_near_miss_a_wait_that_the_broker_allows_passes(options, facts):
    """
    The timeout itself passes, and a broker without one does not mind.
    """
    assert ask("CK230", options, facts, now=NOW) == []


def test_near_miss_a_broker_that_hands_nothing_out_again_passes(make_call):
    """
    Without ack_emulation Redis forgets what it delivered, and has no timeout.
    """
    assert make_call("redis://127.0.0.1:1", ack_emulation=False).countdown(7200).check() == []


def test_near_miss_a_zero_countdown_passes():
    """
    A countdown of nothing is none, whatever else the call says.
    """
    assert ask("CK230", {"countdown": 0}, REDIS, now=NOW) == []
    (finding,) = ask("CK230", {"countdown": 0, "eta": NOW + timedelta(days=1)}, REDIS, now=NOW)
    assert finding.option == "eta"


def test_near_miss_no_time_at_all_is_left_to_its_rule():
    """
    A countdown that no calendar holds is CK204's alone; a century is told here too.
    """
    assert ask("CK230", {"countdown": 10**5000}, REDIS, now=NOW) == []
    assert ask("CK230", {"countdown": float("inf")}, REDIS, now=NOW) == []
    assert len(ask("CK230", {"countdown": 100 * 365 * 86_400}, REDIS, now=NOW)) == 1


def test_near_miss_a_longer_timeout_passes(make_call):
    """
    The remedy works, and the app's own option is what counts.
    """
    waiting = make_call("redis://127.0.0.1:1", visibility_timeout=3 * 3600).countdown(7200)

    assert waiting.check() == []
    assert [each.code for each in waiting.countdown(4 * 3600).check()] == ["CK230"]
