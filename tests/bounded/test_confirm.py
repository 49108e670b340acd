"""
A confirmed send that returned is on the broker; what comes back, comes back to the one who sent it.
"""

import pytest

from celerykit import PublishError, call
from tests.bulk.amqp_server import amqp_server

SELECT = (85, 10)


@pytest.fixture
def rabbit():
    """
    A RabbitMQ of the test's own.
    """
    with amqp_server() as running:
        yield running


@pytest.mark.parametrize("ours", [True, False], ids=["the call", "the app"])
def test_rabbitmq_confirms(make_add, rabbit, ours):
    """
    Even where the transport's option for it is off; the call or the app asks for it.
    """
    add = make_add(rabbit.url, celerykit={} if ours else {"confirm": True})

    call(add, 1, 2).send(**({"confirm": True} if ours else {}))

    assert SELECT in rabbit.methods
    assert len(rabbit.arrived) == 1


def test_a_call_may_do_without(make_add, rabbit):
    """
    Against the app's setting; it is sent as ever.
    """
    add = make_add(rabbit.url, celerykit={"confirm": True})

    call(add, 1, 2).send(confirm=False)

    assert SELECT not in rabbit.methods


def test_a_line_without_confirms_is_not_used_for_one(make_add, rabbit):
    """
    A bounded send needs none, a confirmed one does; after that both go over the same line.
    """
    add = make_add(rabbit.url)
    base = call(add, 1, 2)

    for confirm in (False, True, False):
        base.send(within=30, confirm=confirm)

    assert len(rabbit.connections) == 2
    assert len(rabbit.arrived) == 3


@pytest.mark.parametrize(
    ("fault", "outcome", "side"),
    [
        ("nack", "unknown", "broker"),
        ("cut", "unknown", "broker"),
        ("close", "not_sent", "message"),
    ],
)
def test_what_is_not_confirmed_is_told(make_add, rabbit, fault, outcome, side):
    """
    At this call; it is not sent again, and the next one is not harmed.
    """
    add = make_add(rabbit.url)
    call(add, 0, 0).send(confirm=True)
    rabbit.faults = [fault]

    with pytest.raises(PublishError) as caught:
        call(add, 1, 2).send(confirm=True)
    call(add, 3, 4).send(confirm=True)

    assert (caught.value.outcome, caught.value.side) == (outcome, side)
    assert len(rabbit.arrived) == (3 if fault == "nack" else 2)


@pytest.mark.parametrize("terms", [{}, {"within": 10}, {"confirm": True}])
def test_what_no_queue_takes_comes_back_at_this_call(make_add, rabbit, terms):
    """
    A mandatory message that is unroutable was not sent, and harms no other call.
    """
    add = make_add(rabbit.url)
    bad = call(add, 1, 2).extra(mandatory=True)
    rabbit.faults = ["return"]

    with pytest.raises(PublishError, match="NO_ROUTE") as caught:
        bad.send(**terms)
    for each in (bad, call(add, 3, 4)):
        each.send()

    assert caught.value.outcome == "not_sent"
    assert len(rabbit.wait(2)) == 2


def test_elsewhere_mandatory_means_nothing(make_add):
    """
    Only RabbitMQ returns messages: in memory the option is as without.
    """
    add = make_add("memory://")

    assert call(add, 1, 2).extra(mandatory=True).send().id


def test_flows_and_plain_calls_still_need_confirms(make_add, rabbit):
    """
    What Celery sends as a part of something else would tell the wrong call: that is refused.
    """
    add = make_add(rabbit.url)
    bad = call(add, 1, 2).extra(mandatory=True)

    assert bad.check() == []
    assert [each.code for each in (bad.then(call(add, 3, 4))).check()] == ["CK221"]
    assert [each.code for each in call(add, 3, 4).link(bad).check()] == ["CK221"]
