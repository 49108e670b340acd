"""
An option that is set again: which replaces what was there, and which joins it.
"""

from datetime import datetime, timedelta, timezone

import pytest
from celery import Celery

from celerykit import Priority, call, remote, step

SOON = datetime.now(timezone.utc) + timedelta(days=1)


_app = Celery("shop", broker="memory://", backend="cache+memory://", set_as_current=False)


@remote("shop.pack", app=_app)
def pack(order, note=""):
    """
    A task that needs no app to be called.
    """
    raise NotImplementedError


def options_of(changed):
    """
    The options that Celery gets.
    """
    return changed.signature().options


@pytest.mark.parametrize(
    ("twice", "options"),
    [
        (lambda c: c.queue("low").queue("high"), {"queue": "high"}),
        (lambda c: c.countdown(5).countdown(timedelta(minutes=1)), {"countdown": 60}),
        (lambda c: c.priority(Priority.LOW).priority(7), {"priority": 7}),
        (lambda c: c.retry().no_retry(), {"retry": False}),
        (lambda c: c.ignore_result().ignore_result(False), {"ignore_result": False}),
        (lambda c: c.task_id("a").task_id("b"), {"task_id": "b"}),
        (
            lambda c: c.expires(5).expires(SOON),
            {"expires": SOON},
        ),
        (
            lambda c: c.time_limit(60, soft=50).time_limit(55),
            {"time_limit": 55, "soft_time_limit": 50},
        ),
        (lambda c: c.extra(app_id="a").extra(app_id="b"), {"app_id": "b"}),
    ],
    ids=range(9),
)
def test_the_last_value_counts(twice, options):
    """
    An option with one value keeps the last that was given.
    """
    assert options_of(twice(call(pack, 7))) == options


def test_headers_join():
    """
    Headers are added to those before, and win over one of the same name.
    """
    twice = call(pack, 7).headers(tenant="acme", user=1).headers(user=2)

    assert options_of(twice) == {"headers": {"tenant": "acme", "user": 2}}


def test_stamps_join():
    """
    Stamps are added to those before, and win over one of the same name.
    """
    twice = call(pack, 7).stamp(tenant="acme", user=1).stamp(user=2)

    assert options_of(twice) == {
        "tenant": "acme",
        "user": 2,
        "stamped_headers": ["tenant", "user"],
    }


def test_retry_policies_join():
    """
    Settings of the retry policy are added to those before.
    """
    twice = call(pack, 7).retry(max_retries=3).retry(interval_start=1, max_retries=4)

    assert options_of(twice)["retry_policy"] == {"max_retries": 4, "interval_start": 1}


def test_redacted_parameters_join():
    """
    A parameter stays redacted when another is redacted too.
    """
    twice = call(pack, "secret", note="secret").redact("order").options(redact=["note"])

    assert "secret" not in repr(twice)


@pytest.mark.parametrize("method", ["link", "link_error"])
def test_callbacks_join(method):
    """
    Callbacks are added to those before, in the order in which they were given.
    """
    first, second, third = step(pack), call(pack, 8), call(pack, 9)

    once = getattr(call(pack, 7), method)(first, second)
    twice = getattr(once, method)(third)

    assert options_of(twice) == {method: [first.signature(), second.signature(), third.signature()]}


@pytest.mark.parametrize("method", ["headers", "stamp", "link", "link_error", "redact"])
def test_nothing_may_be_added(method):
    """
    A method that adds any number of things may add none.
    """
    assert not any(options_of(getattr(call(pack, 7), method)()).values())


@pytest.mark.parametrize("option", ["headers", "stamp"])
def test_what_is_given_may_change_later(option):
    """
    Changing a mapping, or a list inside it, after it was given changes no call.
    """
    tags = ["a"]
    given = {"tags": tags, "tenant": "acme"}

    base = call(pack, 7).options(**{option: given})
    before = options_of(base)
    tags.append("b")
    given["tenant"] = "other"

    assert options_of(base) == before
    assert "other" not in repr(base)


def test_what_celery_gets_may_change_later():
    """
    Whoever changes the options of a signature changes no call.
    """
    base = call(pack, 7).headers(tags=["a"]).stamp(shifts=[2]).retry(max_retries=3).extra(x=["a"])
    base = base.link(call(pack, 8).headers(tags=["a"])).redact("order")
    before, options_before = repr(base), options_of(base)

    options = options_of(base)
    options["headers"]["tags"].append("b")
    options["shifts"].append(3)
    options["x"].append("b")
    options["retry_policy"].clear()
    options["link"][0].options["headers"]["tags"].append("b")
    options["link"].clear()

    assert repr(base) == before
    assert options_of(base) == options_before
