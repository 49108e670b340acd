"""
memory_app() is an app of its own: nobody shares its queues, its results, its tasks or its settings.
"""

import threading

import celery
import pytest
from celery import Celery, chord, shared_task
from kombu import pools
from kombu.transport.memory import Channel

from celerykit import CallRejected, Priority, call
from celerykit.testing import capture, memory_app, run_pending


def test_send_run_and_read(at_once):
    """
    A call waits in the app's own broker until it is run, and then its result can be read.
    """
    with memory_app("shop") as app:

        @app.task
        def add(x: int, y: int) -> int:
            return x + y

        result, later = add.delay(2, 3), add.apply_async((4, 5), countdown=60)

        assert app.main == "shop"
        assert run_pending(app).calls == [call(add, 2, 3)]
        assert (result.get(), later.state) == (5, "PENDING")
        assert len(run_pending(app)) == 0

        at_once(lambda number: add.delay(number, 1))
        assert sorted(each.args[0] for each in run_pending(app)) == [*range(8)]


def test_chords_and_failures():
    """
    What tasks send is run too; an error of a task is raised, and the rest still waits.
    """
    with memory_app() as app:

        @app.task
        def total(values):
            return sum(values)

        @app.task
        def fail():
            raise ZeroDivisionError

        result = chord([total.s([1, 2]), total.s([3])], total.s()).apply_async()
        assert len(run_pending(app)) == 3
        assert result.get() == 6

        failed = fail.delay()
        left = total.delay([1])
        with pytest.raises(ZeroDivisionError):
            run_pending(app)
        assert (failed.state, left.state) == ("FAILURE", "PENDING")
        run_pending(app)
        assert left.get() == 1


def test_apps_share_nothing():
    """
    Two apps with queues, tasks and ids of the same names do not meet.
    """
    before = {**pools.connections}, {**pools.producers}
    with memory_app("one") as one, memory_app("two") as two:
        for app in (one, two):
            app.task(name="same")(app_name(app))
            app.send_task("same", task_id="same")

        assert len(run_pending(one)) == 1
        assert one.AsyncResult("same").get() == "one"
        assert two.AsyncResult("same").state == "PENDING"
        assert len(run_pending(two)) == 1

    assert "celery" not in Channel.queues
    assert ({**pools.connections}, {**pools.producers}) == before


def app_name(app):
    """
    A function that returns the name of an app.
    """

    def name():
        return app.main

    return name


def test_tasks_stay_in_the_app():
    """
    A task is no other app's, while Celery gives it to every app there is.
    """
    with memory_app("one") as app:
        app.task(name="one.only")(app_name(app))
        app.task(app_name(app), name="one.too")
        other = Celery("other", set_as_current=False)

        assert {"one.only", "one.too"} <= app.tasks.keys()
        assert not {"one.only", "one.too"} & other.tasks.keys()


def test_shared_tasks_use_it():
    """
    A shared task goes to the app, in every thread; afterwards the current app is what it was.
    """
    before = celery.current_app._get_current_object()
    task = shared_task(name="anyones.add")(app_name(before))
    with memory_app() as app:
        task.delay()
        thread = threading.Thread(target=task.delay)
        thread.start()
        thread.join(10)

        assert celery.current_app._get_current_object() is app
        assert [each.task for each in run_pending(app)] == ["anyones.add", "anyones.add"]

    assert celery.current_app._get_current_object() is before


def test_the_environment_has_no_say(monkeypatch, port):
    """
    Neither CELERY_BROKER_URL and its like nor a configuration module changes anything.
    """
    for name in ("BROKER_URL", "BROKER_READ_URL", "BROKER_WRITE_URL", "RESULT_BACKEND"):
        monkeypatch.setenv(f"CELERY_{name}", f"redis://127.0.0.1:{port.number}/0")
    monkeypatch.setenv("CELERY_CONFIG_MODULE", "no_such_module")
    with memory_app() as app:
        assert app.conf.broker_url == "memory://"
        assert app.conf.broker_read_url == app.conf.broker_write_url == "memory://"
        assert app.conf.result_backend == "cache+memory://"
        app.send_task("billing.charge")
        app.conf.broker_url = "memory://other"
        assert app.conf.broker_write_url == "memory://other"

    assert port.visits == 0


def test_settings():
    """
    Settings are Celery's; the broker that is named decides what the rules say, and is not asked.
    """
    with memory_app(broker_url="redis://127.0.0.1:1/0", task_routes={"x.*": "far"}) as app:
        add = app.task(name="x.add")(app_name(app))
        call(add).priority(Priority.HIGH).send()

        (ran,) = run_pending(app)

        assert (ran.queue, ran.priority) == ("far", 3)
        with pytest.raises(CallRejected, match="Redis says"):
            app.send_task("x.add", headers={"when": complex(1, 2)})


def test_other_messages_are_left_alone():
    """
    A message that is no task's stays in its queue while tasks are run.
    """
    with memory_app() as app, app.connection_for_write() as connection:
        queue = connection.SimpleQueue("celery")
        queue.put("own")
        task = app.task(name="x")(app_name(app))
        task.delay()

        run_pending(app)

        assert queue.get(timeout=1).payload == "own"
        queue.close()


def test_a_queue_that_is_deleted():
    """
    What waits in a queue that a task deletes is gone with it.
    """
    with memory_app() as app:

        @app.task
        def delete():
            with app.connection_for_write() as connection:
                connection.default_channel.queues.pop("celery")

        delete.delay()
        delete.apply_async(countdown=60)
        run_pending(app)

        assert len(run_pending(app)) == 0
        assert not app.broker.queues


def test_fanout_and_revoke():
    """
    A message for all workers reaches each queue, and a revoked task is not run.
    """
    with memory_app() as app:
        task = app.task(name="x")(app_name(app))
        result = task.delay()
        app.control.revoke(result.id)
        run_pending(app)

        assert result.state == "REVOKED"
        with app.connection_for_read() as connection:
            channel = connection.default_channel
            channel.exchange_declare("news", type="fanout")
            for name in ("a", "b"):
                channel.queue_declare(name)
                channel.queue_bind(name, "news", "")
            channel.basic_publish(channel.prepare_message("hello"), "news", "")
            assert [channel.basic_get(name).body for name in ("a", "b")] == [b"hello", b"hello"]


def test_captured():
    """
    While it is captured nothing reaches its queues; afterwards calls do again.
    """
    with memory_app() as app:
        task = app.task(name="x")(app_name(app))
        with capture() as sent:
            task.delay()
            assert len(run_pending(app)) == 1
        task.delay()

        assert len(sent) == 1
        assert len(run_pending(app)) == 1


def test_made_while_all_is_captured():
    """
    An app that is made during a capture is captured too.
    """
    with capture() as sent, memory_app() as app:
        task = app.task(name="x")(app_name(app))
        task.delay()

        assert len(sent.run()) == 1
        assert celery.current_app._get_current_object() is app


def test_the_current_app_may_be_named():
    """
    celery.current_app stands for the app that is current.
    """
    with memory_app() as app:
        app.task(name="x")(app_name(app)).delay()

        assert len(run_pending(celery.current_app)) == 1


def test_an_app_that_is_not_in_memory(app):
    """
    An app whose messages wait elsewhere cannot be run, and a limit has to be one.
    """
    with pytest.raises(TypeError, match=r"run_pending\(<Celery .*nothing of it waits in memory"):
        run_pending(app)
    with memory_app() as own, pytest.raises(ValueError, match="limit=0 is not a number"):
        run_pending(own, limit=0)


def test_a_misspelt_setting_is_refused():
    """
    Celery would ignore it, and the test would prove something else.
    """
    slip = r"'task_always_eagr' is no setting of Celery's. Did you mean task_always_eager\?"
    with pytest.raises(TypeError, match=slip), memory_app(task_always_eagr=True):
        raise NotImplementedError


def test_a_setting_as_django_writes_it_is_refused():
    """
    Here no namespace is taken off, and it would be ignored too.
    """
    with (
        pytest.raises(TypeError, match="Did you mean task_routes"),
        memory_app(CELERY_TASK_ROUTES={}),
    ):
        raise NotImplementedError


def test_near_miss_a_setting_of_the_projects_own_passes():
    """
    What is like none of Celery's may be anybody's.
    """
    with memory_app(shop_currency="EUR", schedule=1, celerykit={"payload_budget": 5}) as app:
        assert app.conf.shop_currency == "EUR"
