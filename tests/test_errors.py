"""
Every error and warning: what it says, and that it survives the way out of a worker.
"""

import copy
import pickle

import pytest
from kombu.utils.json import dumps, loads

import celerykit
from celerykit import Finding, errors
from celerykit._backend import BackendProblem

_LATE = Finding(
    code="CK205",
    name="naive-time",
    level="error",
    task="shop.pay",
    option="eta",
    value="datetime(2040, 1, 1)",
    message="eta=datetime(2040, 1, 1) has no time zone",
    remedy="Pass an aware datetime",
)
_UNORDERED = Finding(
    code="CK220",
    name="priority-ignored",
    level="warning",
    task="shop.pay",
    option="priority",
    value="Priority.HIGH",
    message="the queue 'pay' has no x-max-priority",
    remedy="Did you mean another queue?",
)

_NOWHERE = BackendProblem(
    kind="none",
    app="the app 'shop'",
    setting="result_backend",
    value="None",
    where="Celery's default",
    says="has result_backend=None",
    remedy="Write it",
)
_WAITS = Finding(
    code="CK402",
    name="blocking-read",
    level="error",
    task="shop.pay",
    option="",
    value="'7'",
    message="AsyncResult.get() waits inside a task for shop.add",
    remedy="Make it the next step",
)

# An example of each class, and all that it says.
EXAMPLES = {
    "CelerykitError": (errors.CelerykitError("why"), "why"),
    "CallRejected": (
        errors.CallRejected((_LATE, _UNORDERED)),
        (
            "shop.pay was not sent:\n"
            "  CK205 eta=datetime(2040, 1, 1) has no time zone. Pass an aware datetime.\n"
            "  CK220 the queue 'pay' has no x-max-priority. Did you mean another queue?\n"
            "  Read more: python -m pydoc celerykit.rules.ck205_naive_time"
        ),
    ),
    "PublishError": (
        errors.PublishError("unknown", OSError("redis://me:secret@host/0 went away")),
        (
            "nobody knows whether it was sent: the broker failed: OSError: redis://me:***@host/0 "
            "went away. Sending it again may run it twice, so do that only for a task that may run "
            "twice."
        ),
    ),
    "GroupPublishError": (
        errors.GroupPublishError(OSError("redis://me:secret@host/0 went away"), 3000, 500, 6500),
        (
            "of 10,000 calls 3,000 were sent, 500 may have been, and 6,500 were not: OSError: "
            "redis://me:***@host/0 went away. Sending all again runs again what was sent; "
            "BulkReport.of(error) tells which those are."
        ),
    ),
    "GatherError": (
        errors.GatherError(5, {}, (1, 4)),
        "of 5 results 2 did not arrive (the first at 1)",
    ),
    "ResultBackendNotConfigured": (
        errors.ResultBackendNotConfigured(_NOWHERE, "7"),
        "the result of 7 cannot be read: the app 'shop' has result_backend=None. Write it.",
    ),
    "ResultUnavailable": (
        errors.ResultUnavailable("7", "nothing is kept"),
        "the result of 7 is not available: nothing is kept",
    ),
    "ReadRefused": (
        errors.ReadRefused((_WAITS,)),
        (
            "shop.pay may not wait:\n"
            "  CK402 AsyncResult.get() waits inside a task for shop.add. Make it the next step.\n"
            "  Read more: python -m pydoc celerykit.rules.ck402_blocking_read"
        ),
    ),
    "CelerykitWarning": (errors.CelerykitWarning("why"), "why"),
    "CallWarning": (errors.CallWarning("shop.pay: why"), "shop.pay: why"),
    "SettingsWarning": (errors.SettingsWarning("why"), "why"),
    "BlockingGetWarning": (errors.BlockingGetWarning("shop.pay: why"), "shop.pay: why"),
    "GetWithoutTimeoutWarning": (errors.GetWithoutTimeoutWarning("shop.pay: why"), "shop.pay: why"),
    "GetInEventLoopWarning": (errors.GetInEventLoopWarning("shop.pay: why"), "shop.pay: why"),
}

OF_MANY = (
    errors.CallRejected((_UNORDERED,), "position 7; 2 of 50 refused"),
    (
        "shop.pay was not sent (position 7; 2 of 50 refused):\n"
        "  CK220 the queue 'pay' has no x-max-priority. Did you mean another queue?\n"
        "  Read more: python -m pydoc celerykit.rules.ck220_priority_ignored"
    ),
)

each_example = pytest.mark.parametrize(
    ("example", "text"),
    [*EXAMPLES.values(), OF_MANY],
    ids=[*EXAMPLES, "CallRejected, one of many"],
)


def test_every_class_has_an_example():
    """
    No error can be added without saying here what it looks like.
    """
    assert set(EXAMPLES) == set(errors.__all__)
    assert all(type(example).__name__ == name for name, (example, _) in EXAMPLES.items())


@each_example
def test_the_whole_message(example, text):
    """
    An error names the task, the values and the way out.
    """
    assert str(example) == text


@each_example
@pytest.mark.parametrize(
    "again",
    [
        copy.copy,
        copy.deepcopy,
        *(
            lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - ours
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ),
    ],
    ids=["copy", "deepcopy", *map(str, range(pickle.HIGHEST_PROTOCOL + 1))],
)
def test_errors_survive_pickle_and_copy(example, text, again):
    """
    An error that a task raises in a worker arrives whole.
    """
    other = again(example)

    assert type(other) is type(example)
    assert other.args == example.args
    assert vars(other) == vars(example)
    assert str(other) == text


@each_example
def test_errors_survive_json(example, text):
    """
    An error that a task raises arrives whole through Celery's own result serializer, too.
    """
    other = type(example)(*loads(dumps(example.args)))

    assert str(other) == text
    assert vars(other) == vars(example)


@pytest.mark.parametrize("kind", [errors.CallRejected, errors.ReadRefused])
def test_findings_that_were_lost_on_the_way_break_nothing(kind):
    """
    A serializer that knows only text brings the error all the same.
    """
    assert kind("(Finding(code='CK402'),)").findings == ()


def test_one_except_catches_every_error():
    """
    Errors derive from CelerykitError, and warnings from CelerykitWarning, a UserWarning.
    """
    kinds = [getattr(errors, name) for name in errors.__all__]

    assert all(issubclass(kind, (errors.CelerykitError, errors.CelerykitWarning)) for kind in kinds)
    assert issubclass(errors.CelerykitWarning, UserWarning)
    assert not issubclass(errors.CelerykitError, Warning)


def test_the_common_ones_are_at_hand():
    """
    Errors that are often caught can be imported from celerykit itself.
    """
    at_hand = {name for name in errors.__all__ if hasattr(celerykit, name)}

    assert at_hand == set(errors.__all__) - {"CelerykitWarning"}
    assert all(getattr(celerykit, name) is getattr(errors, name) for name in at_hand)


def test_attributes_hold_what_was_found():
    """
    A program can read from an error what a person reads in its message.
    """
    rejected, _ = EXAMPLES["CallRejected"]
    unconfigured, _ = EXAMPLES["ResultBackendNotConfigured"]
    unavailable, _ = EXAMPLES["ResultUnavailable"]

    assert rejected.findings == (_LATE, _UNORDERED)
    assert (unconfigured.task_id, unconfigured.problem) == ("7", _NOWHERE)
    assert (unavailable.task_id, unavailable.reason) == ("7", "nothing is kept")


def test_an_error_about_no_single_call_names_none():
    """
    What is wrong with an app is told without a call, and a question stays a question.
    """
    asks = _NOWHERE._replace(remedy="Did you mean 'redis://'?")

    assert str(errors.ResultBackendNotConfigured(asks)) == (
        "the app 'shop' has result_backend=None. Did you mean 'redis://'?"
    )


def test_a_rejection_without_findings_still_speaks():
    """
    Even an empty CallRejected can be printed.
    """
    assert str(errors.CallRejected(())) == "the call was not sent:"


def test_a_refusal_without_findings_still_speaks():
    """
    Even an empty ReadRefused can be printed.
    """
    assert str(errors.ReadRefused(())) == "the task may not wait:"


@pytest.mark.parametrize("side", ["message", "configuration"])
def test_a_mistake_is_not_sent_again(side):
    """
    What no second attempt can mend is not called safe to send again.
    """
    error = errors.PublishError("not_sent", KeyError("no such transport"), side)

    assert str(error) == (
        f"not sent, and no use to send again: the {side} is wrong: KeyError: 'no such transport'"
    )
