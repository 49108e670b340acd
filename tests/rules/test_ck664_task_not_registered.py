"""
CK664: a task that beat or a route names, and that no worker knows.
"""

import pytest
from celery.contrib.testing.worker import start_worker

from .hearing import ONE, heard

SENT = {"celery": ("shop.add", "shop.clean_up"), "money": ("shop.pay",)}
BOTH = ONE._replace(tasks=frozenset({"shop.clean_up", "shop.pay"}), queues=frozenset(SENT))


def test_a_task_of_beat_that_nobody_has_is_told():
    """
    The finding names the entry, the task and the workers that were asked.
    """
    (found,) = heard("CK664", senders=SENT)

    assert (found.option, found.level) == ("beat_schedule", "warning")
    assert found.message == (
        "the entry 'nightly' names the task 'shop.clean_up', which no worker of its queue has "
        "(celery@one)"
    )


def test_a_task_of_a_route_that_nobody_has_is_told():
    """
    A route to a queue that is read by workers without its task is one to nowhere.
    """
    workers = (BOTH._replace(tasks=frozenset({"shop.clean_up"})),)

    (found,) = heard("CK664", senders=SENT, workers=workers)

    assert found.option == "task_routes"
    assert found.message.startswith("a route names the task 'shop.pay'")


def test_a_worker_of_another_queue_does_not_help():
    """
    What counts are the workers that read the queue to which the task goes.
    """
    other = ONE._replace(name="celery@two", queues=frozenset({"x"}), tasks=BOTH.tasks)

    assert len(heard("CK664", senders=SENT, workers=(ONE, other))) == 1


@pytest.mark.parametrize(
    "workers",
    [
        (BOTH,),
        (ONE, BOTH),
        (BOTH._replace(queues=None),),
        (ONE, ONE._replace(name="celery@two", tasks=None)),
        (ONE._replace(queues=frozenset({"x"})),),
    ],
)
def test_near_miss_a_task_that_may_be_known_passes(workers):
    """
    One worker that has it is enough; one that did not say may have it; an unread queue is another
    rule's.
    """
    assert heard("CK664", senders=SENT, workers=workers) == []


def test_near_miss_an_own_task_passes():
    """
    A task that neither beat nor a route names is nobody's slip: a worker need not have it.
    """
    assert heard("CK664", senders={"celery": ("shop.other",)}) == []


def test_harm_an_unknown_task_is_thrown_away(make_app, messages, capfd):
    """
    With plain Celery a worker takes the message, and loses it.
    """
    app = make_app(
        broker_transport_options={"polling_interval": 0.01},
        broker_connection_retry_on_startup=True,
    )

    with start_worker(app, perform_ping_check=False, shutdown_timeout=20):
        result = app.send_task("shop.clean_up")
        with pytest.raises(Exception, match=r"shop\.clean_up"):
            result.get(timeout=10)

    assert "Received unregistered task of type 'shop.clean_up'" in capfd.readouterr().err
    assert messages() == []
