"""
What is done about a read that should not be: by the guard, the project, the call and the code.
"""

import sys
import warnings
from functools import partial
from threading import Barrier

import pytest
from celery.app.task import Context
from celery.contrib.abortable import AbortableTask
from celery.exceptions import TimeoutError as CelerysTimeoutError

from celerykit import BlockingGetWarning, Handle, ReadRefused, allow_blocking_get, call, guard

from .reading import codes, codes_in_a_task, in_a_task, patiently, said

SOON = 0.01


def total(numbers):
    """
    What a task of another app does.
    """
    return sum(numbers)


def wait_for(task):
    """
    Send a task and wait for it, as plain Celery does.
    """
    return task.delay(2, 3).get(timeout=SOON)


def test_it_refuses(app, add, messages):
    """
    With action="raise" nothing is waited for, and the error says what to do; the task was sent.
    """
    guard(app, action="raise")

    with pytest.raises(ReadRefused) as caught:
        in_a_task(app, lambda: wait_for(add))

    assert str(caught.value).startswith("shop.waits may not wait:\n  CK402 AsyncResult.get() waits")
    assert [sent.headers["task"] for sent in messages()] == ["shop.add"]


def refused(look):
    """
    Whether a look is refused.
    """
    try:
        look()
    except ReadRefused:
        return True
    return False


def test_it_refuses_each_time(app, add):
    """
    A loop that goes on after it was refused is refused again, with the next look.
    """
    guard(app, action="raise")
    refusals = []

    def act():
        result = add.delay(2, 3)
        looks = [partial(refused, result.ready) for _ in range(7)]
        refusals.extend(look() for look in looks)

    in_a_task(app, act)

    assert refusals == [False] * 4 + [True] * 3


def test_a_loop_is_told_once(app, add):
    """
    A warning is not repeated with every look.
    """
    guard(app)

    def act():
        result = add.delay(2, 3)
        for _ in range(20):
            result.ready()

    assert codes_in_a_task(app, act) == ["CK402"]


def test_each_run_of_a_task_counts_for_itself(app, add):
    """
    A task that looks a few times, and is run again, never adds up.
    """
    guard(app)
    result = add.delay(2, 3)

    def look():
        for _ in range(3):
            result.ready()

    assert codes(lambda: [in_a_task(app, look, f"shop.{i}") for i in range(3)]) == []


def test_many_looks_are_forgotten(app, add, monkeypatch):
    """
    What is counted does not grow without end.
    """
    monkeypatch.setattr("celerykit._blocking._MOST_POLLED", 3)
    guard(app)

    def act():
        for _ in range(4):
            add.delay(2, 3).ready()
        result = add.delay(2, 3)
        for _ in range(5):
            result.ready()

    assert codes_in_a_task(app, act) == ["CK402"]


@pytest.mark.parametrize("guarded", [False, True])
def test_a_timeout_of_nothing_is_a_look(app, add, guarded):
    """
    A handle that is asked without waiting is told when it is asked again and again.
    """
    if guarded:
        guard(app)

    def act():
        handle = call(add, 2, 3).send()
        for _ in range(5):
            patiently(lambda: handle.get(timeout=0))

    def once():
        patiently(lambda: call(add, 2, 3).send().get(timeout=0))

    assert codes_in_a_task(app, act) == ["CK402"]
    assert codes_in_a_task(app, once) == []


def test_a_project_may_think_otherwise(make_app):
    """
    The app's own levels count, for plain Celery and for handles.
    """
    app = make_app(celerykit={"severity": {"CK402": "off"}})
    add = app.task(name="shop.add", shared=False)(total)
    guard(app, action="raise")

    assert codes_in_a_task(app, lambda: add.delay([2, 3]).get(timeout=SOON)) == []
    assert codes_in_a_task(app, lambda: call(add, [2, 3]).send().get(SOON)) == []


def test_a_project_may_want_a_warning(make_app):
    """
    What the project calls a warning is none to refuse.
    """
    app = make_app(celerykit={"severity": {"CK402": "warning", "CK403": "off"}})
    add = app.task(name="shop.add", shared=False)(total)
    guard(app, action="raise")

    assert codes_in_a_task(app, lambda: add.delay([2, 3]).get(timeout=SOON)) == ["CK402"]


def test_without_the_first_rule_the_others_speak(app, add):
    """
    In a task the other rules have nothing to add, until it is allowed to wait.
    """

    def act():
        result = add.delay(2, 3)
        result.backend.mark_as_done(result.id, 5, request=Context(id=result.id))
        result.get()

    guard(app)
    assert codes_in_a_task(app, act) == ["CK402"]

    guard(app, allow=["CK402"])
    assert codes_in_a_task(app, act) == ["CK403"]

    guard(app, allow=["CK402", "CK403"])
    assert codes_in_a_task(app, act) == []


def test_a_call_may_allow_it(app, add):
    """
    A handle knows what its call allows.
    """
    guard(app, action="raise")

    assert codes_in_a_task(app, lambda: call(add, 2, 3).allow("CK402").send().get(SOON)) == []
    assert codes_in_a_task(app, lambda: call(add, 2, 3).allow("CK302").send().id) == []


def test_a_handle_needs_no_guard(app, make_app, add):
    """
    A handle always warns, and never refuses by itself; plain Celery's result says nothing.
    """
    assert codes_in_a_task(app, lambda: call(add, 2, 3).send().get(SOON)) == ["CK402"]
    assert codes_in_a_task(app, lambda: wait_for(add)) == []


def test_a_handle_is_refused_by_the_guard(app, add):
    """
    Where the app is guarded with action="raise", a handle obeys.
    """
    guard(app, action="raise")

    with pytest.raises(ReadRefused, match=r"Handle\.get\(\)"):
        in_a_task(app, lambda: call(add, 2, 3).send().get(SOON))


def test_a_handle_is_told_of_once(app, add):
    """
    A handle reads through plain Celery, which is guarded too, and is told of once.
    """
    guard(app)

    assert codes_in_a_task(app, lambda: call(add, 2, 3).send().get(SOON)) == ["CK402"]


def test_a_program_without_asyncio(app, add, monkeypatch):
    """
    Where nobody has loaded asyncio, no loop is looked for.
    """
    handle = call(add, 2, 3).send()
    handle.async_result.backend.mark_as_done(handle.id, 5)
    monkeypatch.delitem(sys.modules, "asyncio", raising=False)

    assert handle.get(timeout=5) == 5
    assert "asyncio" not in sys.modules


def test_another_app_reads_what_it_likes(app, make_app, add):
    """
    Only results of the app that is watched are; the task that reads may be anybody's.
    """
    other = make_app()
    far = other.task(name="far.add", shared=False)(total)
    guard(app)

    assert codes_in_a_task(app, lambda: far.delay([2, 3]).get(timeout=SOON)) == []
    assert codes_in_a_task(other, lambda: wait_for(add)) == ["CK402"]


def test_removed(app, add):
    """
    Removed, it says nothing more.
    """
    guard(app).remove()

    assert codes_in_a_task(app, lambda: wait_for(add)) == []


def test_a_line_is_not_flooded(app, add):
    """
    The text is the same at each run, though the ids differ, so that Python shows it once.
    """
    guard(app)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for number in range(3):
            in_a_task(app, lambda: patiently(lambda: wait_for(add)), name=f"shop.w{number // 2}")

    assert [str(each.message).partition(":")[0] for each in caught] == ["shop.w0", "shop.w1"]


def test_a_warning_may_be_an_error(app, add):
    """
    Python's filters decide: an error is raised at the read, before anything is waited for.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=BlockingGetWarning)
        with pytest.raises(BlockingGetWarning):
            in_a_task(app, lambda: call(add, 2, 3).send().get(timeout=None))


@pytest.mark.parametrize(
    ("options", "settings", "where"),
    [
        ({"queue": "high"}, {}, " (queue 'high')"),
        ({}, {}, " (queue 'orders')"),
        ({}, {"task_routes": {"shop.add": "low"}}, ""),
        ({"routing_key": "low"}, {}, ""),
    ],
    ids=["written", "default", "routed", "by key"],
)
@pytest.mark.parametrize("kind", ["plain", "celerykit"])
def test_the_queue_is_named_where_it_is_known(make_app, options, settings, where, kind):
    """
    The queue that was written, or the default where nothing routes; no guess is made.
    """
    app = make_app(**{"task_default_queue": "orders", **settings})
    add = app.task(name="shop.add", shared=False)(total)
    if kind == "plain":
        guard(app, allow=["CK222"])

    def act():
        if kind == "plain":
            return add.apply_async(([2, 3],), **options).get(timeout=SOON)
        return call(add, [2, 3]).options(**options).allow("CK222").send().get(SOON)

    (caught,) = said(lambda: in_a_task(app, act))

    assert f" inside a task for shop.add{where}, and" in str(caught.message)


@pytest.mark.parametrize(
    "send",
    [lambda add: add.delay(2, 3), lambda add: call(add, 2, 3).send()],
    ids=["plain", "celerykit"],
)
def test_a_tasks_own_queue_is_named(app, add, send):
    """
    What a task says of its queue counts, for both ways to send it.
    """
    guard(app)
    add.queue = "slow"

    (caught,) = said(lambda: in_a_task(app, lambda: send(add).get(timeout=SOON)))

    assert " for shop.add (queue 'slow'), and" in str(caught.message)


def test_a_send_that_returns_nothing(app, add):
    """
    Somebody may stand in for send_task and return no result, in a task as elsewhere.
    """
    app.send_task = lambda *args, **options: None
    guard(app)

    assert codes_in_a_task(app, lambda: add.delay(2, 3)) == []


def test_a_task_that_sends_much_remembers_some(app, add, monkeypatch):
    """
    What a task has sent is remembered up to a number; the rest is another task.
    """
    monkeypatch.setattr("celerykit._running._MOST", 1)
    guard(app)

    def act():
        add.delay(2, 3)
        wait_for(add)

    (caught,) = said(lambda: in_a_task(app, act))

    assert " for another task, and" in str(caught.message)


def test_a_task_may_look_at_itself(app, messages):
    """
    A task that watches whether it was aborted, or what became of its root, waits for nobody.
    """
    guard(app)

    @app.task(name="shop.patient", base=AbortableTask, bind=True, shared=False)
    def patient(self):
        for _ in range(10):
            assert not self.is_aborted()
            assert self.AsyncResult(self.request.id).state == "PENDING"
            assert self.AsyncResult(self.request.root_id or self.request.id).state == "PENDING"

    assert codes(lambda: patient.apply(throw=True)) == []


def test_a_task_may_not_wait_for_itself(app):
    """
    To wait for one's own result is to wait for ever.
    """
    guard(app)

    @app.task(name="shop.selfish", bind=True, shared=False)
    def selfish(self):
        patiently(lambda: self.AsyncResult(self.request.id).get(timeout=SOON))

    assert codes(lambda: selfish.apply(throw=True)) == ["CK402"]


def test_overlapping_threads_allow_for_themselves(app, add, at_once):
    """
    One thread that is allowed to wait allows nobody else, whichever ends first.
    """
    guard(app)
    meet = Barrier(8)

    def read(number):
        def act():
            if number % 2:
                with allow_blocking_get():
                    meet.wait()
                    patiently(lambda: wait_for(add))
                    meet.wait()
            else:
                meet.wait()
                meet.wait()
                patiently(lambda: wait_for(add))

        in_a_task(app, act, f"shop.reads{number}")

    (first, *others) = said(lambda: at_once(read))

    names = sorted(str(each.message).partition(":")[0] for each in (first, *others))
    assert names == [f"shop.reads{number}" for number in (0, 2, 4, 6)]


def test_allowed_inside_allowed(app, add):
    """
    The inner end of two does not end the outer, and the same one may be used again.
    """
    guard(app, action="raise")
    may = allow_blocking_get()

    def act():
        with may:
            with allow_blocking_get(), may:
                patiently(lambda: wait_for(add))
            patiently(lambda: wait_for(add))
        wait_for(add)

    with pytest.raises(ReadRefused):
        in_a_task(app, act)


@pytest.mark.parametrize("read", ["handle", "plain", "by position", "join", "wrongly"])
def test_celery_does_not_refuse_what_is_allowed(app, add, read, denied):
    """
    Celery's own RuntimeError is lifted for one read, by a parameter, and its flag stays.
    """
    guard(app)

    def act():
        result = add.delay(2, 3)
        if read == "handle":
            Handle(result).get(SOON)
        elif read == "plain":
            result.get(timeout=SOON)
        elif read == "by position":
            result.get(SOON, True)
        elif read == "join":
            app.ResultSet([result]).join(timeout=SOON)
        else:
            result.get(SOON, True, 0.5, True, True, None, None, None, True)

    def allowed():
        with allow_blocking_get():
            act()

    with denied(), pytest.raises(RuntimeError if read == "wrongly" else CelerysTimeoutError):
        in_a_task(app, allowed)
    with denied(), pytest.raises(RuntimeError), pytest.warns(BlockingGetWarning):
        in_a_task(app, act)


def test_what_is_there_may_be_had_in_a_task(app, add, denied):
    """
    A handle returns what need not be waited for, where Celery's own guard would refuse.
    """

    def act():
        applied = call(add, 2, 3).apply().get(timeout=None)
        handle = call(add, 2, 3).send()
        handle.async_result.backend.mark_as_done(handle.id, 5, request=Context(id=handle.id))
        return applied, handle.get(timeout=0)

    with denied():
        assert in_a_task(app, act) == (5, 5)
