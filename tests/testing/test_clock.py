"""
Celery's time stands still, and what comes due comes in order when it moves.
"""

from datetime import datetime, timedelta, timezone

import pytest
from celery import Celery
from celery.schedules import crontab

from celerykit import call
from celerykit.testing import EndlessRun, ResultPending, capture, clock, memory_app, run_pending

START = datetime(2031, 5, 1, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def time():
    """
    A clock that stands at noon.
    """
    with clock(START) as moving:
        yield moving


@pytest.fixture
def effects():
    """
    What tasks did, and how many seconds after noon.
    """
    return []


@pytest.fixture
def note(app, effects):
    """
    A task that notes what it is given, and when.
    """

    @app.task(name="shop.note")
    def note(value):
        effects.append((value, (app.now() - START).total_seconds()))

    return note


def test_it_stands_still(app, time):
    """
    The time of every app is the clock's, those made later included, in its own time zone.
    """
    tokyo = Celery("tokyo", set_as_current=False)
    tokyo.conf.timezone = "Asia/Tokyo"

    assert time.now == app.now() == tokyo.now() == START
    assert tokyo.now().utcoffset() == timedelta(hours=9)
    time.advance(90)
    assert time.now == app.now() == START + timedelta(seconds=90)
    assert repr(time) == "<Clock at 2031-05-01T12:01:30+00:00>"


def test_an_app_that_was_closed(make_app):
    """
    An app that Celery does not know any more goes by the clock from its first call on.
    """
    app = make_app()
    app.close()
    with clock(START):
        app.send_task("billing.charge")
        app.send_task("billing.charge")

        assert app.now() == START
    assert "now" not in vars(app)


def test_it_ends(app):
    """
    After the block the time is the machine's again, also when a test fails.
    """
    with pytest.raises(ZeroDivisionError), clock(START):
        raise ZeroDivisionError

    assert "now" not in vars(app)
    assert app.now() < START
    assert call_is_checked_by(app) < START


def call_is_checked_by(app):
    """
    The time by which celerykit's rules judge a call.
    """
    from celerykit._now import now  # noqa: PLC0415 - only to look

    return now()


def test_it_starts_now():
    """
    Without a start it stands at the moment when it was made.
    """
    before = datetime.now(timezone.utc)
    with clock() as time:
        assert before <= time.now <= datetime.now(timezone.utc)
        assert time.now == time.now


def test_rules_go_by_it(sent, time, note):
    """
    An eta is past, or not, by this clock.
    """
    call(note, 1).eta(START + timedelta(seconds=1)).send()
    time.advance(3600, run=False)

    assert [each.code for each in call(note, 1).eta(START).check()] == ["CK225"]


def test_each_at_its_own_moment(sent, time, note, effects):
    """
    What comes due on the way is run at its own moment, in order, whenever it was sent.
    """
    note.apply_async(("third",), countdown=180)
    note.apply_async(("first",), eta=START + timedelta(seconds=60))
    note.apply_async(("second",), countdown=120)
    note.apply_async(("not yet",), countdown=301)
    note.delay("at once")

    ran = time.advance(timedelta(minutes=5))

    assert effects == [("at once", 0), ("first", 60), ("second", 120), ("third", 180)]
    assert ran.calls == [
        call(note, "at once"),
        call(note, "first").eta(START + timedelta(seconds=60)),
        call(note, "second").countdown(120),
        call(note, "third").countdown(180),
    ]
    assert time.now == START + timedelta(minutes=5)


def test_what_is_sent_on_the_way(sent, app, time, note, effects):
    """
    A task that sends another for later finds it come due in the same move.
    """

    @app.task(name="shop.remind")
    def remind(left):
        note.delay(left)
        if left:
            remind.apply_async((left - 1,), countdown=60)

    remind.delay(3)
    time.advance(150)

    assert effects == [(3, 0), (2, 60), (1, 120)]


def test_retries_wait_their_time(sent, app, time, effects):
    """
    The back-off of a retry passes on this clock.
    """

    @app.task(name="shop.flaky", bind=True, max_retries=5)
    def flaky(self):
        effects.append((app.now() - START).total_seconds())
        if self.request.retries < 3:
            raise self.retry(countdown=60 * 2**self.request.retries)
        return "done"

    result = flaky.delay()
    time.advance(419)
    assert (effects, result.state) == ([0, 60, 180], "RETRY")
    time.advance(1)
    assert (effects, result.get()) == ([0, 60, 180, 420], "done")


def test_expiry(sent, time, note, effects):
    """
    What expires before it is run is not run.
    """
    early = note.apply_async(("early",), countdown=60, expires=90)
    late = note.apply_async(("late",), expires=90)
    time.advance(91, run=False)
    sent.run()

    assert effects == []
    assert (early.state, late.state) == ("REVOKED", "REVOKED")
    note.apply_async(("in time",), countdown=60, expires=90)
    time.advance(91)
    assert effects == [("in time", 151)]


def test_results_expire(make_app, time):
    """
    A result is gone when its time is over.
    """
    app = make_app(result_expires=3600)
    add = app.task(name="expiring.add")(plus)
    with capture(app) as sent:
        result = add.delay(1, 2)
        sent.run()
        time.advance(3599)
        assert app.AsyncResult(result.id).get() == 3
        time.advance(1)
        with pytest.raises(ResultPending):
            app.AsyncResult(result.id).get()


def plus(x, y):
    """
    Add two numbers.
    """
    return x + y


def test_periodic_tasks(make_app, time):
    """
    The entries of beat_schedule come due, between all the rest, and can be changed meanwhile.
    """
    app = make_app()
    times = []

    @app.task(name="beat.tick")
    def tick(name):
        times.append((name, (app.now() - START).total_seconds() / 60))

    app.conf.beat_schedule = {
        "often": {"task": "beat.tick", "schedule": timedelta(minutes=20), "args": ["often"]},
        "hourly": {
            "task": "beat.tick",
            "schedule": crontab(minute=30),
            "args": ["hourly"],
            "options": {"queue": "slow"},
        },
        "elsewhere": {"task": "billing.charge", "schedule": 3600.0},
    }
    with capture(app) as sent:
        tick.apply_async(("sent",), countdown=25 * 60)
        time.advance(timedelta(minutes=65))
        del app.conf.beat_schedule["often"]
        time.advance(timedelta(minutes=30))

        assert times == [
            ("often", 20),
            ("sent", 25),
            ("hourly", 30),
            ("often", 40),
            ("often", 60),
            ("hourly", 90),
        ]
        sent.assert_sent(tick, "hourly", queue="slow")
        assert len(sent.of("billing.charge")) == 1


def test_an_app_of_its_own(time):
    """
    An app of memory_app() is run by the clock too, and needs no capture.
    """
    with memory_app() as app:
        done = []

        @app.task
        def note(value):
            done.append(value)

        note.apply_async((1,), countdown=60)
        assert len(run_pending(app)) == 0
        time.advance(60)
        assert done == [1]


def test_the_time_moves_alone(sent, time, note, effects):
    """
    With run=False nothing is run until it is asked for; then all finds the same moment.
    """
    note.apply_async((1,), countdown=60)
    note.apply_async((2,), countdown=30)

    assert len(time.advance(300, run=False)) == 0
    assert effects == []
    sent.run()
    assert effects == [(2, 300), (1, 300)]


def test_a_failure_stops_the_clock(sent, app, time, note, effects):
    """
    The time stays at the moment of a task that fails, and can be moved on from there.
    """

    @app.task(name="shop.fail")
    def fail():
        raise ZeroDivisionError

    fail.apply_async(countdown=60)
    note.apply_async((1,), countdown=120)

    with pytest.raises(ZeroDivisionError):
        time.advance(300)
    assert time.now == START + timedelta(seconds=60)
    time.advance(60)
    assert effects == [(1, 120)]

    fail.apply_async(countdown=60)
    time.advance(60, reraise=False)
    assert time.now == START + timedelta(seconds=180)


def test_no_end(sent, app, time):
    """
    More than can be meant is an error, in tasks and in schedules.
    """

    @app.task(name="shop.again")
    def again():
        again.apply_async(countdown=1)

    again.delay()
    with pytest.raises(EndlessRun, match=r"shop\.again -> shop\.again"):
        time.advance(timedelta(days=1), limit=20)
    sent.clear()
    app.conf.beat_schedule = {"busy": {"task": "elsewhere.run", "schedule": 1.0}}
    with pytest.raises(EndlessRun, match="beat_schedule -> beat_schedule"):
        time.advance(timedelta(days=1), limit=20)


@pytest.mark.parametrize(
    ("duration", "error", "words"),
    [
        ("5", TypeError, "duration='5' is not a number of seconds or a timedelta"),
        (None, TypeError, "duration=None is not a number"),
        (-1, ValueError, "duration=-1 is less than 0: the time only moves on"),
        (timedelta(seconds=-1), ValueError, "is less than 0"),
    ],
)
def test_a_wrong_duration(time, duration, error, words):
    """
    What is no length of time is refused.
    """
    with pytest.raises(error, match=words):
        time.advance(duration)


@pytest.mark.parametrize("start", [datetime(2031, 5, 1), "2031-05-01", 5])  # noqa: DTZ001 - refused
def test_a_wrong_start(start):
    """
    A start that is no aware datetime is refused.
    """
    with pytest.raises(ValueError, match=r"start=.* is not an aware datetime"):
        clock(start).__enter__()


def test_one_inside_another(app):
    """
    Of two clocks the inner one counts, until it ends.
    """
    with clock(START) as outer:
        with clock(START + timedelta(days=1)) as inner:
            assert app.now() == inner.now != outer.now
        assert app.now() == outer.now
