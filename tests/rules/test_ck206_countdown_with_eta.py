"""
CK206: a call says once when it starts.
"""

from datetime import datetime, timedelta, timezone

import pytest

from celerykit import call

from .asking import ask, printed, refusal, refused

MOMENT = datetime(2031, 5, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("countdown", [10, 0, 0.5, timedelta(seconds=10)], ids=repr)
def test_two_times_are_found(countdown):
    """
    Any countdown beside an eta is one time too many, a countdown of zero as well.
    """
    (finding,) = ask("CK206", {"countdown": countdown, "eta": MOMENT})

    assert (finding.option, finding.value) == ("countdown", repr(countdown))


def test_is_refused_on_the_second_line(add):
    """
    Whichever comes second is refused, and `.options()` refuses both at once.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.countdown(10).eta(MOMENT)) == [("CK206", "countdown", "10")]
    assert refused(lambda: base.options(countdown=10, eta=MOMENT)) == [("CK206", "countdown", "10")]
    assert str(refusal(lambda: base.eta(MOMENT).countdown(10))) == printed(
        "CK206", f"countdown=10 and eta={MOMENT!r} name two times to start. Write one of them."
    )


def test_near_miss_one_time_passes(add):
    """
    One of them passes, and so does the same one written again.
    """
    assert call(add, 2, 3).countdown(10).countdown(20)
    assert call(add, 2, 3).eta(MOMENT).eta(MOMENT + timedelta(days=1))


def test_near_miss_a_time_that_is_not_set_passes():
    """
    None is no time.
    """
    assert ask("CK206", {"countdown": None, "eta": MOMENT}) == []
    assert ask("CK206", {"countdown": 10, "eta": None}) == []


@pytest.mark.parametrize(("countdown", "wins"), [(10, "countdown"), (0, "eta")])
def test_harm_one_of_the_two_wins_in_silence(add, received, countdown, wins):
    """
    With plain Celery the countdown wins without a word, and a countdown of zero loses.
    """
    add.apply_async((2, 3), countdown=countdown, eta=MOMENT)

    assert (received().eta == MOMENT) is (wins == "eta")
