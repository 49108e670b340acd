"""
guard(app): every form in which a call may reach an app's send_task.
"""

import inspect

import pytest
from celery import Celery
from celery.canvas import maybe_signature
from kombu import Exchange, Queue

from celerykit import call, guard

from .guarding import codes, publishing, refused, said


def test_parameters_by_position(app, message):
    """
    What is given to send_task by position is known by its name.
    """
    guard(app, action="raise")

    assert refused(lambda: app.send_task("far.away", (1,), {"a": {2}})) == ["CK303"]
    assert refused(lambda: app.send_task("far.away", (1,), {}, -5)) == ["CK204"]
    assert refused(lambda: app.send_task("far.away", (1,), {}, 5, "garbage")) == ["CK203", "CK206"]

    app.send_task("far.away", (1,), {"a": 2}, 5, None, "the-id")

    assert message().headers["id"] == "the-id"


def test_parameters_by_name(app):
    """
    All parameters of send_task may be given by name, the task's too.
    """
    guard(app, action="raise")

    assert refused(lambda: app.send_task(name="far.away", args=({2},), kwargs={})) == ["CK303"]
    assert codes(lambda: app.send_task(name="far.away", args=[2])) == []


class Renaming(Celery):
    """
    An app that sends each task under another name.
    """

    def send_task(self, task, *args, **options):
        """
        Send *task* of the next version.
        """
        return super().send_task(f"v2.{task}", *args, **options)


class Passing(Celery):
    """
    An app that passes on whatever it is given.
    """

    def send_task(self, *args, **options):
        """
        Send it.
        """
        return super().send_task(*args, **options)


class Naming(Celery):
    """
    An app whose own parameters come in another order than Celery's.
    """

    def send_task(self, name, args=None, kwargs=None, queue=None, **options):
        """
        Send it to *queue*.
        """
        return super().send_task(name, args, kwargs, queue=queue, **options)


@pytest.mark.parametrize(
    ("kind", "where"), [(Renaming, "countdown"), (Passing, "countdown"), (Naming, "queue")]
)
def test_an_app_of_a_class_with_its_own_send_task(make_app, kind, where):
    """
    A class of the project's may override send_task; positions mean what they mean there.
    """
    app = make_app(kind)
    watching = guard(app, action="raise")
    wrong, code = {"countdown": (-5, "CK204"), "queue": (" high", "CK214")}[where]

    assert refused(lambda: app.send_task("far.away", (1,), {}, wrong)) == [code]
    with publishing() as names:
        app.send_task("far.away", (1,), {})
    assert names == ["v2.far.away" if kind is Renaming else "far.away"]

    watching.remove()
    assert app.send_task.__func__ is kind.send_task


def test_an_app_that_must_be_finalised_by_hand(make_app):
    """
    An app with autofinalize=False sends by name before it is finalised, and is not finalised.
    """
    app = make_app(lambda name, **settings: Celery(name, autofinalize=False, **settings))
    guard(app, action="raise")

    with publishing() as names:
        app.send_task("far.away", (1,))

    assert names == ["far.away"]
    assert not app.finalized
    assert refused(lambda: app.send_task("far.away", (1,), que="x")) == ["CK201"]


def test_to_look_does_not_finalise(app, add):
    """
    An app that does not know all its tasks yet is left so: what it would know is not said.
    """
    guard(app)

    assert codes(lambda: app.send_task("shop.add", (1, 2, 3))) == []
    assert not app.finalized

    app.finalize()
    assert codes(lambda: app.send_task("shop.add", (1, 2, 3))) == ["CK102"]


def test_an_option_among_the_arguments_has_its_keyword(app, add):
    """
    What was meant for Celery is answered with the keyword to write, not with a method.
    """
    guard(app)
    app.finalize()

    first, *_ = said(lambda: app.send_task("shop.add", (1, 2), {"countdown": 5}))

    assert str(first.message).endswith("'countdown'. Write countdown= in apply_async().")


def test_celerys_own_objects(app, add, messages):
    """
    A Queue, an Exchange, a Producer and a Connection say what their names say.
    """
    guard(app, action="raise")
    queue = Queue("orders", Exchange("orders"), routing_key="orders")

    with app.connection_for_write() as connection, app.producer_pool.acquire() as producer:
        sends = [
            lambda: add.apply_async((2, 3), queue=queue),
            lambda: add.apply_async((2, 3), exchange=Exchange("orders"), routing_key="orders"),
            lambda: add.apply_async((2, 3), connection=connection),
            lambda: add.apply_async((2, 3), producer=producer),
            lambda: add.apply_async((2, 3), publisher=producer, declare=[queue]),
        ]
        # Two of them go to an exchange that no queue of this app takes from: that is CK227.
        guard(app, action="raise", allow=["CK227"])
        assert [codes(send) for send in sends] == [[]] * len(sends)
    assert refused(lambda: add.apply_async((2, 3), queue=Queue(" orders"))) == ["CK214"]
    assert refused(lambda: add.apply_async((2, 3), producer="orders")) == ["CK203"]


def test_flags_may_be_numbers(app, add):
    """
    1 and 0 say yes and no, as everywhere in Python; a text says neither.
    """
    guard(app, action="raise")

    for options in ({"ignore_result": 1}, {"retry": 0}, {"add_to_parent": 0}, {"mandatory": 0}):
        assert codes(lambda options=options: add.apply_async((2, 3), **options)) == []
    assert refused(lambda: add.apply_async((2, 3), ignore_result="no")) == ["CK203"]
    assert refused(lambda: add.apply_async((2, 3), retry="no")) == ["CK203"]


def test_the_limits_of_the_task_count(app):
    """
    A limit of the call is compared with that of the task, which the builder does not see.
    """

    @app.task(name="shop.slow", soft_time_limit=60, shared=False)
    def slow():
        """Nothing runs here."""

    guard(app, action="raise")

    assert codes(slow.delay) == []
    assert refused(lambda: slow.apply_async(time_limit=30)) == ["CK208"]


@pytest.mark.parametrize("hidden", [{"argsrepr": "(...)"}, {"kwargsrepr": "{...}"}])
def test_secrets_that_the_caller_hides(app, hidden):
    """
    A secret is one wherever it is shown: argsrepr and kwargsrepr each hide their own half.
    """

    @app.task(name="shop.login", shared=False)
    def login(user, password):
        """Nothing runs here."""

    guard(app)
    by_position = codes(lambda: login.apply_async(("ann", "s3cret"), **hidden))
    by_name = codes(lambda: login.apply_async(("ann",), {"password": "s3cret"}, **hidden))

    shown = [["CK110"], []]
    assert [by_position, by_name] == (shown if "kwargsrepr" in hidden else shown[::-1])


def test_headers_that_plain_celery_carries(app, add, message):
    """
    Tracers keep their own in a header called "headers"; a moment and some bytes travel as well.
    """
    from datetime import datetime, timezone  # noqa: PLC0415 - for this test alone
    from decimal import Decimal  # noqa: PLC0415 - as above

    guard(app, action="raise")
    headers = {
        "headers": {"sentry-trace": "1-2-1", "baggage": "a=b"},
        "sentry-monitor-start-timestamp-s": "1700000000.5",
        "asked": datetime.now(timezone.utc),
        "price": Decimal(1),
        "key": b"k",
    }

    assert codes(lambda: add.apply_async((2, 3), headers=headers)) == []
    assert message().headers["headers"]["baggage"] == "a=b"
    assert refused(lambda: add.apply_async((2, 3), headers={"headers": 5})) == ["CK209"]
    assert refused(lambda: add.apply_async((2, 3), headers={"tags": {1}})) == ["CK210"]


def test_options_of_others(app, add):
    """
    What another package or transport understands passes, whatever it holds.
    """
    guard(app, action="raise")
    options = {"MessageGroupId": "g", "once": {"keys": {"x"}}, "lock_expiry": 5, "tenant": object()}

    assert codes(lambda: add.apply_async((2, 3), **options)) == []


def test_a_router_of_the_caller_is_not_guessed_at(app, add):
    """
    With a router of its own a call goes where only that one knows.
    """

    class Router:
        def route(self, options, name, args=(), kwargs=None, task=None):
            return {**options, "queue": app.amqp.queues["elsewhere"]}

    app.amqp.queues.add("elsewhere")
    guard(app, action="raise")

    assert codes(lambda: app.send_task("far", (), routing_key="x", router=Router())) == []
    assert refused(lambda: app.send_task("far", (), routing_key="x")) == ["CK222"]


def test_celerys_own_tasks_pass(app, add):
    """
    celery.map and its like are sent by Celery, in forms of its own.
    """
    guard(app, action="raise")

    for send in (
        lambda: add.starmap(zip(range(10), range(10), strict=True)).apply_async(countdown=10),
        lambda: add.map([1, 2]).delay(),
        lambda: add.chunks(zip(range(10), range(10), strict=True), 5).apply_async(),
        lambda: app.send_task("celery.backend_cleanup"),
    ):
        assert codes(send) == []


def test_a_callback_may_be_a_plain_dict(app, add, message):
    """
    A signature that came out of JSON is a dict, and is called all the same.
    """
    guard(app, action="raise")
    app.finalize()
    sig = dict(add.s(5))

    assert codes(lambda: add.apply_async((2, 3), link=sig, link_error=["shop.report"])) == []
    assert refused(lambda: add.apply_async((2, 3), link={**sig, "args": [5, 6]})) == ["CK501"]
    assert refused(lambda: add.apply_async((2, 3), link=[None])) == ["CK501"]
    assert maybe_signature(sig, app=app) == add.s(5)


def by_id(task_id):
    """
    Takes the failed task's id.
    """


def by_error(request, exc, traceback):
    """
    Takes the error, as Celery calls an errback in the worker.
    """


def by_error_and_more(request, exc, traceback, extra=1):
    """
    Takes the error, and could take more.
    """


def by_whatever(*args):
    """
    Takes either.
    """


def by_nothing():
    """
    Takes neither: nothing at all.
    """


def by_two(one, two):
    """
    Takes neither: more than the id, less than the error.
    """


@pytest.mark.parametrize("function", [by_id, by_error, by_error_and_more, by_whatever])
def test_an_errback_takes_an_id_or_an_error(app, add, function):
    """
    An errback takes the id of the failed task, or its request, exception and traceback.
    """
    errback = app.task(name="shop.errback", shared=False)(function)
    guard(app)

    assert codes(lambda: add.apply_async((2, 3), link_error=errback.s())) == []


@pytest.mark.parametrize(("function", "made"), [(by_nothing, "s"), (by_two, "s"), (by_id, "si")])
def test_an_errback_that_fits_neither_way(app, add, function, made):
    """
    An errback that can take neither of both would never run.
    """
    errback = app.task(name="shop.errback", shared=False)(function)
    guard(app)

    assert codes(lambda: add.apply_async((2, 3), link_error=getattr(errback, made)())) == ["CK501"]
    assert codes(lambda: add.apply_async((2, 3), link_error=add.si(1, 2))) == []


def test_an_id_that_celerykit_sent(app, add):
    """
    A plain call with the id of a call that celerykit sent is told of it.
    """
    call(add, 2, 3).task_id("the-id").send()
    guard(app, action="raise")

    assert refused(lambda: add.apply_async((2, 3), task_id="the-id")) == ["CK217"]
    assert codes(lambda: add.apply_async((2, 3), task_id="another-id")) == []


def test_send_task_still_tells_how_it_is_called(app):
    """
    Celery's own methods are left alone: the class knows nothing of the guard.
    """
    before = inspect.signature(Celery.send_task)

    guard(app)

    assert inspect.signature(Celery.send_task) == before
