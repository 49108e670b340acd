"""
What is done with a call that was not sent is its caller's to say.
"""

import copy
import inspect
from functools import wraps
from unittest.mock import Mock

import pytest
from celery.exceptions import TimeoutError as CeleryTimeoutError

from celerykit import CallRejected, PublishError, call, remote
from tests.faults import FAULTS


@pytest.fixture
def refused(make_add):
    """
    A task whose broker refuses.
    """
    with FAULTS["refused"]() as port:
        yield make_add(
            f"redis://127.0.0.1:{port}",
            result_backend="cache+memory://",
            # Or kombu before 5.5 tries for six seconds, whatever the publish retry policy says.
            broker_transport_options={"max_retries": 0},
        )


def test_what_was_stored_is_taken_care_of(refused):
    """
    True says so: send() returns a handle that knows why nothing was sent.
    """
    stored = []

    def store(unsent, error):
        stored.append((unsent, error))
        return True

    handle = call(refused, 1, 2).queue("high").send(on_unsent=store)

    ((unsent, error),) = stored
    assert unsent == call(refused, 1, 2).queue("high").task_id(handle.id)
    assert handle.unsent is error
    assert (error.outcome, error.side) == ("not_sent", "broker")
    with pytest.raises(CeleryTimeoutError):
        handle.get(timeout=0)
    assert str(copy.copy(handle).unsent) == str(error)


def test_what_is_sent_later_answers_the_same_handle(refused):
    """
    The call from the outbox has the id of the one that was not sent.
    """
    stored = []
    handle = call(refused, 1, 2).send(on_unsent=lambda unsent, _: not stored.append(unsent))

    refused.app.backend.store_result(stored[0].apply().id, 3, "SUCCESS")

    assert handle.get(timeout=5) == 3


def test_it_may_run_here_instead(refused):
    """
    A handle that the hook returns takes the place of the call's own.
    """
    handle = call(refused, 1, 2).send(on_unsent=lambda unsent, error: unsent.apply(), within=5)

    assert handle.get(timeout=0) == 3
    assert handle.unsent is None


@pytest.mark.parametrize("answer", [None, False])
def test_who_says_nothing_swallows_nothing(refused, answer):
    """
    A hook that only takes note, and returns None, leaves the error as it is.
    """
    noted = []

    def note(unsent, error):
        noted.append(error)
        return answer

    with pytest.raises(PublishError) as caught:
        call(refused, 1, 2).send(on_unsent=note)

    assert noted == [caught.value]


def test_what_means_nothing_is_refused(refused):
    """
    Any other answer is a mistake, and is told as one; the error is its cause.
    """
    with pytest.raises(TypeError, match="on_unsent returned 'yes'") as caught:
        call(refused, 1, 2).send(on_unsent=lambda unsent, error: "yes")

    assert isinstance(caught.value.__cause__, PublishError)


def test_what_the_hook_raises_comes_out(refused):
    """
    With the error that it was given as its context.
    """

    def fail(unsent, error):
        raise KeyError("outbox")

    with pytest.raises(KeyError, match="outbox") as caught:
        call(refused, 1, 2).send(on_unsent=fail)

    assert isinstance(caught.value.__context__, PublishError)


def test_the_app_has_a_hook(refused):
    """
    `app.conf.celerykit` holds for each call; None at the call means no hook.
    """
    refused.app.conf.celerykit = {"on_unsent": lambda unsent, error: True}

    assert call(refused, 1, 2).send().unsent is not None
    with pytest.raises(PublishError):
        call(refused, 1, 2).send(on_unsent=None)


def test_an_id_of_its_own_is_kept(refused):
    """
    The call has the id that it was to be sent with, chosen or not.
    """
    handle = call(refused, 1, 2).task_id("mine").send(on_unsent=lambda unsent, error: True)

    assert handle.id == "mine"


def test_a_task_elsewhere_too(make_app):
    """
    A task that is only a name can be stored as well.
    """
    with FAULTS["refused"]() as port:
        app = make_app(broker_url=f"redis://127.0.0.1:{port}")

        @remote("shop.far", app=app)
        def far(x: int) -> int:
            raise NotImplementedError

        assert call(far, 1).send(on_unsent=lambda unsent, error: True).unsent is not None


def test_a_call_that_was_sent_is_nobodys_worry(add, message):
    """
    The hook is not called, and the message is as ever.
    """

    def never(unsent, error):
        raise AssertionError

    handle = call(add, 1, 2).send(on_unsent=never)

    assert handle.unsent is None
    assert message().headers["id"] == handle.id


def test_a_rejected_call_is_no_unsent_one(add):
    """
    What a rule refuses is a mistake in the program, which no hook takes care of.
    """
    with pytest.raises(CallRejected):
        call(add, {1}, object()).send(on_unsent=lambda unsent, error: True)


def test_an_unknown_one_may_still_arrive(make_add):
    """
    Where nobody knows whether it was sent, its result can still be read.
    """
    from tests.bulk.redis_server import redis_server  # noqa: PLC0415 - this test alone

    with redis_server() as server:
        add = make_add(server.url, result_backend="cache+memory://")
        server.faults = ["lost"]
        handle = call(add, 1, 2).send(within=5, on_unsent=lambda unsent, error: True)

        assert handle.unsent.outcome == "unknown"
        with pytest.raises(handle.async_result.TimeoutError) as late:
            handle.get(timeout=0)
        assert late.value.__cause__ is handle.unsent


@pytest.mark.parametrize(
    ("hook", "problem"),
    [
        ("store", "cannot be called. Pass a function"),
        (3, "cannot be called"),
        (lambda: True, r"does not take the call and the error. Write def hook\(call, error\)"),
        (lambda unsent: True, "does not take the call and the error"),
        (lambda unsent, *, error: True, "does not take the call and the error"),
    ],
    ids=["a name", "a number", "no argument", "one argument", "by name alone"],
)
def test_what_cannot_be_called_is_refused(add, make_app, hook, problem):
    """
    A hook is a function of two arguments, or None: not only when it is needed does that show.
    """
    with pytest.raises(TypeError, match=problem):
        call(add, 1, 2).send(on_unsent=hook)

    app = make_app(celerykit={"on_unsent": hook})

    @app.task(name="shop.other")
    def other():
        raise NotImplementedError

    with pytest.raises(CallRejected, match=problem):
        call(other).send()


def _with_more(hook):
    """
    A decorator that adds an argument, and looks like what it wraps.
    """

    @wraps(hook)
    def given(*args):
        return hook("more", *args)

    return given


@_with_more
def _store(more, unsent, error):
    """
    A hook that takes one argument more.
    """
    return True


def _signed(unsent, error):
    """
    A hook that claims to take nothing.
    """
    return True


_signed.__signature__ = inspect.Signature([])


@pytest.mark.parametrize(
    "hook",
    [lambda unsent, error, more=None: True, Mock(), max, _store, _signed],
    ids=["one more", "anything", "nobody knows", "wrapped", "signed"],
)
def test_near_miss_what_takes_two_arguments_passes(add, hook):
    """
    Whatever else it takes, and where nobody knows what that is.
    """
    assert call(add, 1, 2).send(on_unsent=hook).unsent is None
