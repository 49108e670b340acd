"""
What a call says is what the worker gets: arguments, names, headers, stamps and the way they travel.
"""

from uuid import UUID, uuid4

import pytest
from kombu import Exchange, Queue

from celerykit import call

from .observed import listen
from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20
KEPT = {"tenant": "acme", "tags": ["a", "b"], "depth": {"levels": 3}, "none": None}


def test_arguments_arrive_as_written(live: Stage) -> None:
    """
    Positional and keyword arguments reach the task as they stand in the call.
    """
    held = call(live.tasks.echo, 1, "two", [3, {"four": None}], name="ä").send().get(PATIENCE)
    assert held["args"] == [1, "two", [3, {"four": None}]]
    assert held["kwargs"] == {"name": "ä"}
    assert held["knows_celerykit"] is False


def test_every_send_has_an_id_of_its_own(live: Stage) -> None:
    """
    One call sent three times is three tasks, and each handle knows the id that its task had.
    """
    echo = call(live.tasks.echo)
    handles = [echo.send() for _ in range(3)]
    assert len({handle.id for handle in handles}) == 3
    for handle in handles:
        held = handle.get(PATIENCE)
        assert (held["id"], held["correlation_id"], held["root_id"]) == (handle.id,) * 3


@pytest.mark.parametrize("kind", [str, UUID])
def test_an_id_of_your_own_is_kept(live: Stage, kind: type) -> None:
    """
    The task runs under the id that the call names, be it a string or a UUID.
    """
    mine = uuid4()
    handle = call(live.tasks.echo).task_id(kind(str(mine))).send()
    assert handle.id == str(mine)
    assert handle.get(PATIENCE)["id"] == str(mine)


def test_a_queue_is_chosen(live: Stage) -> None:
    """
    A call goes to the queue that it names.
    """
    held = call(live.tasks.echo).queue(live.high).send().get(PATIENCE)
    assert held["delivery_info"]["routing_key"] == live.high


def test_an_exchange_and_a_routing_key_find_the_queue(live: Stage) -> None:
    """
    A call to an exchange arrives in the queue that is bound there by its routing key.
    """
    held = call(live.tasks.echo).exchange(live.prefix).routing_key(live.high).send().get(PATIENCE)
    info = held["delivery_info"]
    assert (info["exchange"], info["routing_key"]) == (live.prefix, live.high)


def test_a_routing_key_chooses_on_a_topic_exchange(live: Stage) -> None:
    """
    On a topic exchange the routing key decides which queues get the call: one, or several.
    """
    topic = Exchange(live.queue(live.unique("topic")), type="topic")
    europe, urgent = (
        Queue(live.queue(live.unique("bound-by-a-pattern")), topic, routing_key=pattern)
        for pattern in ("eu.#", "#.urgent")
    )
    for queue in (europe, urgent):
        live.app.amqp.queues.add(queue)
        key = queue.routing_key
        listen(live, queue.name, exchange=topic.name, exchange_type=topic.type, routing_key=key)
    trail = live.unique()
    for key in ("us.urgent", "us.billing", "eu.urgent", "eu.billing"):
        call(live.tasks.note, trail, key).queue(europe.name).routing_key(key).send()
    ran = sorted(note.label for note in live.notes(trail, 4))
    assert ran == ["eu.billing", "eu.urgent", "eu.urgent", "us.urgent"]


def test_headers_and_stamps_arrive(live: Stage) -> None:
    """
    Headers and stamps, added one by one, are all there in the request that the worker holds.
    """
    echo = call(live.tasks.echo).headers(KEPT).headers(more=1)
    held = echo.stamp(tenant="acme").stamp(build=7).send().get(PATIENCE)
    assert held["headers"] == {**KEPT, "more": 1}
    assert held["stamps"] == {"tenant": "acme", "build": 7}
    assert sorted(held["stamped_headers"]) == ["build", "tenant"]


def test_a_shadow_is_what_the_log_says(live: Stage) -> None:
    """
    The worker's log shows the call by its other name.
    """
    handle = call(live.tasks.echo).shadow("nightly").send()
    held = handle.get(PATIENCE)
    assert (held["shadow"], held["task"]) == ("nightly", "live.echo")
    assert f"Task nightly[{handle.id}] received" in live.logs()


def test_a_serializer_and_a_compression_are_used(live: Stage) -> None:
    """
    The body travels in the form that the call names, and the worker reads it.
    """
    parked = live.queue(live.unique("nobody-reads-this"))
    plain = call(live.tasks.add, 2, 3).serializer("json").compression("gzip")
    plain.queue(parked).send()
    (message,) = live.take(parked)
    assert message.content_type == "application/json"
    assert message.headers["compression"] == "application/x-gzip"
    assert message.decode()[0] == [2, 3]
    assert plain.send().get(PATIENCE) == 5


def test_publishing_options_do_no_harm(live: Stage) -> None:
    """
    A call that is published once, one with a policy of its own and one with extras all arrive.
    """
    add = call(live.tasks.add, 2, 3)
    asked = [
        add.no_retry(),
        add.retry(max_retries=1, interval_start=0.1),
        add.extra(delivery_mode=1, app_id="shop"),
    ]
    assert [each.send().get(PATIENCE) for each in asked] == [5, 5, 5]


def test_options_may_be_given_at_once(live: Stage) -> None:
    """
    Options given together do what each would do alone.
    """
    echo = (
        call(live.tasks.echo, 1)
        .allow("CK220")
        .options(  # the queue has no order to keep
            queue=live.high,
            priority=3,
            time_limit=60,
            soft_time_limit=50,
            headers={"a": 1},
            shadow="s",
        )
    )
    held = echo.send().get(PATIENCE)
    info = held["delivery_info"]
    assert (info["routing_key"], info["priority"]) == (live.high, 3)
    assert (held["timelimit"], held["headers"], held["shadow"]) == ([60, 50], {"a": 1}, "s")
