"""
On real brokers too, each option and kind of task is published as plain Celery publishes it.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings

from tests.equivalence import generated
from tests.equivalence.canvas import CANVAS
from tests.equivalence.forms import CASES, OWN_CASES, Form
from tests.equivalence.kinds import KINDS
from tests.equivalence.lab import Lab
from tests.equivalence.many import MANY
from tests.equivalence.pairs import Make
from tests.equivalence.published import LEARNT, WAYS, both, later, sight
from tests.equivalence.remotes import REMOTES
from tests.equivalence.routes import ROUTES, Route
from tests.equivalence.rows import Row
from tests.equivalence.test_many import seen

from .brokers import Broker

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def shared_lab(broker: Broker) -> Iterator[Lab]:
    """
    A lab for the tests that change nothing in its app.
    """
    with closing(Lab(broker.url)) as lab:
        yield lab


@pytest.fixture
def lab(broker: Broker) -> Iterator[Lab]:
    """
    A lab of one's own.
    """
    with closing(Lab(broker.url)) as lab:
        yield lab


@pytest.mark.parametrize(("row", "form"), CASES)
def test_option(shared_lab: Lab, row: Row, form: Form) -> None:
    """
    A call with one option is published as plain Celery publishes it.
    """
    lab = shared_lab

    ours, theirs = both(lab, lambda: form.ours(row, lab), lambda: form.plain(row, lab))

    if is_confirmed(lab, row):
        for each in (ours, theirs):
            each["notes"] = [note for note in each["notes"] if note[0] != "publish"]
    assert ours == theirs


def is_confirmed(lab: Lab, row: Row) -> bool:
    """
    Whether a call goes over a line that RabbitMQ confirms, and not through Celery's own producer.
    """
    return row.name == "extra, mandatory" and lab.app.conf.broker_url.startswith("amqp")


@pytest.mark.parametrize(("row", "form"), OWN_CASES)
def test_option_by_example(shared_lab: Lab, row: Row, form: Form) -> None:
    """
    So is one that was sent before; most are then made after the example of those.
    """
    lab = shared_lab

    ours, theirs, count = later(lab, lambda: form.ours(row, lab), lambda: form.plain(row, lab))

    assert ours == theirs
    assert count == (0 if row.celerys or is_confirmed(lab, row) else 2)


PAIRS = {**KINDS, **REMOTES, **CANVAS}


@pytest.mark.parametrize("make", PAIRS.values(), ids=PAIRS)
def test_kind(lab: Lab, make: Make) -> None:
    """
    A call of any kind of task, or with stamps or callbacks, is published as plain Celery does it.
    """
    ours, theirs = both(lab, *make(lab))

    assert ours == theirs


@pytest.mark.parametrize("make", MANY.values(), ids=MANY)
def test_group_of_many(lab: Lab, make: Make) -> None:
    """
    The members of a large group are published as Celery publishes those of its own.
    """
    ours, theirs = make(lab)

    assert seen(lab, ours) == seen(lab, theirs)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_route(lab: Lab, route: Route) -> None:
    """
    A call ends in the queue that task_routes name, as plain Celery's does.
    """
    ours, theirs = both(lab, *route.pair(lab))

    assert ours == theirs
    assert ours["messages"][0][0] == route.ends


@settings(max_examples=40, deadline=None, derandomize="CI" in os.environ)
@given(generated.arguments, generated.keywords, generated.options)
def test_message(shared_lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    A call with any options and arguments is published as plain Celery publishes it.
    """
    ours, theirs = both(
        shared_lab,
        lambda: generated.send_ours(shared_lab, args, kwargs, options),
        lambda: generated.send_plain(shared_lab, args, kwargs, options),
    )

    assert ours == theirs


@settings(max_examples=40, deadline=None, derandomize="CI" in os.environ)
@given(generated.arguments, generated.keywords, generated.options)
def test_message_by_example(shared_lab: Lab, args: Any, kwargs: Any, options: Any) -> None:
    """
    So is one that was sent before, whatever its arguments were then.
    """
    for _ in range(LEARNT):
        generated.send_ours(shared_lab, (), {}, options)
    assert len([*shared_lab.arrived()]) == LEARNT

    given = shared_lab, args, kwargs, options
    for way in WAYS:
        ours = sight(shared_lab, lambda: generated.send_ours(*given), way)
        theirs = sight(shared_lab, lambda: generated.send_plain(*given), way)

        assert ours == theirs
