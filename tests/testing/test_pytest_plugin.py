"""
The fixtures that come with pytest: they are found by themselves, and cost nothing unused.
"""

import subprocess
import sys
import threading
from types import SimpleNamespace

import celery
import pytest
from celery import Celery

from celerykit import CallRejected
from celerykit.pytest_plugin import _settings
from celerykit.testing import run_pending


def test_sent(celerykit_sent, add):
    """
    celerykit_sent captures every app.
    """
    add.delay(1, 2)
    Celery("new", set_as_current=False).send_task("billing.charge")

    assert [each.task for each in celerykit_sent.run()] == ["shop.add"]
    assert len(celerykit_sent) == 2


def test_plain_calls_are_checked(celerykit_sent, add):
    """
    A plain call that a rule refuses is refused.
    """
    with pytest.raises(CallRejected, match="CK201"):
        add.apply_async((1, 2), contdown=10)


@pytest.mark.celerykit(allow=["CK201"])
def test_allowed_by_the_marker(celerykit_sent, add):
    """
    The marker names rules that may not object.
    """
    add.apply_async((1, 2), contdown=10)

    assert len(celerykit_sent) == 1


@pytest.mark.celerykit(allow="CK201")
def test_one_rule_allowed_by_the_marker(celerykit_sent, add):
    """
    One rule may be named alone, as for ``capture()``.
    """
    add.apply_async((1, 2), contdown=10)

    assert len(celerykit_sent) == 1


@pytest.mark.celerykit(action="warn")
def test_warned_of_by_the_marker(celerykit_sent, add):
    """
    The marker may say that rules only warn.
    """
    with pytest.warns(match="CK201"):
        add.apply_async((1, 2), contdown=10)


@pytest.mark.celerykit(strict=True)
def test_strict(celerykit_sent, add):
    """
    A strict test is content when each call was asserted on.
    """
    add.delay(1, 2)

    celerykit_sent.assert_sent(add, 1, 2)


def test_app(celerykit_app):
    """
    celerykit_app is a new app in memory, and the current one.
    """

    @celerykit_app.task
    def add(x: int, y: int) -> int:
        return x + y

    result = add.delay(1, 2)

    assert celery.current_app._get_current_object() is celerykit_app
    assert len(run_pending(celerykit_app)) == 1
    assert result.get() == 3


@pytest.mark.celerykit(settings={"task_default_queue": "own"})
def test_app_with_settings(celerykit_app):
    """
    The marker gives the app its settings.
    """
    assert celerykit_app.conf.task_default_queue == "own"


def test_clock(celerykit_app, celerykit_clock):
    """
    celerykit_clock moves Celery's time.
    """
    done = []

    @celerykit_app.task
    def note():
        done.append(celerykit_app.now())

    note.apply_async(countdown=300)
    celerykit_clock.advance(300)

    assert done == [celerykit_clock.now]


def test_all_together(celerykit_sent, celerykit_app, celerykit_clock):
    """
    The three work together: the app is captured, and its time moves.
    """
    task = celerykit_app.task(name="x")(nothing)
    task.apply_async(countdown=300)
    celerykit_clock.advance(300)

    assert celerykit_sent.one(task).handle.get(timeout=0) is None


def test_worker(celerykit_app, celerykit_worker):
    """
    celerykit_worker is a worker of celerykit_app, and runs what is made and sent meanwhile.
    """

    @celerykit_app.task
    def add(x: int, y: int) -> int:
        return x + y

    assert celerykit_worker.app is celerykit_app
    assert add.delay(1, 2).get(timeout=20) == 3


@pytest.fixture
def current_app(app, set_current):
    """
    The test's app, as the current one.
    """
    set_current(app)
    return app


def test_worker_of_the_current_app(current_app, celerykit_worker):
    """
    Without celerykit_app it is the current app's.
    """
    assert celerykit_worker.app is current_app


@pytest.mark.celerykit(concurrency=2, allow=["CK402"])
def test_worker_with_settings(current_app, celerykit_worker):
    """
    The marker says how many tasks run at once, and what may pass.
    """
    both = threading.Barrier(2)

    @current_app.task
    def meet() -> int:
        return both.wait(20)

    results = [meet.delay(), meet.delay()]

    assert {result.get(timeout=20) for result in results} == {0, 1}


@pytest.mark.celerykit(strict=True)
def test_worker_and_sent(celerykit_worker, celerykit_sent, celerykit_app):
    """
    With celerykit_sent what is sent is listed there and run by the worker, whatever the order.
    """
    task = celerykit_app.task(name="x")(nothing)

    assert task.delay().get(timeout=20) is None
    celerykit_sent.assert_only(task)


def nothing():
    """
    Do nothing.
    """


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        (pytest.mark.celerykit(strct=True), "strct"),
        (pytest.mark.celerykit("shop"), "'shop'"),
    ],
    ids=["misspelt", "positional"],
)
def test_a_wrong_marker(mark, what):
    """
    A marker that says something unknown is refused.
    """
    request = SimpleNamespace(node=SimpleNamespace(iter_markers=lambda name: [mark.mark]))

    with pytest.raises(pytest.UsageError, match=f"does not take {what}; it takes"):
        _settings(request)


def test_the_nearest_marker_counts():
    """
    What a function's marker says wins over what its module's says, word by word.
    """
    near, far = pytest.mark.celerykit(strict=True), pytest.mark.celerykit(strict=False, allow=["x"])
    marks = [near.mark, far.mark]
    request = SimpleNamespace(node=SimpleNamespace(iter_markers=lambda name: marks))

    assert _settings(request) == {"strict": True, "allow": ["x"]}


SUITE = """
import sys
import pytest

def test_nothing():
    assert not {"celery", "kombu", "celerykit.testing", "celerykit._call"} & sys.modules.keys()

@pytest.mark.celerykit
def test_forgotten(celerykit_sent):
    from celery import Celery
    Celery("shop", set_as_current=False).send_task("billing.charge", (1,))

@pytest.mark.celerykit
def test_wrong(celerykit_sent):
    from celery import Celery
    Celery("shop", set_as_current=False).send_task("billing.refund", (1,))
    assert 2 + 2 == 5
"""


@pytest.mark.parametrize(
    ("ini", "outcome"),
    [("", "1 failed, 2 passed"), ("celerykit_strict = true\n", "1 failed, 2 passed, 1 error")],
    ids=["plain", "strict"],
)
def test_a_suite_of_a_user(tmp_path, ini, outcome):
    """
    The plugin is loaded without Celery, its marker is known, and strict tests end in an error, but
    for one that has failed already.
    """
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = --strict-markers\n{ini}")
    (tmp_path / "test_it.py").write_text(SUITE)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"= {outcome} in" in done.stdout, done.stdout
    if ini:
        assert (
            "nothing that the test does not assert on was to be sent, but 1 call was sent:\n"
            "E              1. call(billing.charge, 1)"
        ) in done.stdout
