"""
What people use beside: freezegun and time-machine for Python's own time, dirty-equals for values,
SQLAlchemy for a session that is the test's own.
"""

from datetime import datetime, timedelta, timezone

import freezegun
import pytest
import time_machine
from dirty_equals import IsPositiveInt, IsStr
from sqlalchemy import create_engine, text
from sqlalchemy.orm import scoped_session, sessionmaker

from celerykit.testing import clock, memory_app, run_pending

START = datetime(2031, 5, 1, 12, 0, tzinfo=timezone.utc)


def in_a_minute():
    """
    A moment as the code under test computes it.
    """
    return datetime.now(timezone.utc) + timedelta(minutes=1)


@pytest.fixture
def note():
    """
    A task in an app of its own, which says what time it is.
    """
    with memory_app() as app:

        @app.task
        def note():
            return datetime.now(timezone.utc).isoformat()

        yield note


def test_freezegun_alone(note):
    """
    Without a clock of ours, what freezegun says is the time.
    """
    with freezegun.freeze_time(START) as frozen:
        result = note.apply_async(countdown=60)
        assert len(run_pending(note.app)) == 0
        frozen.tick(timedelta(minutes=1))
        assert len(run_pending(note.app)) == 1

    assert result.get() == "2031-05-01T12:01:00+00:00"


def test_time_machine_alone(note):
    """
    Without a clock of ours, what time-machine says is the time.
    """
    with time_machine.travel(START, tick=False) as travel:
        result = note.apply_async(countdown=60)
        assert len(run_pending(note.app)) == 0
        travel.shift(timedelta(minutes=1))
        assert len(run_pending(note.app)) == 1

    assert result.get() == "2031-05-01T12:01:00+00:00"


def test_freezegun_inside(note):
    """
    Inside our clock freezegun says what time it is, and advance() adds to it.
    """
    with clock() as time, freezegun.freeze_time(START) as frozen:
        assert time.now == START
        note.apply_async(eta=in_a_minute())
        frozen.tick(timedelta(seconds=30))

        assert len(time.advance(29)) == 0
        assert len(time.advance(1)) == 1


def test_time_machine_outside(note):
    """
    Around our clock time-machine says what time it is, and advance() adds to it.
    """
    with time_machine.travel(START, tick=False) as travel, clock() as time:
        note.apply_async(eta=in_a_minute())
        travel.shift(timedelta(seconds=30))

        assert len(time.advance(29)) == 0
        assert len(time.advance(1)) == 1
        assert time.now == START + timedelta(minutes=1)


def test_when_they_are_gone(app):
    """
    After them our clock stands still again, at its own time.
    """
    with freezegun.freeze_time(START):
        pass
    with time_machine.travel(START):
        pass

    with clock(START + timedelta(days=1)) as time:
        assert app.now() == time.now == START + timedelta(days=1)


def test_dirty_equals(sent, greet):
    """
    An object of dirty-equals may stand for any value, and is shown in a failure.
    """
    greet.apply_async(("Ann",), countdown=60, priority=3)

    sent.assert_sent(greet, IsStr(max_length=3), priority=IsPositiveInt, countdown=IsPositiveInt)
    with pytest.raises(AssertionError, match=r"name  is 'Ann', wanted IsStr\(min_length=4\)"):
        sent.assert_sent(greet, IsStr(min_length=4))


def test_an_sqlalchemy_session_stays_the_tests_own(app, sent):
    """
    A task uses the session of the test's thread, in its transaction, and nobody closes it.
    """
    engine = create_engine("sqlite://")
    session = scoped_session(sessionmaker(engine))
    session.execute(text("create table customers (name text)"))
    session.commit()
    session.execute(text("insert into customers values ('before')"))

    @app.task(name="shop.sign_up")
    def sign_up(name):
        session.execute(text("insert into customers values (:name)"), {"name": name})
        return session.scalar(text("select count(*) from customers"))

    result = sign_up.delay("Ann")
    before = session()
    sent.run()

    assert result.get() == 2
    assert session() is before
    assert session().in_transaction()
    session.rollback()
    assert session.scalar(text("select count(*) from customers")) == 0
    session.remove()
    engine.dispose()
