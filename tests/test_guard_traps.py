"""
What plain Celery accepts and misreads: the guard names it, at the line that made the call.

Each row is a mistake, with the code that answers it; it is made in each way that Celery knows.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta, timezone
from typing import Any

import pytest
from celery import chain, chord, group

from celerykit import guard
from celerykit.rules import catalogue

from .guarding import codes, line, places, refused

UTC = timezone.utc
NAIVE = datetime(2031, 5, 1)  # noqa: DTZ001 - a mistake under test
PAST = datetime(2020, 1, 1, tzinfo=UTC)
SOON = datetime.now(UTC) + timedelta(hours=1)
UNKNOWN = ("count_down", "que", "expire", "prio", "timelimit", "ETA", "soft_timeout", "delay")
ATTRIBUTES = ("max_retries", "acks_late", "rate_limit", "ignore_results")
HEADERS = ("task", "timelimit", "eta", "id", "compression", "retries", "lang", "args", "hostname")

ROWS: list[tuple[str, dict[str, Any]]] = [
    # what is no option at all
    *(("CK201", {name: 1}) for name in UNKNOWN),
    *(("CK213", {name: 5}) for name in ATTRIBUTES),
    ("CK213", {"store_errors_even_if_ignored": True}),
    ("CK212", {"user_id": "bob"}),
    # what stops a worker, and what it drops
    *(("CK203", {"eta": value}) for value in ("", "garbage", "2031-02-30T00:00:00")),
    *(("CK203", {"time_limit": value}) for value in ("abc", "10", [1])),
    *(("CK203", {"soft_time_limit": value}) for value in ("x", [1])),
    *(("CK209", {"headers": {name: 5}}) for name in HEADERS),
    # times
    *(("CK205", {name: NAIVE}) for name in ("eta", "expires")),
    *(("CK205", {name: NAIVE.isoformat()}) for name in ("eta", "expires")),
    *(("CK206", {"eta": SOON, "countdown": value}) for value in (0, 10)),
    *(("CK204", {"countdown": value}) for value in (-5, -0.1, 1e11)),
    *(("CK204", {"expires": value}) for value in (0, -1)),
    *(("CK207", {"expires": 30, **start}) for start in ({"countdown": 60}, {"eta": SOON})),
    ("CK207", {"expires": PAST}),
    ("CK207", {"expires": SOON, "eta": SOON + timedelta(hours=1)}),
    ("CK208", {"time_limit": 1, "soft_time_limit": 3}),
    *(("CK204", {"time_limit": value}) for value in (0, -1)),
    # where it goes
    *(("CK214", {"queue": value}) for value in ("", " high", "high\n")),
    ("CK222", {"routing_key": "high"}),
    ("CK222", {"exchange": "orders"}),
    ("CK203", {"priority": "high"}),
    ("CK204", {"priority": 256}),
    ("CK203", {"delivery_mode": 7}),
    ("CK203", {"task_id": 42}),
    ("CK202", {"immediate": True}),
    # what follows
    *(("CK501", {"link": value}) for value in ("shop.add", 5, ["shop.add"], {"task_": "x"})),
    ("CK501", {"link_error": 5}),
]

# What the time of sending, or the app, decides is not known of a step that comes later.
AT_ONCE = {"CK222", "CK501"}


@pytest.fixture
def pay(app):
    """
    A task whose parameter is called like a property of AMQP's, in an app that knows its tasks.
    """

    @app.task(name="shop.pay", shared=False)
    def pay(x, y=1, user_id=None):
        """Nothing runs here."""

    app.finalize()
    return pay


def by_apply_async(task: Any, options: dict[str, Any]) -> Any:
    """
    The ordinary way.
    """
    return task.apply_async((2, 3), **options)


def by_signature(task: Any, options: dict[str, Any]) -> Any:
    """
    A signature, with options when it is applied.
    """
    return task.s(2, 3).apply_async(**options)


def by_set(task: Any, options: dict[str, Any]) -> Any:
    """
    A signature that was given options.
    """
    return task.s(2, 3).set(**options).delay()


def by_name(task: Any, options: dict[str, Any]) -> Any:
    """
    The name of the task alone.
    """
    return task.app.send_task(task.name, (2, 3), **options)


def in_group(task: Any, options: dict[str, Any]) -> Any:
    """
    The only member of a group.
    """
    return group([task.s(2, 3).set(**options)]).apply_async()


def first_of_chain(task: Any, options: dict[str, Any]) -> Any:
    """
    The first step of a chain.
    """
    return chain(task.s(2, 3).set(**options), task.s(4)).apply_async()


def in_chord(task: Any, options: dict[str, Any]) -> Any:
    """
    The only member of the header of a chord.
    """
    return chord([task.s(2, 3).set(**options)])(task.s(4))


def later_in_chain(task: Any, options: dict[str, Any]) -> Any:
    """
    A step that a worker will send.
    """
    return chain(task.s(2, 3), task.s(4), task.s(5).set(**options)).apply_async()


def as_callback(task: Any, options: dict[str, Any]) -> Any:
    """
    What follows the task.
    """
    return task.apply_async((2, 3), link=task.s(4).set(**options))


def as_body(task: Any, options: dict[str, Any]) -> Any:
    """
    What follows a group of two.
    """
    return chord([task.s(2, 3), task.s(4, 5)])(task.s(4).set(**options))


NOW: list[Callable[..., Any]] = [by_apply_async, by_signature, by_set, by_name, in_group]
NOW += [first_of_chain, in_chord]
LATER: list[Callable[..., Any]] = [later_in_chain, as_callback, as_body]


def is_known_before(code: str, options: dict[str, Any]) -> bool:
    """
    Whether a mistake shows in the values alone, without the clock and the app.
    """
    return code not in AT_ONCE and options not in (
        {"user_id": "bob"},
        {"expires": PAST},
        {"expires": 30, "eta": SOON},
    )


CASES = [(way, code, options) for way in NOW for code, options in ROWS]
CASES += [
    (way, code, options)
    for way in LATER
    for code, options in ROWS
    if is_known_before(code, options)
]


@pytest.mark.parametrize(("way", "code", "options"), CASES)
def test_it_is_named(app, pay, way, code, options):
    """
    A mistake is named by its code, and by no other; refused, nothing is published.
    """
    guard(app)
    if "task_id" not in options:  # of an odd one Celery makes no result
        assert codes(lambda: way(pay, options)) == [code]

    guard(app, action="raise")
    if catalogue()[code].RULE.level == "error":
        assert refused(lambda: way(pay, options)) == [code]


@pytest.mark.parametrize("way", [*NOW, *LATER])
def test_it_points_at_the_caller(app, pay, way):
    """
    The warning points at the caller's line: here, the one of the way, in this file.
    """
    guard(app)
    first = way.__code__.co_firstlineno

    ((filename, number),) = places(lambda: way(pay, {"count_down": 5}))

    assert filename == __file__
    assert first < number < first + 6


def test_options_as_arguments(app):
    """
    An option beside the arguments of delay() goes to the task, when its **kwargs take it.
    """

    @app.task(name="shop.log", shared=False)
    def log(text, **fields):
        """Nothing runs here."""

    guard(app)

    assert codes(lambda: log.delay("hi", countdown=10, queue="x")) == ["CK105"] * 2
    assert codes(lambda: log.delay("hi", colour="red")) == []


@pytest.mark.parametrize("value", [time(10), 5, timedelta(1)])
def test_it_speaks_before_celery_fails(app, pay, value):
    """
    What Celery fails on is named first, in words.
    """
    guard(app, action="raise")

    assert refused(lambda: pay.apply_async((1,), eta=value)) == ["CK203"]


def test_arguments_are_checked_where_celery_does_not(app, pay):
    """
    A call by name, and a callback, with arguments that the task cannot take, are named.
    """
    guard(app)

    assert codes(lambda: app.send_task("shop.pay", (1, 2, 3, 4))) == ["CK102"]
    assert codes(lambda: pay.apply_async((1,), link=pay.s(2, 3, 4))) == ["CK501"]
    here, found = line(), places(lambda: app.send_task("shop.pya", (1,)))
    assert found == [(__file__, here)]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"x": (1, 2)}, "CK302"),
        ({"x": {1: "a"}}, "CK302"),
        ({"x": {1, 2}}, "CK303"),
        ({"x": {"__type__": "uuid", "__value__": {}}}, "CK305"),
        ({"x": "long" * 100_000}, "CK304"),
    ],
)
def test_what_json_does_to_arguments(app, pay, values, code):
    """
    Arguments that JSON changes, refuses or misreads are named, and those that are too large.
    """
    guard(app, action="raise")
    error = catalogue()[code].RULE.level == "error"

    assert (refused if error else codes)(lambda: pay.apply_async((), values)) == [code]
    assert (refused if error else codes)(lambda: app.send_task("far", (), values)) == [code]
