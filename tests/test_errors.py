"""
Every error and warning: what it says, and that it survives the way out of a worker.
"""

import copy
import pickle

import pytest

import celerykit
from celerykit import Finding, errors

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
    "ResultBackendNotConfigured": (
        errors.ResultBackendNotConfigured("7", "the app 'shop'", "None"),
        (
            "the result of 7 cannot be read: the app 'shop' has result_backend=None. "
            "Write for example app.conf.result_backend = 'redis://localhost:6379/1' "
            "before the first call, and start the workers with it too."
        ),
    ),
    "ResultUnavailable": (
        errors.ResultUnavailable("7", "nothing is kept"),
        "the result of 7 is not available: nothing is kept",
    ),
    "CelerykitWarning": (errors.CelerykitWarning("why"), "why"),
    "CallWarning": (errors.CallWarning("shop.pay: why"), "shop.pay: why"),
}

each_example = pytest.mark.parametrize(("example", "text"), EXAMPLES.values(), ids=EXAMPLES)


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
    assert (unconfigured.task_id, unconfigured.app, unconfigured.value) == (
        "7",
        "the app 'shop'",
        "None",
    )
    assert (unavailable.task_id, unavailable.reason) == ("7", "nothing is kept")


def test_a_rejection_without_findings_still_speaks():
    """
    Even an empty CallRejected can be printed.
    """
    assert str(errors.CallRejected(())) == "the call was not sent:"
