"""
What plain Celery misreads, and what stops its workers: nothing of it passes the builder.

Each table is a list of what Celery accepts, through one way in, with the code that refuses it.
"""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from math import inf, nan
from uuid import UUID

import pytest
from kombu import Queue

from celerykit import CallRejected, call

UTC = timezone.utc
NAIVE = datetime(2031, 5, 1)  # noqa: DTZ001 - a mistake under test
PAST = datetime(2020, 1, 1, tzinfo=UTC)
ENDLESS = datetime(9999, 12, 31, tzinfo=UTC)

# 1.2, 2: public options with a value that is accepted and misread
OPTIONS = {
    "CK203": [
        *({"countdown": value} for value in ("5", Decimal(5), NAIVE, True, None)),
        *({"eta": value} for value in ("", "garbage", "tomorrow", "2031-02-30T00:00:00")),
        *({"eta": value} for value in (5, timedelta(1), date(2031, 5, 1), time(10), None)),
        *({"expires": value} for value in (date(2031, 5, 1), Decimal(10), "10", True)),
        *({"priority": value} for value in ("7", 5.5, "high", True, None)),
        *({"queue": value} for value in (None, 5, Queue("high"))),
        *({"exchange": 5}, {"routing_key": 5}, {"serializer": 5}, {"compression": 5}),
        *({"time_limit": value} for value in ("10", "abc", [1])),
        *({"soft_time_limit": value} for value in ("x", [1])),
        *({"retry": value} for value in (1, "no")),
        *({"task_id": value} for value in (42, b"x", None)),
        *({"headers": 5}, {"ignore_result": "no"}, {"ignore_result": 1}, {"shadow": 5}),
    ],
    "CK204": [
        *({"countdown": value} for value in (-5, -0.1, inf, nan, 1e12, 2e11)),
        *({"expires": value} for value in (0, -1, inf, nan, 10 * 365 * 86_400)),
        *({"priority": value} for value in (-1, 256)),
        *({"time_limit": value} for value in (0, -1, inf)),
        {"task_id": "x" * 256},
    ],
    "CK205": [{"eta": NAIVE}, {"expires": NAIVE}],
    "CK206": [{"countdown": 10, "eta": ENDLESS}, {"countdown": 0, "eta": ENDLESS}],
    "CK207": [{"countdown": 60, "expires": 30}],
    "CK208": [{"time_limit": 1, "soft_time_limit": 3}],
    "CK210": [{"headers": {"a": {1}}}, {"headers": {"a": b"x"}}, {"headers": {"a": PAST}}],
    "CK214": [{"queue": ""}, {"queue": " high"}, {"task_id": ""}, {"shadow": ""}],
    "CK215": [{"retry_policy": {"max_retry": 3}}, {"retry_policy": {"max_retries": "3"}}],
}

# 1.2 to 1.4: what is written into .extra()
EXTRAS = {
    "CK201": [
        *({"count_down": 10}, {"que": "x"}, {"expire": 5}, {"prio": 9}, {"timelimit": 3}),
        *({"ETA": 5}, {"soft_timeout": 5}, {"delay": 5}),
    ],
    "CK202": [
        *({name: "x"} for name in ("group_id", "group_index", "chord", "chain", "retries")),
        *({name: "x"} for name in ("root_id", "parent_id", "reply_to", "replaced_task_nesting")),
        *({name: "x"} for name in ("stamped_headers", "origin", "now", "timezone", "router")),
        *({name: "x"} for name in ("event_dispatcher", "result_cls", "task_type", "body", "name")),
        *({name: "x"} for name in ("create_sent_event", "message", "args", "exchange_type")),
        *({"argsrepr": "x"}, {"kwargsrepr": "x"}, {"immediate": True}, {"expiration": -5}),
        *({"content_type": "text/plain"}, {"chain": [5]}, {"reply_to": 5}, {"retries": 5}),
        {"application_headers": {}},
    ],
    "CK203": [
        *({"delivery_mode": value} for value in (7, True, 1.0)),
        *({"message_id": 5}, {"timestamp": "x"}, {"add_to_parent": 1}, {"route_name": 5}),
        *({"producer": "x"}, {"connection": "amqp://"}, {"publisher": 5}, {"declare": ["high"]}),
        *({"timeout": "5"}, {"confirm_timeout": "5"}, {"mandatory": 1}),
    ],
    "CK204": [{"timeout": -1}, {"timestamp": 2**63}, {"app_id": "x" * 256}],
    "CK210": [{"MessageGroupId": {1}}],
    "CK212": [{"user_id": "bob"}],
    "CK213": [
        *({"max_retries": 5}, {"acks_late": True}, {"rate_limit": "1/s"}, {"immutable": True}),
        *({"ignore_results": True}, {"store_errors_even_if_ignored": True}, {"backend": "x"}),
    ],
}

# 1.2, 2, 15: headers that are Celery's own
HEADERS = [
    *("task", "id", "timelimit", "eta", "expires", "ignore_result", "compression", "retries"),
    *("group", "root_id", "parent_id", "lang", "shadow", "origin", "argsrepr", "kwargsrepr"),
    *("reply_to", "stamps", "stamped_headers", "args", "hostname", "is_eager", "chain"),
    *("called_directly", "delivery_info", "callbacks", "errbacks", "correlation_id"),
]
POISON = [5, "x", [1], (1, 2, 3), None]

# 1.2 to 1.4: what only the app and the moment of the send can tell
CHECKED = {
    "past expiry": ({"expires": PAST}, {}, {}, "CK207"),
    "endless expiry": ({"expires": ENDLESS}, {}, {}, "CK204"),
    "past eta": ({"eta": PAST}, {}, {}, "CK225"),
    "endless eta": ({"eta": ENDLESS}, {}, {}, "CK204"),
    "misspelt queue": ({"queue": "hgih"}, {}, {"task_queues": [Queue("high")]}, "CK226"),
    "exchange alone": ({"exchange": "x"}, {}, {}, "CK222"),
    "routing key alone": ({"routing_key": "k"}, {}, {}, "CK222"),
    "unroutable": ({"exchange": "x", "routing_key": "k"}, {}, {}, "CK227"),
    "overruled queue": ({"queue": "q", "exchange": "x", "routing_key": "k"}, {}, {}, "CK222"),
    "unknown serializer": ({"serializer": "nope"}, {}, {}, "CK223"),
    "pickle": ({"serializer": "pickle"}, {}, {}, "CK301"),
    "unknown compression": ({"compression": "nope"}, {}, {}, "CK223"),
    "priority 100": ({"priority": 100}, {}, {"broker_url": "redis://127.0.0.1:1"}, "CK220"),
    "user_id": ({}, {"app_id": "a", "user_id": "x"}, {"broker_url": "amqp://127.0.0.1:1"}, "CK224"),
}

# 1.2, 1.4: what is meant sometimes, and harms nobody else
LET_THROUGH = {
    "no retry of the publishing, slower on a refused broker": {"retry": False},
    "a limit of the socket's write, and no time limit": {"timeout": 30},
    "no limit at all without confirms": {"confirm_timeout": 5},
    "nothing declared before the send": {"declare": []},
    "the name that routes are looked up by": {"route_name": "shop.other"},
    "a property of one transport": {"MessageGroupId": "g"},
}


def rows(table):
    """
    Each call of a table with its code.
    """
    return [
        pytest.param(options, code, id=f"{code} {options!r}"[:70])
        for code, each in table.items()
        for options in each
    ]


@pytest.fixture
def base(app):
    """
    A call of a task that has a parameter called like an AMQP property.
    """

    @app.task(name="shop.add")
    def add(x, y, user_id=None):
        return x + y

    return call(add, 2, 3)


def codes(build, *args, **options):
    """
    The codes of the refusal of what is built with these options, or none when there is no refusal.
    """
    try:
        build(*args, **options)
    except CallRejected as refusal:
        return {finding.code for finding in refusal.findings}
    return set()


@pytest.mark.parametrize(("options", "code"), rows(OPTIONS))
def test_options_refuses_it(base, options, code):
    """
    No value that Celery misreads passes `.options()`.
    """
    assert code in codes(base.options, **options)


def test_extra_is_no_way_round(base):
    """
    An option with a method does not pass `.extra()`, whatever its value.
    """
    every = [options for each in OPTIONS.values() for options in each]

    assert [options for options in every if codes(base.extra, **options) != {"CK201"}] == []


def test_one_option_after_the_other_is_no_way_round(base):
    """
    Options written one by one are refused at the last of them.
    """

    def build(**options):
        made = base
        for name, value in options.items():
            made = made.options(**{name: value})

    for code, each in OPTIONS.items():
        assert [options for options in each if code not in codes(build, **options)] == []


@pytest.mark.parametrize(("options", "code"), rows(EXTRAS))
def test_extra_refuses_it(base, options, code):
    """
    No misspelling, no option of Celery's own and no attribute of a task passes `.extra()`.
    """
    assert code in codes(base.extra, **options)


def test_options_is_no_way_round(base):
    """
    Nor does any of them pass `.options()`.
    """
    every = [options for each in EXTRAS.values() for options in each]

    assert [options for options in every if not codes(base.options, **options)] == []


@pytest.mark.parametrize("name", HEADERS)
def test_headers_refuse_it(base, name):
    """
    No header of Celery's own passes, whatever its value, in either form.
    """
    for value in POISON:
        assert "CK209" in codes(base.headers, {name: value})
        assert "CK209" in codes(base.headers, **{name: value})
        assert "CK209" in codes(base.headers(a=1).options, headers={name: value})


@pytest.mark.parametrize("value", ["shop.add", 5, {"task": "shop.add"}, [None]], ids=repr)
@pytest.mark.parametrize("name", ["link", "link_error"])
def test_a_callback_that_is_none_is_refused(base, name, value):
    """
    A callback that is not a call or a step passes neither the method nor another way.
    """
    assert codes(getattr(base, name), value) == {"CK203"}
    assert codes(base.options, **{name: value}) == {"CK201"}
    assert codes(base.extra, **{name: value}) == {"CK201"}


@pytest.mark.parametrize(("options", "extra", "settings", "code"), CHECKED.values(), ids=CHECKED)
def test_check_tells(make_app, options, extra, settings, code):
    """
    What the call alone does not show is told by `check()`.
    """
    app = make_app(**settings)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    one = call(add, 2, 3).options(**options).extra(**extra)

    assert code in [finding.code for finding in one.check()]


def test_options_beside_the_arguments_are_told(make_app):
    """
    `countdown=10` among the arguments is refused, or told where the task takes anything.
    """
    app = make_app()

    @app.task(name="shop.strict")
    def strict(x):
        return x

    @app.task(name="shop.loose")
    def loose(x, **fields):
        return x

    assert codes(call, strict, 1, countdown=10, queue="x") == {"CK102"}
    assert [each.code for each in call(loose, 1, countdown=10, queue="x").check()] == ["CK105"] * 2


@pytest.mark.parametrize("options", LET_THROUGH.values(), ids=LET_THROUGH)
def test_what_is_meant_sometimes_passes(base, options):
    """
    What harms nobody but may surprise is for its writer to know.
    """
    made = base.no_retry() if "retry" in options else base.extra(**options)

    assert made.check() == []


def test_an_id_that_not_every_broker_takes_is_made_fit(base):
    """
    A UUID is sent as the text that it prints.
    """
    assert base.task_id(UUID(int=7)).signature().options["task_id"] == str(UUID(int=7))


def test_nothing_leaves_when_the_send_refuses(add, messages):
    """
    A call that `check()` calls an error raises at the send, before anything is published.
    """
    with pytest.raises(CallRejected):
        call(add, 2, 3).expires(PAST).send()

    assert messages() == []
