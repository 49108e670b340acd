"""
Whatever options a call has, and whatever arguments, it is published as plain Celery publishes it.
"""

import os
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from celerykit import call

from . import generated
from .lab import Lab
from .published import LEARNT, WAYS, both, sight

thorough = settings(
    max_examples=200,
    deadline=None,
    derandomize="CI" in os.environ,
    # Each example takes its own messages out of the lab; they can share it.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
brief = settings(thorough, max_examples=50)


@thorough
@given(generated.arguments, generated.keywords, generated.options)
def test_message(lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    A call with any options and arguments is published as plain Celery publishes it.
    """
    ours, theirs = both(
        lab,
        lambda: generated.send_ours(lab, args, kwargs, options),
        lambda: generated.send_plain(lab, args, kwargs, options),
    )

    assert ours == theirs


@brief
@given(generated.arguments, generated.keywords, generated.options)
def test_message_by_example(lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    So is one that was sent before, whatever its arguments were then.
    """
    for _ in range(LEARNT):
        generated.send_ours(lab, (), {}, options)
    assert len([*lab.arrived()]) == LEARNT

    for way in WAYS:
        ours = sight(lab, lambda: generated.send_ours(lab, args, kwargs, options), way)
        theirs = sight(lab, lambda: generated.send_plain(lab, args, kwargs, options), way)

        assert ours == theirs


@brief
@given(generated.options, st.randoms(use_true_random=False))
def test_order_of_methods(lab: Lab, options: Any, random: Any) -> None:
    """
    The order in which options are set does not matter: the calls are equal, and so are messages.
    """
    shuffled = dict(random.sample([*options.items()], len(options)))
    first = generated.with_methods(call(lab.anything), lab, options)
    second = generated.with_methods(call(lab.anything), lab, shuffled)

    one, other = both(lab, first.send, second.send)

    assert one == other
    assert first == second


@brief
@given(generated.options)
def test_options_at_once(lab: Lab, options: Any) -> None:
    """
    `.options()` makes the same call as one method after the other.
    """
    options = {
        name: value
        for name, value in options.items()
        if name not in {"link", "link_error", "extra"}
    }
    chained = generated.with_methods(call(lab.anything, 1), lab, options)

    together = call(lab.anything, 1).options(**generated.at_once(lab, options))

    assert together == chained


@brief
@given(generated.arguments, generated.keywords, generated.options)
def test_building_changes_nothing(lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    Setting options makes other calls: the call one started from is still what it was.
    """
    bare = call(lab.anything, *args, **kwargs)
    before = repr(bare)

    built = generated.with_methods(bare, lab, options)
    generated.with_methods(built, lab, options)

    assert repr(bare) == before
    assert bare == call(lab.anything, *args, **kwargs)
    assert sight(lab, bare.send) == sight(lab, lambda: lab.anything.apply_async(args, kwargs))


@brief
@given(generated.arguments, generated.keywords, generated.options)
def test_sent_twice(lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    A call can be sent again: with another id, unless it names one, and else the same.
    """
    built = generated.with_methods(call(lab.anything, *args, **kwargs), lab, options)
    ids = []

    def send() -> Any:
        sent = built.send()
        ids.append(sent.id)
        return sent

    first, second = both(lab, send, send)

    assert first == second
    assert (ids[0] == ids[1]) == ("task_id" in options)


@brief
@given(generated.arguments, generated.keywords, generated.options)
def test_later_changes(lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    What is done to an argument, header or stamp after a call was built does not change the call.
    """
    args, kwargs = ([*args], "args"), {"x_kwargs": {**kwargs}}
    built = generated.with_methods(call(lab.anything, *args, **kwargs), lab, options)
    before = sight(lab, built.send)

    for value in (*args, *kwargs.values(), *options.values()):
        change(value)

    assert sight(lab, built.send) == before


def change(value: Any) -> None:
    """
    Change every list and dict in a value.
    """
    if isinstance(value, dict):
        for item in value.values():
            change(item)
        value["changed"] = True
    elif isinstance(value, list):
        for item in value:
            change(item)
        value.append("changed")
