"""
CK610: what takes longer than the visibility timeout is delivered again.
"""

from datetime import timedelta

import pytest

from celerykit._config import Beat, TaskClass
from celerykit._read_config import config_of

from .configured import configured, told, words

AN_HOUR = {"transport": "redis", "visibility_timeout": 3600}


def task(**ready):
    """
    A task with these attributes.
    """
    return TaskClass("shop.render", "shop.tasks", {}, ready)


def beat(**options):
    """
    A beat entry with these options.
    """
    return Beat("nightly", "shop.sweep", options, on_the_hour=False)


@pytest.mark.parametrize(
    ("known", "what", "seconds"),
    [
        ({"beat": (beat(countdown=7200),)}, "the beat entry 'nightly' waits 7200 s", 7200),
        (
            {"beat": (beat(countdown=timedelta(hours=2)),)},
            "the beat entry 'nightly' waits 7200 s",
            7200,
        ),
        (
            {"tasks": (task(acks_late=True, time_limit=4000),)},
            "shop.render may run for 4000 s and is acknowledged late",
            4000,
        ),
        (
            {"tasks": (task(default_retry_delay=86_400),)},
            "shop.render may wait 86400 s for its next retry",
            86_400,
        ),
        (
            {"tasks": (task(retry_backoff=True, retry_backoff_max=9000, max_retries=None),)},
            "shop.render may wait 9000 s for its next retry",
            9000,
        ),
        (
            {"tasks": (task(retry_backoff=1000, retry_backoff_max=9000, max_retries=3),)},
            "shop.render may wait 4000 s for its next retry",
            4000,
        ),
    ],
    ids=["beat", "timedelta", "time limit", "retry", "backoff", "backoff so far"],
)
def test_what_takes_longest_is_told(known, what, seconds):
    """
    It is told what takes so long, and how long the timeout would have to be.
    """
    assert words(told("CK610", configured(facts=AN_HOUR, **known))) == [
        (
            "broker_transport_options",
            "{}",
            f"{what}, but redis delivers it again after 3600 s",
            f"Write app.conf.broker_transport_options = {{'visibility_timeout': {seconds + 600}}}",
        )
    ]


def test_only_the_longest_is_told():
    """
    One timeout is enough for all.
    """
    tasks = (task(default_retry_delay=4000), task(acks_late=True, time_limit=5000))

    (found,) = told("CK610", configured(facts=AN_HOUR, tasks=tasks))

    assert "5000 s" in found.message


@pytest.mark.parametrize(
    "known",
    [
        {"beat": (beat(countdown=3600), beat(queue="x"), beat(countdown=None))},
        {"tasks": (task(acks_late=True, time_limit=3600),)},
        {"tasks": (task(acks_late=False, time_limit=9999),)},
        {"tasks": (task(acks_late=True, time_limit=None),)},
        {"tasks": (task(default_retry_delay=180),)},
        {"tasks": (task(retry_backoff=True, retry_backoff_max=9999, max_retries=3),)},
        {"tasks": (task(retry_backoff=True, max_retries=None),)},
        {},
    ],
    ids=["beat", "limit", "early", "no limit", "retry", "few retries", "backoff", "nothing"],
)
def test_near_miss_what_ends_in_time_passes(known):
    """
    What is over within the hour passes, and so does what is acknowledged before it runs.
    """
    assert told("CK610", configured(facts=AN_HOUR, **known)) == []


def test_near_miss_other_brokers_wait():
    """
    A broker without such a timeout passes.
    """
    config = configured(facts={"transport": "amqp"}, beat=(beat(countdown=10**6),))

    assert told("CK610", config) == []


def test_near_miss_an_ordinary_app_passes(make_app, add):
    """
    With Celery's own retry delay and no limits there is nothing to tell.
    """
    app = make_app(broker_url="redis://127.0.0.1:1/0")

    @app.task(name="shop.pay", autoretry_for=(OSError,), retry_backoff=True)
    def pay():
        return None

    assert told("CK610", config_of(app)) == []
