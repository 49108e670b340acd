"""
guard(app): whom it watches, what it does, and how it is taken away again.
"""

import gc
import logging
import threading
import weakref

import pytest
from celery import Celery

from celerykit import CallRejected, call, guard

from .guarding import codes, line, places, publishing, refused


def test_it_warns_at_the_line_of_the_caller(app, add):
    """
    A warning points at the line that made the call, whichever of Celery's methods it used.
    """
    guard(app)
    sends = [
        (lambda: add.apply_async((2, 3), count_down=5), line()),
        (lambda: add.s(2, 3).set(count_down=5).delay(), line()),
        (lambda: (add.s(2, 3) | add.s(4)).apply_async(count_down=5), line()),
        (lambda: app.send_task("shop.add", (2, 3), count_down=5), line()),
    ]

    for send, number in sends:
        assert places(send) == [(__file__, number)]


def test_it_warns_and_sends(app, add, message):
    """
    What is warned of is sent all the same, as it was written.
    """
    guard(app)

    with pytest.warns(match=r"^shop.add: CK208 the soft time limit of 20 s is longer"):
        add.apply_async((2, 3), time_limit=10, soft_time_limit=20)

    assert message().headers["timelimit"] == [10, 20]


def test_it_refuses(app, add):
    """
    With action="raise" what a rule refuses is not sent, and all findings come at once.
    """
    guard(app, action="raise")

    assert refused(lambda: add.apply_async((2, 3), countdown=-1, que="high")) == ["CK204", "CK201"]


def test_a_doubt_is_no_refusal(app, make_app):
    """
    What a rule only warns of is sent with action="raise" too.
    """

    @app.task(name="shop.login", shared=False)
    def login(user, password):
        """Nothing runs here."""

    guard(app, action="raise")

    with publishing() as names:
        assert codes(lambda: login.delay("ann", "s3cret")) == ["CK110"]
    assert names == ["shop.login"]


def test_it_watches_one_app(app, make_app):
    """
    Another app sends what it likes.
    """
    other = make_app()
    guard(app, action="raise")

    with publishing() as names:
        assert codes(lambda: other.send_task("far.away", count_down=5)) == []
    assert names == ["far.away"]


def test_twice_is_once(app, add):
    """
    Installed twice, it is one guard, with the action and the codes of the last time.
    """
    first = guard(app, action="raise")

    second = guard(app, allow=["CK204"])

    assert second is first
    assert codes(lambda: add.apply_async((2, 3), countdown=-1, que="high")) == ["CK201"]


def test_removed(app, add):
    """
    Removed, it leaves the app as it was, however often that is said.
    """
    before = dict(vars(app))
    watching = guard(app, action="raise")

    watching.remove()
    watching.remove()

    assert vars(app) == before
    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == []


def test_removed_and_installed_again(app, add):
    """
    A guard that was removed can be followed by another one, which the old one cannot remove.
    """
    old = guard(app)
    old.remove()
    guard(app)

    old.remove()

    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]


def wrapped(app, calls):
    """
    Stand in for the app's send_task, as a tracer does, and return what was there before.
    """
    before = app.send_task

    def traced(name, *args, **options):
        calls.append(name)
        return before(name, *args, **options)

    app.send_task = traced
    return traced


def test_somebody_was_there_before(app, add):
    """
    Who stood in for send_task before is still called, and is back when the guard is removed.
    """
    calls = []
    theirs = wrapped(app, calls)
    watching = guard(app)

    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]
    assert calls == ["shop.add"]

    watching.remove()
    assert app.send_task is theirs


def test_somebody_came_after(app, add):
    """
    Who stood in for send_task since is left in place, and the guard only passes on.
    """
    calls = []
    watching = guard(app)
    theirs = wrapped(app, calls)
    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]

    watching.remove()

    assert app.send_task is theirs
    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == []
    assert calls == ["shop.add"] * 2


def test_somebody_came_between(app, add):
    """
    Installed again after somebody stood in for send_task, it still speaks once.
    """
    guard(app, action="raise")
    wrapped(app, [])

    guard(app)

    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]


def test_somebody_threw_it_away(app, add):
    """
    Installed again after somebody took send_task away from it, it watches again.
    """
    guard(app)
    del app.send_task

    guard(app)

    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]


def test_an_app_is_not_kept_alive(make_app):
    """
    An app that is watched is freed when nobody else holds it.
    """
    app = Celery("short-lived", broker="memory://", set_as_current=False)
    guard(app)
    app.send_task("far.away")
    seen = weakref.ref(app)
    app.close()

    del app
    gc.collect()

    assert seen() is None


def test_a_proxy_is_its_app(app, set_current, add):
    """
    celery.current_app stands for an app, which is the one that is watched.
    """
    from celery import current_app  # noqa: PLC0415 - as a project does

    set_current(app)

    assert guard(current_app) is guard(app)
    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]


def test_threads_install_one_guard(app, add, at_once):
    """
    Many threads that install it at once get the same guard.
    """
    assert len(set(map(id, at_once(lambda _: guard(app))))) == 1
    assert codes(lambda: add.apply_async((2, 3), count_down=5)) == ["CK201"]


def test_threads_send_through_it(app, add, at_once, messages):
    """
    Many threads that send at once are each told of their own call.
    """
    guard(app, action="raise")

    def send(number):
        options = {"count_down": number} if number % 2 else {"countdown": number}
        try:
            return add.apply_async((number, number), **options) and None
        except CallRejected as error:
            return error.findings[0].option

    assert at_once(send) == [None, "count_down"] * 4
    assert len(messages()) == 4


def test_codes_can_be_allowed(app, add):
    """
    A rule whose code is allowed does not object; one code may stand for a list of one.
    """
    guard(app, action="raise", allow=["CK201", "CK204"])
    assert codes(lambda: add.apply_async((2, 3), countdown=-1, que="high")) == []

    guard(app, action="raise", allow="CK204")
    assert refused(lambda: add.apply_async((2, 3), countdown=-1, que="high")) == ["CK201"]


def test_an_unknown_code_is_refused(app):
    """
    A code that names no rule is refused when the guard is installed, and it is not.
    """
    with pytest.raises(CallRejected) as caught:
        guard(app, allow=["CK20", "CK201", "XX1"])

    assert [(each.code, each.value) for each in caught.value.findings] == [
        ("CK109", "'CK20'"),
        ("CK109", "'XX1'"),
    ]
    assert str(caught.value).startswith("guard() was refused:\n  CK109 there is no rule 'CK20'.")
    assert "send_task" not in vars(app)


@pytest.mark.parametrize("thing", ["proj", None, Celery], ids=repr)
def test_what_is_no_app_is_refused(thing):
    """
    There is nothing to watch in what cannot send.
    """
    with pytest.raises(TypeError, match=r"that is not a Celery app\. Pass what Celery\("):
        guard(thing)


def test_it_shows_what_it_does(make_app):
    """
    A guard shows its app and its action, and when it is taken away.
    """
    named, unnamed = Celery("proj", set_as_current=False), Celery(set_as_current=False)
    watching = guard(named, action="raise")

    assert repr(watching) == "<Guard of proj: raise>"
    assert repr(guard(unnamed)) == f"<Guard of {unnamed!r}: warn>"
    watching.remove()
    assert repr(watching) == "<Guard of proj: removed>"


def test_an_unknown_action_is_refused(app):
    """
    There are two actions.
    """
    with pytest.raises(ValueError, match="action='log' is not 'warn' or 'raise'"):
        guard(app, action="log")


def test_severities_of_the_app(make_app):
    """
    The app's own levels count: a refusal may become a warning, a warning nothing.
    """
    app = make_app(celerykit={"severity": {"CK201": "warning", "CK110": "error", "CK204": "off"}})

    @app.task(name="shop.login", shared=False)
    def login(user, password):
        """Nothing runs here."""

    guard(app, action="raise")

    assert codes(lambda: login.apply_async(("ann", ""), que="high")) == ["CK201"]
    assert codes(lambda: login.apply_async(("ann", ""), countdown=-1)) == []
    assert refused(lambda: login.delay("ann", "s3cret")) == ["CK110"]


def test_what_it_cannot_examine_is_sent(app, add, messages, caplog):
    """
    A value that breaks the guard is logged, and sent: Celery has the last word.
    """

    class Broken(dict):
        def keys(self):
            raise RuntimeError("odd")

        items = __iter__ = keys

    guard(app, action="raise")

    with caplog.at_level(logging.ERROR, "celerykit"):
        app.send_task("far.away", headers=Broken())

    assert len(messages()) == 1
    assert caplog.messages == ["guard(): the call of far.away could not be examined"]


def test_a_name_that_is_none_is_celerys_business(app):
    """
    Where the name of a task should stand, something else is Celery's to refuse.
    """
    guard(app, action="raise")

    with pytest.raises(TypeError):
        app.send_task()


def test_eager_calls_are_not_sent(make_app):
    """
    What runs here and now is not published, and not checked.
    """
    app = make_app(task_always_eager=True)

    @app.task(name="shop.add", shared=False)
    def add(x, y):
        return x + y

    guard(app, action="raise")

    assert add.apply_async((2, 3), count_down=5).get() == 5
    assert add.apply((2, 3), count_down=5).get() == 5


def test_our_own_calls_are_checked_once(app, add):
    """
    What celerykit sends was checked, with what the call allows, and is not checked again.
    """
    guard(app, action="raise")
    allowed = call(add, 2, 3).options(headers={"order": "7"}).allow("CK110")

    with publishing() as names:
        assert codes(allowed.send) == []
        assert codes(call(add, (2,), (3,)).allow("CK302").send) == []
    assert names == ["shop.add"] * 2


def test_what_a_task_sends_on_the_way_is_checked(app):
    """
    A task's own apply_async may send more: another task, or itself a second time, is checked.
    """

    class Splitting(app.Task):
        def apply_async(self, args=None, kwargs=None, **options):
            sent = super().apply_async(args, kwargs, **options)
            self.app.send_task("shop.audit", prio=1)
            self.app.send_task(self.name, (2,), prio=2)
            return sent

    @app.task(name="shop.split", base=Splitting, shared=False)
    def split(x):
        """Nothing runs here."""

    guard(app)

    assert codes(call(split, 1).send) == ["CK201", "CK201"]


def test_a_thread_of_its_own(app, add):
    """
    A call in another thread is nobody's but its own, even while celerykit sends.
    """
    guard(app)
    found = []

    @app.task(name="shop.busy", shared=False)
    def busy():
        """Nothing runs here."""

    def send(**given):
        found.extend(codes(lambda: add.apply_async((2, 3), count_down=5)))

    thread = threading.Thread(target=send)
    call(busy).send()
    thread.start()
    thread.join()

    assert found == ["CK201"]
