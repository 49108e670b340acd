"""
CK410: an app whose result backend cannot be made cannot send.
"""

import pytest
from celery.backends.cache import CacheBackend

from celerykit import CallRejected, call, guard, remote
from celerykit._backend import BackendProblem
from celerykit._read_config import config_of
from celerykit.rules import of_app

from .asking import ask, printed

BROKEN = BackendProblem(
    kind="unknown",
    app="the app 'shop'",
    setting="result_backend",
    value="'reddis://'",
    where="result_backend in settings",
    says="has result_backend='reddis://', and there is no result backend 'reddis'",
    remedy="Did you mean 'redis://'?",
)


@pytest.fixture
def add(make_app):
    """
    A task of an app whose result backend is misspelt.
    """
    app = make_app(result_backend="reddis://localhost/1")

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


@pytest.mark.parametrize("kind", ["unknown", "no-driver", "malformed"])
def test_a_backend_that_cannot_be_made_is_found(kind):
    """
    A backend that is unknown, not installed or badly written stops every call.
    """
    (finding,) = ask("CK410", {}, backend_problem=BROKEN._replace(kind=kind))

    assert (finding.level, finding.option, finding.value) == (
        "error",
        "result_backend",
        "'reddis://'",
    )


def test_is_refused_at_the_send(add):
    """
    The call is refused before it leaves, with what was meant.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).ignore_result().send()

    assert str(caught.value) == printed(
        "CK410",
        f"the app {add.app.main!r} has result_backend='reddis://localhost/1' "
        "(result_backend in Celery(...) or app.conf), and there is no result backend 'reddis'. "
        "Did you mean 'redis://'?",
    )


def test_a_plain_call_is_refused(add):
    """
    guard() tells it of a plain Celery call, and of one by name.
    """
    guard(add.app, action="raise")

    with pytest.raises(CallRejected, match="CK410"):
        add.delay(2, 3)
    with pytest.raises(CallRejected, match="CK410"):
        add.app.send_task("other.add", (2, 3))


@pytest.mark.parametrize("kind", ["none", "misnamed", "overridden", "too-late", "fallback-app"])
def test_near_miss_without_a_backend_calls_pass(kind):
    """
    Celery sends without a result backend, and many apps need none.
    """
    assert ask("CK410", {}, backend_problem=BROKEN._replace(kind=kind)) == []
    assert ask("CK410", {}) == []


def test_near_miss_a_backend_that_is_there_after_all_passes(make_app, tmp_path):
    """
    A folder that was missing may be there at the next call.
    """
    app = make_app(result_backend=f"file://{tmp_path}/results")
    distant = remote("shop.add", app=app)(lambda x: x)
    before = call(distant, 1).check()

    (tmp_path / "results").mkdir()

    assert [finding.code for finding in before] == ["CK410"]
    assert call(distant, 1).check() == []


def test_near_miss_a_task_with_a_backend_of_its_own_passes(add):
    """
    A task that has a backend needs none of its app's, if the call wants no result.
    """
    add.backend = CacheBackend(app=add.app, url="memory://")
    guard(add.app, action="raise")

    call(add, 2, 3).ignore_result().send()
    add.apply_async((2, 3), ignore_result=True)


def test_harm_the_message_leaves_and_the_caller_gets_an_error(add):
    """
    With plain Celery a call that wants no result is sent, and raises all the same.
    """
    with pytest.raises(ModuleNotFoundError, match="reddis"):
        add.apply_async((2, 3), ignore_result=True)

    with add.app.connection_for_read() as connection:
        queue = add.app.conf.task_default_queue
        assert connection.default_channel.basic_get(queue, no_ack=True) is not None


def test_harm_no_call_can_be_sent(add):
    """
    With plain Celery the error of every call is one of Python's imports.
    """
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'reddis'$"):
        add.delay(2, 3)


def test_the_whole_configuration_is_judged_too(make_app):
    """
    The doctor tells it without a call, and where the setting was written.
    """
    app = make_app(result_backend="reddis://")

    (found,) = [each for each in of_app(config_of(app)) if each.code == "CK410"]

    assert (found.task, found.option, found.level) == ("", "result_backend", "error")
    assert found.where == "result_backend in Celery(...) or app.conf"
