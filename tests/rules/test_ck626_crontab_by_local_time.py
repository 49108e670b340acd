"""
CK626: nine o'clock is another moment on each machine.
"""

import os
import subprocess
import sys

import pytest
from celery.schedules import crontab

from celerykit._config import Beat
from celerykit._read_config import config_of

from .configured import configured, told, words

AT_NINE = Beat("report", "shop.report", {}, on_the_hour=True)
OFTEN = Beat("often", "shop.often", {}, on_the_hour=False)
A_DAY_S = 86_400
PROGRAM = """
from celery import Celery
from celery.schedules import crontab

app = Celery("shop", broker="memory://")
app.conf.enable_utc = False
nine = crontab(hour=9, minute=0, app=app)
print(nine.remaining_estimate(nine.now()).total_seconds())
"""


def test_an_hour_without_a_zone_is_told():
    """
    The entry is told, and the line that gives it a zone.
    """
    config = configured({"enable_utc": False}, local_time=True, beat=(OFTEN, AT_NINE))

    assert words(told("CK626", config)) == [
        (
            "enable_utc",
            "False",
            (
                "the beat entry 'report' goes by the clock of the machine that beat runs on: "
                "enable_utc is off, and timezone is not set"
            ),
            "Write app.conf.timezone = 'Europe/Paris', or leave enable_utc on",
        )
    ]


@pytest.mark.parametrize(
    ("settings", "told_of"),
    [
        ({}, 0),
        ({"enable_utc": False}, 1),
        ({"enable_utc": False, "timezone": "Asia/Tokyo"}, 0),
        ({"timezone": "Asia/Tokyo"}, 0),
    ],
    ids=repr,
)
def test_near_miss_any_zone_passes(make_app, settings, told_of):
    """
    UTC, which is Celery's own, passes, and so does any zone that is named.
    """
    entry = {"task": "shop.report", "schedule": crontab(hour=9, minute=0)}

    config = config_of(make_app(beat_schedule={"report": entry}, **settings))

    assert len(told("CK626", config)) == told_of


def test_near_miss_an_interval_has_no_zone():
    """
    What runs every so often runs so everywhere.
    """
    assert told("CK626", configured(local_time=True, beat=(OFTEN,))) == []


def until_nine(zone):
    """
    How many seconds plain Celery waits for nine o'clock on a machine in this zone.
    """
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    done = subprocess.run(
        command, env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def test_harm_plain_celery_goes_by_the_machine():
    """
    With plain Celery the same schedule comes nine hours earlier where the machine is in Tokyo.
    """
    earlier = until_nine("UTC") - until_nine("Asia/Tokyo")

    assert earlier % A_DAY_S == pytest.approx(9 * 3600, abs=60)
