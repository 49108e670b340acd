"""
CK221: mandatory needs publisher confirms.
"""

import pytest

from celerykit import CallRejected, call
from celerykit._facts import AppFacts

from .asking import ask, printed


@pytest.fixture
def rabbit(make_app):
    """
    Make a task of an app on RabbitMQ, which nobody connects to.
    """

    def make(**options):
        app = make_app(broker_url="amqp://127.0.0.1:1//", broker_transport_options=options)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return call(add, 2, 3).extra(mandatory=True)

    return make


def test_without_confirms_it_is_found():
    """
    On RabbitMQ without confirms the error would hit another call.
    """
    (finding,) = ask("CK221", {"mandatory": True}, AppFacts(transport="amqp", confirms=False))

    assert (finding.option, finding.value) == ("mandatory", "True")


def test_is_refused_in_a_flow(rabbit):
    """
    What Celery sends itself is refused before anything connects, with the setting to write.
    """
    bad = rabbit()
    with pytest.raises(CallRejected) as caught:
        bad.then(bad).send()

    assert {*str(caught.value).splitlines()} == {
        *printed(
            "CK221",
            "mandatory=True without publisher confirms fails at the next call instead of this one. "
            "Set broker_transport_options = {'confirm_publish': True}.",
        ).splitlines()
    }


def test_near_miss_a_call_waits_for_the_broker(rabbit):
    """
    A call that celerykit sends by itself waits for confirms, whatever the transport's options say.
    """
    assert rabbit().check() == []


def test_near_miss_with_confirms_it_passes(rabbit):
    """
    With confirms the error is the call's own: the reliable way.
    """
    assert rabbit(confirm_publish=True).check() == []


@pytest.mark.parametrize(
    ("value", "facts"),
    [
        (False, AppFacts(transport="amqp", confirms=False)),
        (True, AppFacts(transport="redis", confirms=False)),
        (True, AppFacts(transport="amqp", confirms=True)),
        (True, AppFacts()),
    ],
    ids=["not mandatory", "Redis", "confirms", "unknown"],
)
def test_near_miss_elsewhere_it_harms_nobody(value, facts):
    """
    Only RabbitMQ returns messages, and only without confirms does it tell the wrong call.
    """
    assert ask("CK221", {"mandatory": value}, facts) == []


def test_harm_the_option_is_taken_where_nothing_listens(add, message):
    """
    With plain Celery `mandatory=True` is accepted by a broker that returns nothing.
    """
    add.apply_async((2, 3), mandatory=True, exchange="nowhere", routing_key="x")

    with pytest.raises(ValueError, match="not enough values"):
        message()
