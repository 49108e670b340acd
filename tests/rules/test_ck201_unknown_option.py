"""
CK201: an option is one that Celery knows.
"""

import warnings
from datetime import datetime

import pytest

from celerykit import CallWarning, call
from celerykit.rules import has_method, misplaced

from .asking import ask, printed, refusal, refused

SLIPS = {
    "count_down": ".countdown()",
    "ETA": ".eta()",
    "que": ".queue()",
    "expire": ".expires()",
    "expires_in": ".expires()",
    "prio": ".priority()",
    "timelimit": ".time_limit()",
    "soft_timeout": ".time_limit(soft=...)",
    "run_at": ".eta()",
    "delay": ".countdown()",
    "exchnage": ".exchange()",
    "routingkey": ".routing_key()",
    "ignore_results_": ".ignore_result()",
    "link_err": ".link_error()",
    "uuid": ".task_id()",
    "mandatry": ".extra(mandatory=...)",
    "confirm_timeouts": ".extra(confirm_timeout=...)",
}


@pytest.mark.parametrize(("name", "meant"), SLIPS.items())
def test_a_slip_is_found_with_what_was_meant(name, meant):
    """
    A misspelt option, or another word for one, is answered with the one to write.
    """
    (finding,) = ask("CK201", {name: 5})

    assert (finding.option, finding.remedy) == (name, f"Did you mean {meant}?")


def test_is_refused_on_its_line(add):
    """
    `.extra()` refuses what Celery would accept and ignore.
    """
    assert str(refusal(lambda: call(add, 2, 3).extra(count_down=10))) == printed(
        "CK201", "'count_down' is not an option. Did you mean .countdown()?"
    )


@pytest.mark.parametrize("name", ["within", "confirm", "on_unsent"])
def test_what_is_said_to_send_is_no_option(add, name):
    """
    An argument of `send()` that is given as an option would be sent along and do nothing.
    """
    for build in (lambda: call(add, 2, 3).extra, lambda: call(add, 2, 3).options):
        assert str(refusal(lambda build=build: build()(**{name: True}))) == printed(
            "CK201",
            f"{name!r} is an argument of celerykit's send(), and not an option. "
            f"Write call(...).send({name}=...).",
        )


def test_options_takes_known_options_only(add):
    """
    `.options()` refuses any name that is not an option, whether it looks like one or not.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.options(MessageGroupId="g")) == [("CK201", "MessageGroupId", "")]
    assert refused(lambda: base.options(link="x", quue="y")) == [
        ("CK201", "link", ""),
        ("CK201", "quue", ""),
    ]
    assert misplaced("shop.add", ["foo"])[0].remedy == (
        "Leave it out, or pass it through .extra() if the broker's transport takes it"
    )


def test_all_that_is_wrong_is_told_at_once(add):
    """
    A name that is no option does not keep what is wrong with the others for the next try.
    """
    base, naive = call(add, 2, 3), datetime(2031, 5, 1)  # noqa: DTZ001 - naive on purpose

    for build, expected in [
        (
            lambda: base.options(que="x", priority="x", eta=naive),
            [("CK201", "que"), ("CK203", "priority"), ("CK205", "eta")],
        ),
        (
            lambda: base.extra(queue="x", mandatory="yes", que="y"),
            [("CK201", "queue"), ("CK203", "mandatory"), ("CK201", "que")],
        ),
    ]:
        assert {(code, option) for code, option, _ in refused(build)} == {*expected}
        assert len(refused(build)) == len(expected)


@pytest.mark.parametrize("level", ["off", "warning"])
def test_a_name_that_is_no_option_is_refused_at_any_level(make_app, level):
    """
    There is nothing that `.options()` could do with it, whatever the project says of slips.
    """
    app = make_app(celerykit={"severity": {"CK201": level}})

    @app.task(name="shop.one", shared=False)
    def one(x):
        return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CallWarning)
        assert refused(lambda: call(one, 1).options(que="x")) == [("CK201", "que", "")]
        assert refused(lambda: call(one, 1).extra(queue="x")) == [("CK201", "queue", "")]


def test_extra_refuses_what_has_a_method(add):
    """
    There is one way to write an option that has a method, with the checks of that method.
    """
    assert str(refusal(lambda: call(add, 2, 3).extra(countdown=10))) == printed(
        "CK201", "'countdown' is not an extra option: it has a method. Write .countdown()."
    )
    assert [each.option for each in has_method("shop.add", ["link", "timeout"])] == ["link"]


@pytest.mark.parametrize(
    "name",
    [
        *("MessageGroupId", "MessageDeduplicationId", "DelaySeconds", "MessageAttributes"),
        *("ordering_key", "session_id", "partition_key", "key", "priority_steps", "tenant"),
        *("timeout", "mandatory", "route_name", "app_id", "timestamp", "delivery_mode"),
    ],
)
def test_near_miss_what_transports_take_passes(name):
    """
    What is no slip may be a property that the broker's transport reads.
    """
    assert ask("CK201", {name: 1}) == []


def test_near_miss_names_of_other_rules_are_left_to_them():
    """
    Attributes of a task and Celery's own options have rules that know them better.
    """
    assert ask("CK201", {"max_retries": 5, "retries": 1, "queue": "high"}) == []


def test_harm_a_slip_runs_at_once_in_the_default_queue(add, message):
    """
    With plain Celery `count_down=10, que="high"` is accepted: no eta, and not that queue.
    """
    add.apply_async((2, 3), count_down=10, que="high")

    sent = message()
    assert sent.headers["eta"] is None
    assert sent.properties["count_down"] == 10
