"""
Standing in for Celery's methods: unseen, for one app, and undone to the last.
"""

import copy
import inspect
import pickle
import subprocess
import sys

import pytest
from celery import VERSION
from celery.backends.asynchronous import AsyncBackendMixin
from celery.backends.base import SyncBackendMixin
from celery.result import AsyncResult, EagerResult, GroupResult, ResultSet

import celerykit._watched_reads
from celerykit import call, guard

from .reading import codes, codes_in_a_task

SOON = 0.01
POINTS = [
    (AsyncResult, ["get", "wait", "_get_task_meta"]),
    (ResultSet, ["get", "join", "join_native", "iter_native"]),
    (AsyncBackendMixin, ["wait_for_pending"]),
    (SyncBackendMixin, ["wait_for_pending"]),
]


def methods():
    """
    What stands now where Celery reads.
    """
    return {(kind, name): vars(kind)[name] for kind, names in POINTS for name in names}


@pytest.fixture(autouse=True)
def plain(app):
    """
    Celery as it is without any guard: whatever other tests have left is taken away.
    """
    celerykit._watched_reads.WATCHED.clear()
    guard(app).remove()
    return methods()


def test_it_stands_in_with_the_first_app_and_goes_with_the_last(make_app, plain):
    """
    Two apps share what stands in; when both guards are gone, Celery has its own methods back.
    """
    first, second = guard(make_app()), guard(make_app())
    assert all(method is not plain[point] for point, method in methods().items())

    first.remove()
    first.remove()
    assert all(method is not plain[point] for point, method in methods().items())

    second.remove()
    assert methods() == plain


def test_installed_twice_it_stands_in_once(app, plain):
    """
    A second guard of one app, with another action, changes nothing in Celery.
    """
    guard(app)
    before = methods()

    guard(app, action="raise")

    assert methods() == before


def traced(before):
    """
    Stand in for a method of Celery's, as a tracer does.
    """

    def read(self, *args, **options):
        return before(self, *args, **options)

    return read


def test_who_came_after_stays(app, add, plain, monkeypatch):
    """
    Who stood in for Celery's method since is left in place, and reads as before.
    """
    watching = guard(app)
    theirs = traced(AsyncResult.get)
    monkeypatch.setattr(AsyncResult, "get", theirs)

    watching.remove()

    assert AsyncResult.get is theirs
    assert codes_in_a_task(app, lambda: add.delay(2, 3).get(timeout=SOON)) == []


def test_who_came_between_hears_it_once(app, add, plain, monkeypatch):
    """
    Installed again after somebody stood in for Celery's method, it speaks once; when they go and
    it is removed, Celery has its own method back.
    """
    watching = guard(app)
    with monkeypatch.context() as patch:
        patch.setattr(AsyncResult, "get", traced(AsyncResult.get))
        watching.remove()
        again = guard(app)

        assert codes_in_a_task(app, lambda: add.delay(2, 3).get(timeout=SOON)) == ["CK402"]

    again.remove()
    assert methods() == plain


def test_results_stay_celerys(app, add):
    """
    Type, equality, text, hash, copy and signature of a result are what they were.
    """
    before = app.AsyncResult("7")
    text, signature = repr(before), inspect.signature(AsyncResult.get)
    guard(app)

    after = app.AsyncResult("7")

    assert type(after) is type(before)
    assert (after, repr(after), str(after), hash(after)) == (before, text, "7", hash("7"))
    assert type(add.delay(2, 3)) is app.AsyncResult
    assert isinstance(add.delay(2, 3), AsyncResult)
    assert copy.copy(after) == before
    assert inspect.signature(AsyncResult.get) == signature
    assert (AsyncResult.get.__name__, AsyncResult.get.__module__) == ("get", "celery.result")


def test_a_pickled_result_needs_no_celerykit(app, add):
    """
    A result of a guarded app is read from pickle by a process that knows Celery alone.
    """
    guard(app)
    results = [app.AsyncResult("7"), app.GroupResult("8", [app.AsyncResult("9")])]
    program = (
        "import pickle, sys; from celery import Celery; app = Celery(broker='memory://'); "
        "print(pickle.loads(bytes.fromhex(sys.argv[1])), 'celerykit' in sys.modules)"
    )

    told = subprocess.run(
        [sys.executable, "-c", program, pickle.dumps([each.id for each in results]).hex()],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    again = pickle.loads(pickle.dumps(results[0].__reduce__()[1]))  # noqa: S301 - ours

    assert told.split() == ["['7',", "'8']", "False"]
    assert again[1][0] == "7"
    assert b"celerykit" not in pickle.dumps(results[0])
    assert b"celerykit" not in pickle.dumps(results[1])


def test_eager_results_are_untouched(app, plain):
    """
    The methods of a result that is there from the start are Celery's own.
    """
    guard(app)

    assert vars(EagerResult)["get"] is vars(EagerResult)["wait"]
    assert "celerykit" not in EagerResult.get.__code__.co_filename


def test_an_empty_set_makes_up_no_app(app, monkeypatch):
    """
    A set of nothing is not asked for its app: Celery would make one up.
    """
    guard(app)
    monkeypatch.setattr(ResultSet, "app", property(lambda self: pytest.fail("asked")))

    assert ResultSet([]).join(timeout=SOON) == []


def test_a_result_of_a_proxy_is_its_apps(app, add, set_current):
    """
    A result that was made with celery.current_app is watched as one of the app it stands for.
    """
    from celery import current_app  # noqa: PLC0415 - or pytest would have Celery make up an app

    set_current(app)
    guard(app)

    def read():
        AsyncResult(add.delay(2, 3).id, app=current_app).get(timeout=SOON)

    assert codes_in_a_task(app, read) == ["CK402"]


def test_a_result_without_an_app_is_nobodys(app, add):
    """
    A result that was robbed of its app is read as before.
    """
    guard(app)
    result = add.delay(2, 3)
    result.backend.mark_as_done(result.id, 5)
    result.app = None

    assert codes(result.maybe_throw) == []


@pytest.mark.parametrize("kind", ["one", "many"])
def test_no_time_is_a_look(app, add, kind):
    """
    A read that does not wait is none, until it is made again and again; before Celery 5.7 a timeout
    of 0 is none, so that such a read waits.
    """
    guard(app)
    sent = add.delay(2, 3)
    sent.backend.mark_as_done(sent.id, 5)

    def look(times):
        for _ in range(times):
            result = app.AsyncResult(sent.id)  # one that has not looked
            (app.ResultSet([result]).join if kind == "many" else result.get)(timeout=0)

    waits = VERSION < (5, 7)
    assert codes_in_a_task(app, lambda: look(4)) == ["CK402"] * 4 * waits
    assert codes_in_a_task(app, lambda: look(5)) == ["CK402"] * (5 if waits else 1)


def test_without_the_private_name_only_looks_are_missed(app, add, monkeypatch):
    """
    If Celery calls its private method otherwise one day, reads that wait are guarded all the same.
    """
    meta = AsyncResult._get_task_meta
    monkeypatch.delattr(AsyncResult, "_get_task_meta")
    guard(app)
    monkeypatch.setattr(AsyncResult, "_get_task_meta", meta, raising=False)

    def look():
        result = add.delay(2, 3)
        for _ in range(10):
            result.ready()

    assert codes_in_a_task(app, look) == []
    assert codes_in_a_task(app, lambda: add.delay(2, 3).get(timeout=SOON)) == ["CK402"]


def test_the_private_names_are_there(app):
    """
    Celery still has what is not public: how a result looks, what it keeps, its own way out.
    """
    assert inspect.signature(AsyncResult._get_task_meta).parameters.keys() == {"self"}
    assert app.AsyncResult("7")._cache is None
    assert EagerResult("7", 5, "SUCCESS")._cache
    for method in (AsyncResult.get, ResultSet.get, ResultSet.join, ResultSet.join_native):
        assert "disable_sync_subtasks" in inspect.signature(method).parameters
    assert isinstance(vars(type(app))["current_worker_task"], property)
    assert not hasattr(AsyncResult, "results")
    assert issubclass(GroupResult, ResultSet)


def test_celerys_own_command_is_not_told(app, add):
    """
    `celery result ID` waits without a timeout, because that is what it is for.
    """
    guard(app)
    result = add.delay(2, 3)
    result.backend.mark_as_done(result.id, 5)
    space = {"__name__": "celery.bin.result", "read": result.get}

    exec("def command(): return read()", space)  # noqa: S102 - a line of Celery's, in short

    assert codes(space["command"]) == []


def test_a_handle_of_a_guarded_app_outside_a_task(app, add):
    """
    A handle that is read where anybody may wait is told of nothing.
    """
    guard(app, action="raise")
    handle = call(add, 2, 3).send()
    handle.async_result.backend.mark_as_done(handle.id, 5)

    assert codes(lambda: handle.get(timeout=None)) == []
