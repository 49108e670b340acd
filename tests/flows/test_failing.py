"""
A flow that could not be sent: what is known of it, in the words of a single call.
"""

import celery
import kombu
import pytest
from celery import signals
from kombu import Exchange, Queue

from celerykit import GroupPublishError, PublishError, call, fan, group, step

KOMBU = kombu.VERSION[:2]

# One attempt: of a second one kombu does not tell what came of the first.
ONCE = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@pytest.fixture
def make_flows(make_app):
    """
    Make a chain, one that ends in two tasks, and a chord, of an app whose broker is at a URL.
    """

    def make(url, **settings):
        app = make_app(
            broker_url=url,
            task_default_queue="work",
            **{
                "task_publish_retry_policy": ONCE,
                # Or kombu before 5.5 tries for six seconds, whatever that policy says.
                "broker_transport_options": {"max_retries": 0},
                **settings,
            },
        )

        @app.task(name="shop.add")
        def add(x, y):
            raise NotImplementedError

        @app.task(name="shop.total")
        def total(numbers):
            raise NotImplementedError

        one = call(add, 1, 2)
        wide = one | fan(step(add, 3), step(add, 4))
        return one | step(add, 3), wide, group(one, one, one) | step(total)

    return make


@pytest.mark.parametrize(
    ("url", "side"), [("redis://127.0.0.1:1/0", "broker"), ("rediss3://h", "configuration")]
)
def test_nothing_left_and_that_is_said(make_flows, url, side):
    """
    A broker that is not there got nothing of a chain, of one with several ends, or of a chord.
    """
    for flow in make_flows(url):
        with pytest.raises(PublishError) as caught:
            flow.send()

        assert (caught.value.outcome, caught.value.side) == ("not_sent", side)
        assert caught.value.__cause__ is not None


@pytest.mark.parametrize(("fault", "outcome"), [("lost", "unknown"), ("-OOM no", "not_sent")])
def test_the_first_task_of_a_chain_is_what_leaves(make_flows, server, fault, outcome):
    """
    What is known of its message is known of the flow.
    """
    for flow in make_flows(server.url)[:2]:
        server.faults[:] = [fault]

        with pytest.raises(PublishError) as caught:
            flow.send()

        assert (caught.value.outcome, caught.value.side) == (outcome, "broker")


@pytest.mark.parametrize(("before", "outcome"), [(0, "not_sent"), (1, "unknown"), (2, "unknown")])
def test_a_chord_of_which_a_part_left_is_not_safe_to_send_again(
    make_flows, server, before, outcome
):
    """
    Members of its group that left before run, and would run twice.
    """
    chord = make_flows(server.url)[2]
    server.faults[:] = [*([""] * before), "-OOM no"]

    with pytest.raises(PublishError) as caught:
        chord.send()

    assert type(caught.value) is not GroupPublishError
    assert (caught.value.outcome, len(server.pushed("work"))) == (outcome, before)


@pytest.mark.parametrize(("before", "outcome"), [(0, "not_sent"), (1, "unknown")])
def test_a_task_that_polls_for_a_chord_leaves_first(make_flows, server, tmp_path, before, outcome):
    """
    With a result backend that cannot count, the broker has got something before any member.
    """
    chord = make_flows(server.url, result_backend=f"file://{tmp_path}")[2]
    server.faults[:] = [*([""] * before), "-OOM no"]

    with pytest.raises(PublishError) as caught:
        chord.send()

    assert (caught.value.outcome, len(server.pushed("work"))) == (outcome, before)


def test_what_is_a_projects_own_comes_out_as_it_is(make_flows, server):
    """
    An interrupt in a receiver of a signal is nobody else's.
    """

    def stop(**_):
        raise KeyboardInterrupt

    signals.before_task_publish.connect(stop)
    try:
        for flow in make_flows(server.url):
            with pytest.raises(KeyboardInterrupt):
                flow.send()
    finally:
        signals.before_task_publish.disconnect(stop)


def test_celery_counts_the_members_of_a_group():
    """
    Where it had come to is read from the variable of that name.
    """
    assert "task_index" in celery.group._apply_tasks.__code__.co_varnames


def test_a_backend_that_is_told_before_anything_leaves(make_flows, server):
    """
    A result backend that is down when a chord is prepared: nothing has left by then.
    """
    policy = {"max_retries": 0, "interval_start": 0, "interval_step": 0}
    chord = make_flows(
        server.url,
        result_backend="redis://127.0.0.1:1/0",
        result_backend_transport_options={"retry_policy": policy},
    )[2]

    with pytest.raises(PublishError) as caught:
        chord.send()

    assert (caught.value.outcome, caught.value.side) == ("not_sent", "result backend")
    assert server.pushed("work") == []


def test_a_polling_task_that_cannot_leave_is_the_brokers_affair(make_flows, tmp_path):
    """
    It is a result backend that publishes it, and the broker that is not there.
    """
    chord = make_flows("redis://127.0.0.1:1/0", result_backend=f"file://{tmp_path}")[2]

    with pytest.raises(PublishError) as caught:
        chord.send()

    assert (caught.value.outcome, caught.value.side) == ("not_sent", "broker")


@pytest.mark.parametrize("second", ["zookeeper://h", "-NOPERM no"])
def test_what_was_lost_before_the_last_error_is_not_forgotten(make_flows, server, second):
    """
    After an answer was lost, neither a missing driver nor a refusal says that nothing left.
    """
    is_driver = second.startswith("zoo")
    url = [server.url, second] if is_driver else server.url
    for flow in make_flows(url, task_publish_retry_policy={**ONCE, "max_retries": 3}):
        server.faults[:] = ["lost"] if is_driver else ["lost", second]

        try:
            flow.send()
        except PublishError as error:
            outcome = error.outcome
        else:
            outcome = "sent"

        # kombu before 5.5 goes on to the first broker again.
        assert outcome == "unknown" or (outcome == "sent" and KOMBU < (5, 5))


def test_a_chord_within_a_chord_is_not_safe_to_send_again(make_app, server):
    """
    What was sent of the inner group counts as what was sent of the outer one.
    """
    app = make_app(broker_url=server.url, task_default_queue="work", task_publish_retry_policy=ONCE)

    @app.task(name="shop.add")
    def add(x, y):
        raise NotImplementedError

    @app.task(name="shop.total")
    def total(numbers: list):
        raise NotImplementedError

    one = call(add, 1, 2)
    inner = group(one, one, one) | step(total)
    server.faults[:] = ["", "-OOM no"]

    with pytest.raises(PublishError) as caught:
        (group(inner, one) | step(total)).send()

    assert (caught.value.outcome, len(server.pushed("work"))) == ("unknown", 1)


@pytest.mark.parametrize("retries", [False, True])
def test_a_second_attempt_of_the_client_is_one_too(make_flows, server, retries):
    """
    Where redis-py itself tries again after a silence, a refusal then says nothing of before.
    """
    options = {"retry_on_timeout": True, "socket_timeout": 0.2} if retries else {}
    for flow in make_flows(server.url, broker_transport_options=options)[:2]:
        server.faults[:] = ["mute", "-OOM no"] if retries else ["-OOM no"]

        with pytest.raises(PublishError) as caught:
            flow.send()

        assert caught.value.outcome == ("unknown" if retries else "not_sent")


def test_an_answer_that_nobody_understands_is_no_wrong_message(make_flows, server):
    """
    It came after the message was written.
    """
    for flow in make_flows(server.url):
        server.faults[:] = ["garbage"]

        with pytest.raises(PublishError) as caught:
            flow.send()

        assert (caught.value.outcome, caught.value.side) == ("unknown", "broker")


def test_one_queue_of_several_may_have_the_message(make_app, server):
    """
    A refusal of the second queue of an exchange says nothing of the first.
    """
    exchange = Exchange("events", type="topic")
    app = make_app(
        broker_url=server.url,
        task_queues=[Queue(name, exchange, routing_key="key") for name in ("one", "two")],
        task_default_queue="one",
        task_default_exchange="events",
        task_default_exchange_type="topic",
        task_default_routing_key="key",
        task_publish_retry_policy=ONCE,
    )

    @app.task(name="shop.add")
    def add(x, y):
        raise NotImplementedError

    server.bound = ["one", "two"]
    server.faults[:] = ["", "-OOM no"]

    with pytest.raises(PublishError) as caught:
        (call(add, 1, 2) | step(add, 3)).send()

    assert caught.value.outcome == "unknown"
    assert len([*server.pushed("one"), *server.pushed("two")]) == 1
