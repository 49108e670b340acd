"""
CK617: calls run where they are made, and this is no test.
"""

import pytest

from .configured import configured, told, words


def test_eager_calls_are_told():
    """
    The danger and the line to write are told.
    """
    assert words(told("CK617", configured({"task_always_eager": True}))) == [
        (
            "task_always_eager",
            "True",
            "every call runs at once in the process that makes it, and workers get none",
            "Write app.conf.task_always_eager = False, except in tests",
        )
    ]


@pytest.mark.parametrize(
    ("written", "in_tests"),
    [({"task_always_eager": True}, True), ({"task_always_eager": False}, False), ({}, False)],
    ids=repr,
)
def test_near_miss_a_test_may_be_eager(written, in_tests):
    """
    In a test it is what the setting is for.
    """
    assert told("CK617", configured(written, in_tests=in_tests)) == []


def test_harm_plain_celery_leaves_nothing_to_the_workers(make_app, messages):
    """
    With plain Celery the task runs inside the call, countdown or not, and no message is sent.
    """
    app = make_app(task_always_eager=True)
    ran = []

    @app.task(name="shop.note")
    def note(what):
        ran.append(what)

    note.apply_async(("now",), countdown=3600, queue=app.conf.task_default_queue)

    with app.connection_for_read() as connection:
        assert (ran, connection.default_channel.queues.get(app.conf.task_default_queue)) == (
            ["now"],
            None,
        )
