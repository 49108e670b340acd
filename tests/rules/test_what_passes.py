"""
Whatever passes the builder and `check()` is a message that every broker carries and a worker reads.
"""

import contextlib
import string

import pytest
from amqp.basic_message import Message
from celery.utils.time import timezone as worker_zone
from celery.worker.request import Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kombu.asynchronous.timer import to_timestamp
from kombu.transport.memory import Channel
from kombu.utils.json import dumps

from celerykit import CallRejected, Priority, call
from celerykit._vocabulary import (
    CALL_OPTIONS,
    EXTRA_OPTIONS,
    INTERNAL_OPTIONS,
    PROTOCOL_HEADERS,
    TASK_ATTRIBUTES,
)

MOST = 315_360_000_000  # milliseconds: RabbitMQ takes no expiry beyond
WORDS = sorted(
    {*CALL_OPTIONS, *EXTRA_OPTIONS, *INTERNAL_OPTIONS, *TASK_ATTRIBUTES, *PROTOCOL_HEADERS}
)

aware = st.datetimes(timezones=st.timezones())
leaves = st.one_of(
    *(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=4),
    ),
    *(st.datetimes(), aware, st.timedeltas(), st.dates(), st.times(), st.decimals(), st.uuids()),
    *(
        st.sampled_from(Priority),
        st.integers(-2, 300),
        st.sampled_from(["json", "gzip", "high", ""]),
    ),
)
names = st.sampled_from(WORDS) | st.text(string.ascii_letters, min_size=1, max_size=12)
mappings = st.dictionaries(names, leaves, max_size=3)
values = leaves | mappings | st.lists(leaves, max_size=3)
likely = {
    "countdown": st.floats(0, 10**9) | st.timedeltas(),
    "eta": aware,
    "expires": st.floats(1, 10**9) | aware | st.none(),
    "time_limit": st.floats(0, 10**9) | st.integers(-1, 10),
    "soft_time_limit": st.integers(-1, 10),
    "priority": st.integers(-2, 300) | st.sampled_from(Priority),
    "serializer": st.sampled_from(["json", "yaml", "pickle"]),
    "compression": st.sampled_from(["gzip", "zlib", "zipp"]),
    **dict.fromkeys(("queue", "task_id", "shadow", "app_id", "type"), st.text(max_size=300)),
    **dict.fromkeys(("retry", "ignore_result", "add_to_parent", "mandatory"), st.booleans()),
    **dict.fromkeys(("timeout", "confirm_timeout", "timestamp"), st.floats() | st.integers()),
    "delivery_mode": st.sampled_from([1, 2, 7, "transient", 1.0, True]),
    "headers": mappings,
    "stamp": mappings,
    "retry_policy": st.dictionaries(st.sampled_from(["max_retries", "interval_max"]), leaves),
}
written = st.one_of(
    st.tuples(st.sampled_from(sorted(CALL_OPTIONS)), values),
    st.tuples(names, values),
    *(st.tuples(st.just(name), value) for name, value in likely.items()),
)


def built(start, writes):
    """
    A call with all the options that the builder takes.
    """
    made = start
    for name, value in writes:
        for write in (type(made).options, type(made).extra):
            with contextlib.suppress(CallRejected):
                made = write(made, **{name: value})
    return made


def sent(app):
    """
    The messages in all the queues of the broker.
    """
    with app.connection_for_read() as connection:
        taken = [connection.default_channel.basic_get(name, no_ack=True) for name in Channel.queues]
    return [message for message in taken if message is not None]


@pytest.mark.filterwarnings("ignore::celerykit.errors.CallWarning")
@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(writes=st.lists(written, max_size=8))
def test_what_passes_can_be_carried_and_read(app, add, writes):
    """
    Any values at all, through every way in: what is sent is encoded by the codecs of Redis and of
    RabbitMQ, and a worker reads its times, limits and headers.
    """
    one = built(call(add, 2, 3), writes)
    if one.check():
        return

    handle = one.send()

    for message in sent(app):
        known = {name for name, _ in Message.PROPERTIES}
        properties = {name: each for name, each in message.properties.items() if name in known}
        assert dumps([message.headers, properties])
        assert Message(application_headers=message.headers, **properties)._serialize_properties()
        assert 0 < int(properties.get("expiration", 1)) < MOST

        request = Request(message, app=app, task=add)
        assert (request.id, request.request_dict["task"]) == (handle.id, "shop.add")
        assert request.eta is None or to_timestamp(worker_zone.to_system(request.eta)) > 0
        assert request.expires is None or request.expires.utcoffset() is not None
        _hard, _soft = request.time_limits
        assert request.expires is not None or request.execute() == 5
