"""
A guard remembers the usual calls that passed: what it then saves, and what it never takes for one.
"""

import warnings

import pytest
from kombu import serialization
from kombu.exceptions import SerializerNotInstalled

from celerykit import CallWarning, _guard, guard
from celerykit._vocabulary import SECRETS


@pytest.fixture
def examined(monkeypatch):
    """
    The names of the tasks whose calls were examined.
    """
    names = []

    def counted(app, name, given, facts):
        names.append(name)
        return before(app, name, given, facts)

    before = _guard.plain_request
    monkeypatch.setattr(_guard, "plain_request", counted)
    return names


@pytest.fixture
def add(app):
    """
    A task of an app under guard.
    """

    @app.task(name="shop.add")
    def add(x, y=0, **more):
        raise NotImplementedError

    watching = guard(app)
    yield add
    watching.remove()


def test_calls_that_are_alike_are_examined_once(add, examined):
    """
    Whatever their arguments are, as long as those are numbers and short texts.
    """

    def send(number):
        add.apply_async((number,), {"y": number}, queue="high", countdown=10)
        add.delay(number)

    add.delay(0)  # with Celery 5.4 the first send completes the configuration
    del examined[:]
    send(1)
    assert set(examined) == {"shop.add"}
    del examined[:]

    send(2)
    send("three")

    assert examined == []


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ((1,), {"queue": "low", "countdown": 1}),
        ((1,), {"queue": "high", "countdown": 1.0}),
        ((1,), {"queue": "high", "countdown": 2}),
        ((1,), {"queue": "high", "countdown": 1, "retry": True}),
        ((1,), {"queue": "high"}),
        (((1, 2),), {"queue": "high", "countdown": 1}),
        (("x" * 5000,), {"queue": "high", "countdown": 1}),
    ],
)
def test_near_miss_a_call_that_differs_is_examined(add, examined, args, options):
    """
    One other option, or type of an option, and arguments that a rule may object to.
    """
    add.apply_async((1,), queue="high", countdown=1)
    del examined[:]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CallWarning)  # JSON makes a list of a tuple
        add.apply_async(args, **options)

    assert examined == ["shop.add"]


@pytest.mark.parametrize(
    "options",
    [
        {"headers": {"tenant": "acme"}},
        {"task_id": "mine"},
        {"countdown": 0.0},
        {"eta": "2031-05-01T00:00:00+00:00"},
        {"expires": "2031-05-01T00:00:00+00:00"},
        {"kwargs": {"queue": "high"}},
        {"kwargs": {min(SECRETS): ""}},
        {"link": [], "root_id": "r"},
    ],
)
def test_what_is_never_the_same_is_examined_each_time(add, examined, options):
    """
    Objects, ids, moments that pass, and words that a rule looks at.
    """
    kwargs = options.get("kwargs")
    others = {name: value for name, value in options.items() if name != "kwargs"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CallWarning)  # of a few of these
        for _ in range(2):
            add.apply_async((1,), kwargs, **others)

    assert examined == ["shop.add", "shop.add"]


def test_a_call_by_name_is_examined_each_time(app, add, examined):
    """
    Nobody else has compared its arguments with what the task takes.
    """
    for _ in range(2):
        app.send_task("shop.add", (1,))

    assert examined == ["shop.add", "shop.add"]


def test_a_task_with_a_secret_is_examined_each_time(app, add, examined):
    """
    What its argument holds is looked at.
    """

    @app.task(name="shop.login")
    def login(password):
        raise NotImplementedError

    login.delay(None)
    with pytest.warns(CallWarning, match="CK110"):
        login.delay("hunter2")

    assert examined == ["shop.login", "shop.login"]


def test_what_is_wrong_is_told_each_time(add, examined):
    """
    Only what passed is remembered.
    """
    for _ in range(2):
        with pytest.warns(CallWarning, match="CK201"):
            add.apply_async((1,), count_down=10)

    assert examined == ["shop.add", "shop.add"]


def test_another_configuration_is_another_answer(app, add, examined):
    """
    What passed under one may not pass under another.
    """
    add.delay(1)
    app.conf.accept_content = ["yaml"]
    with pytest.warns(CallWarning, match="CK301"):
        add.delay(1)
    add.serializer = "yaml"
    add.delay(1)

    assert examined == ["shop.add"] * 3


def test_where_a_call_goes_is_looked_at_each_time(make_app, examined):
    """
    Routes may have a state, and the result of asking them is not kept.
    """
    app = make_app(task_routes={"shop.*": {"queue": "routed"}})

    @app.task(name="shop.add")
    def add(x):
        raise NotImplementedError

    watching = guard(app)
    for _ in range(2):
        add.apply_async((1,), queue="high")
    watching.remove()

    assert examined == ["shop.add", "shop.add"]


def test_a_serializer_that_is_gone_is_another_answer(add, examined):
    """
    Which ones there are is kombu's to say, at any time.
    """
    serialization.register("shop", str, str, "application/x-shop")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CallWarning)  # no worker accepts it
        add.apply_async((1,), serializer="shop")
    serialization.unregister("shop")

    with pytest.warns(CallWarning, match="CK223"), pytest.raises(SerializerNotInstalled):
        add.apply_async((1,), serializer="shop")

    assert examined == ["shop.add", "shop.add"]


def test_another_function_of_the_task_is_another_answer(add, examined):
    """
    Rules look at the names of its parameters.
    """
    add.delay(1)
    add.run = lambda x, foo=1: x
    add.delay(1)

    assert examined == ["shop.add", "shop.add"]
