"""
CK211: a stamp has a name of its own.
"""

import pytest
from kombu.exceptions import EncodeError
from kombu.serialization import dumps

from celerykit import call
from celerykit._vocabulary import CALL_OPTIONS

from .asking import ask, printed, refusal, refused

LABELS = [
    *("user_id", "type", "timestamp", "message_id", "app_id", "cluster_id"),
    *("message", "body", "timeout", "content_type", "correlation_id"),
]


@pytest.mark.parametrize(
    "name", [*CALL_OPTIONS, "producer", "add_to_parent", "chain", "retries", "timezone", "name"]
)
def test_a_stamp_called_like_an_option_is_refused(add, name):
    """
    `.stamp()` and `.options()` refuse the name of any option that Celery reads.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.stamp({name: "v"})) == [("CK211", "stamp", "'v'")]
    assert refused(lambda: base.options(stamp={name: "v"})) == [("CK211", "stamp", "'v'")]


def test_says_which_method_was_meant(add):
    """
    The message names the method, where there is one.
    """
    assert str(refusal(lambda: call(add, 2, 3).stamp(priority=9))) == printed(
        "CK211",
        "a stamp cannot be called 'priority', which is an option. "
        "Choose another name, or write .priority().",
    )
    assert (
        refusal(lambda: call(add, 2, 3).stamp(chain=9)).findings[0].remedy == "Choose another name"
    )


@pytest.mark.parametrize("name", ["visitor", "append_stamps", "self"])
def test_a_stamp_called_like_a_parameter_is_refused(add, name):
    """
    Celery's own `stamp()` takes these names for itself.
    """
    (finding,) = refusal(lambda: call(add, 2, 3).stamp({name: "v"})).findings

    assert (
        finding.message
        == f"a stamp cannot be called '{name}', which is a parameter of Celery's stamp()"
    )


def test_a_stamp_and_an_extra_option_of_one_name_are_refused(add):
    """
    Whichever comes second is refused: Celery would drop the option.
    """
    base = call(add, 2, 3)

    assert refused(lambda: base.stamp(tenant="a").extra(tenant="b")) == [("CK211", "stamp", "'a'")]
    assert refused(lambda: base.extra(user_id="a").stamp(user_id="b")) == [
        ("CK211", "stamp", "'b'")
    ]


@pytest.mark.parametrize("name", [*LABELS, "tenant", "id", "task", "stamps_", "channel"])
def test_near_miss_a_name_that_celery_does_not_read_passes_and_arrives(add, message, name):
    """
    A label passes, even one that AMQP or a header knows, and the worker reads it in `stamps`.
    """
    call(add, 2, 3).stamp({name: "v"}).send()

    sent = message()
    assert sent.headers["stamps"] == {name: "v"}
    assert name not in sent.properties or sent.properties[name] != "v"


def test_near_miss_what_is_no_mapping_is_left_to_its_rule():
    """
    Stamps of a wrong type have another rule.
    """
    assert ask("CK211", {"stamp": "queue"}) == []
    assert ask("CK211", {"tenant": "queue"}) == []


def stamped(add, **stamps):
    """
    Send what plain Celery makes of stamps.
    """
    signature = add.s(2, 3)
    signature.stamp(**stamps)
    return signature.apply_async()


def test_harm_a_stamp_named_countdown_cannot_be_sent(add):
    """
    With plain Celery `stamp(countdown=1)` raises KeyError at the send, far from its line.
    """
    with pytest.raises(KeyError, match="countdown"):
        stamped(add, countdown=1)


def test_harm_a_stamp_named_priority_orders_nothing(add, message):
    """
    With plain Celery `stamp(priority=9)` sends a label, and no priority.
    """
    stamped(add, priority=9)

    assert message().properties["priority"] == 0


def test_harm_a_stamp_named_queue_is_a_queue(add, message):
    """
    With plain Celery `stamp(queue="high")` puts a queue into a header, which no broker can carry,
    and the call goes to the default one.
    """
    stamped(add, queue="high")

    with pytest.raises(EncodeError):
        dumps(message().headers)


def test_harm_a_stamp_takes_an_option_away(add, message):
    """
    With plain Celery a stamp and a property of one name leave the message without the property.
    """
    add.apply_async((2, 3), tenant="a", stamped_headers=["tenant"])

    sent = message()
    assert sent.headers["stamps"] == {"tenant": "a"}
    assert "tenant" not in sent.properties
