"""
require_result_backend(): asked of an app, a task or a call, before anybody waits.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import celery
import pytest
from celery import Celery, _state, shared_task
from celery.backends.base import DisabledBackend
from celery.backends.cache import CacheBackend
from celery.backends.rpc import RPCBackend

from celerykit import (
    ResultBackendNotConfigured,
    call,
    guard,
    remote,
    require_result_backend,
    step,
    typed_app,
)
from celerykit._backend_of import problem_of
from celerykit._make_backend import only_reader


def problem(wanted, **needed):
    """
    What is wrong with what is wanted.
    """
    with pytest.raises(ResultBackendNotConfigured) as caught:
        require_result_backend(wanted, **needed)
    return caught.value.problem


@pytest.fixture
def bare(_no_celery_environment):
    """
    An app that nobody gave a result backend.
    """
    with Celery("bare", broker="memory://", set_as_current=False) as app:
        yield app


@pytest.fixture
def no_app(monkeypatch):
    """
    A process whose app was never made.
    """
    monkeypatch.setattr(_state, "default_app", None)
    monkeypatch.setattr(_state._tls, "current_app", None)


def test_the_app_is_named_with_how_it_was_found(bare, set_current):
    """
    The error says which app it is about, and why that one.
    """
    set_current(bare)

    @bare.task(name="shop.add", shared=False)
    def add(x, y):
        return x + y

    @shared_task(name="shop.sweep")
    def sweep():
        return 1

    @remote("mail.send")
    def send() -> None:
        raise NotImplementedError

    name = f"the app {bare.main!r}"
    ways = [
        (bare, name),
        (typed_app(bare), name),
        (celery.current_app, f"{name} (Celery's current app)"),
        (add, f"{name} (of shop.add)"),
        (bare.tasks["shop.add"], f"{name} (of shop.add)"),
        (call(add, 2, 3), f"{name} (of shop.add)"),
        (step(add, 2), f"{name} (of shop.add)"),
        (sweep, f"{name} (Celery's current app, for shop.sweep)"),
        (send, f"{name} (Celery's current app, for mail.send)"),
        (remote("mail.send", app=bare)(lambda: None), f"{name} (of mail.send)"),
    ]

    assert [problem(wanted).app for wanted, _ in ways] == [words for _, words in ways]


@pytest.mark.usefixtures("no_app")
def test_the_fallback_app_is_named(monkeypatch):
    """
    Where no app of yours is found, that is the problem, and not its configuration.
    """

    @shared_task(name="shop.sweep")
    def sweep():
        return 1

    found = problem(sweep)

    assert type(sweep.backend) is DisabledBackend
    assert found.kind == "fallback-app"
    assert str(found) == (
        "Celery's fallback app (no app of yours was found; Celery's current app, for shop.sweep) "
        "has result_backend=None. "
        "Import the module that makes your app before the call, and app.set_default() it."
    )


@pytest.mark.usefixtures("no_app")
def test_near_miss_a_fallback_app_with_a_backend_passes(monkeypatch):
    """
    A program may leave the making of its app to Celery, and configure it from outside.
    """
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "redis://localhost/1")

    @shared_task(name="shop.sweep")
    def sweep():
        return 1

    require_result_backend(sweep)


def test_a_task_that_ignores_its_results_is_told(app):
    """
    A backend is of no use to a task that keeps nothing in it.
    """

    @app.task(name="shop.pack", ignore_result=True)
    def pack():
        return 1

    assert pack.delay().get(timeout=0) is None
    assert problem(pack)[0:5] == (
        "ignored",
        f"the app {app.main!r} (of shop.pack)",
        "ignore_result",
        "True",
        "the task shop.pack",
    )
    assert str(problem(pack)) == (
        f"the app {app.main!r} (of shop.pack) keeps no result of shop.pack: ignore_result=True "
        "(the task shop.pack). Leave ignore_result out, or write .ignore_result(False) on the call."
    )


def test_a_call_that_ignores_its_result_is_told(add):
    """
    So is a call that says so itself.
    """
    assert problem(call(add, 2, 3).ignore_result()).where == "the call"


def test_an_app_that_ignores_results_is_told(make_app):
    """
    The setting that makes every task ignore its results is named, with its place.
    """
    app = make_app(task_ignore_result=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    assert problem(call(add, 2, 3))[2:5] == (
        "task_ignore_result",
        "True",
        "task_ignore_result in Celery(...) or app.conf",
    )


def test_near_miss_a_call_that_wants_the_result_passes(app):
    """
    A call overrules its task; and what a task elsewhere ignores is not known.
    """

    @app.task(name="shop.pack", ignore_result=True)
    def pack():
        return 1

    require_result_backend(call(pack).ignore_result(False))
    require_result_backend(remote("shop.pack", app=app)(lambda: 1))


def test_near_miss_a_task_with_a_backend_of_its_own_passes(bare):
    """
    A task that keeps its results elsewhere needs no backend of its app's, however it was given.
    """
    own = CacheBackend(app=bare, url="memory://")

    @bare.task(name="shop.one")
    def one():
        return 1

    @bare.task(name="shop.two", backend=own)
    def two():
        return 2

    one.backend = own

    require_result_backend(one)
    require_result_backend(call(two), chords=True)
    assert problem(bare).kind == "none"


def test_a_backend_of_the_tasks_own_is_judged(bare):
    """
    What a task's own backend cannot do is told, and whose it is.
    """

    @bare.task(name="shop.one")
    def one():
        return 1

    one.backend = RPCBackend(app=bare)

    require_result_backend(one)
    assert problem(one, chords=True).kind == "no-chords"
    assert str(problem(one, elsewhere=True)) == (
        f"the app {bare.main!r} (of shop.one) has backend=RPCBackend (the task's own backend), "
        "whose results come only to the process that sent the call. "
        "Use a backend that all processes reach, for example 'redis://localhost:6379/1'."
    )
    one.backend = CacheBackend(app=bare, url="memory://")
    require_result_backend(one, chords=True)
    assert problem(one, chords=True, elsewhere=True).kind == "one-process"


def test_a_backend_of_the_tasks_own_may_be_disabled(app, add):
    """
    A task may have taken away the backend of its app.
    """
    add.backend = DisabledBackend(app=app)

    assert problem(add).kind == "too-late"


def test_a_database_in_memory_is_read_by_one_process():
    """
    A database that lives in memory is no place for other processes to read.
    """

    class DatabaseBackend:
        """Celery's, which needs SQLAlchemy, by its name."""

    in_memory = ("db+sqlite://", "db+sqlite:///", "db+sqlite:///:memory:", "db+sqlite+pysqlite://")
    on_disk = ("db+sqlite:///results.db", "db+postgresql://h/d")

    assert {only_reader(DatabaseBackend, url) for url in in_memory} == {"one-process"}
    assert {only_reader(DatabaseBackend, url) for url in on_disk} == {None}


@pytest.mark.parametrize("wanted", [None, "shop", 5, len, {"app": 1}], ids=repr)
def test_what_is_no_app_task_or_call_is_refused(wanted):
    """
    Anything else is a mistake of the caller, and is shown.
    """
    with pytest.raises(TypeError, match="that is no app, task or call") as caught:
        require_result_backend(wanted)

    assert repr(wanted) in str(caught.value)


def test_the_answer_follows_the_configuration(bare, monkeypatch):
    """
    What passed is asked again when the configuration, the environment or the class changes.
    """
    assert problem(bare).kind == "none"
    bare.conf.result_backend = "redis://"
    require_result_backend(bare, elsewhere=True)
    bare.conf.result_backend = "rpc://"
    require_result_backend(bare)
    assert problem(bare, elsewhere=True).kind == "one-client"
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "disabled")
    assert problem(bare).kind == "overridden"
    monkeypatch.delenv("CELERY_RESULT_BACKEND")
    require_result_backend(bare)
    bare.backend_cls = "reddis://"
    assert problem(bare).kind == "unknown"


def test_what_could_not_be_made_is_tried_again(make_app, tmp_path):
    """
    A folder that is made later is found at the next question.
    """
    app = make_app(result_backend=f"file://{tmp_path}/results")
    assert problem(app).kind == "malformed"

    (tmp_path / "results").mkdir()

    require_result_backend(app)


def test_what_is_known_is_not_looked_up_again(bare, app):
    """
    A second question costs no second look.
    """
    assert problem_of(bare) is problem_of(bare)
    assert problem_of(app) is problem_of(app) is None


def test_threads_agree(bare, at_once):
    """
    Threads that ask at the same moment get the same answer.
    """
    assert {str(each) for each in at_once(lambda _: problem(bare))} == {str(problem(bare))}


def test_another_thread_is_not_too_late(make_app):
    """
    Each thread makes its own backend: the one that never made one is not too late.
    """
    app = make_app(result_backend=None)
    assert type(app.backend) is DisabledBackend
    app.conf.result_backend = "redis://localhost/1"

    with ThreadPoolExecutor(1) as pool:
        pool.submit(require_result_backend, app).result()
    assert problem(app).kind == "too-late"


def test_a_forked_child_knows_what_its_parent_knew(bare):
    """
    What is kept is plain values, which a fork copies.
    """
    assert problem(bare).kind == "none"
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tell, problem(bare).kind.encode())
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(told, 100) == b"none"
    os.close(told)
    os.close(tell)


def test_a_guarded_app_passes(app):
    """
    A guard stands in for a method of the app, and changes nothing here.
    """
    guard(app)

    require_result_backend(app)


def test_nothing_is_connected():
    """
    The question opens no connection, whatever the backend; a closed port would refuse it.
    """
    program = """
import socket
from celery import Celery
from celerykit import require_result_backend

def refuse(*args):
    raise AssertionError(args)

socket.socket.connect = refuse
for backend in ("redis://127.0.0.1:1/0", "rpc://", "sentinel://127.0.0.1:1"):
    require_result_backend(Celery("shop", broker="amqp://127.0.0.1:1", backend=backend))
print("passed")
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "passed\n"
