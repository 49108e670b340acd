"""
Asking workers: one runs in this process, on the broker in memory.
"""

import threading
import warnings
from contextlib import nullcontext
from time import monotonic
from types import SimpleNamespace

import pytest
from celery import Celery, __version__, _state
from celery.contrib.testing.worker import start_worker
from kombu.exceptions import ContentDisallowed, DecodeError
from kombu.transport.memory import Channel

from celerykit import diagnose
from celerykit._live import Worker
from celerykit._read_config import config_of
from celerykit.doctor import _workers
from celerykit.doctor._live_of import live_of
from celerykit.doctor._workers import ask_workers, consumers_of, reported

SETTINGS = {
    "broker_url": "memory://",
    "result_backend": "cache+memory://",
    "broker_transport_options": {"polling_interval": 0.01},
    "broker_connection_retry_on_startup": True,
    "task_default_queue": "asked",
    "task_routes": {"shop.pay": {"queue": "money"}, "shop.*": {"queue": "asked"}},
    "beat_schedule": {"nightly": {"task": "shop.clean_up", "schedule": 3600.0}},
}


def made(name="shop", **settings):
    """
    An app on the broker in memory, with one task.
    """
    app = Celery(name, set_as_current=False)
    app.conf.update({**SETTINGS, **settings})
    app.task(name="shop.add", shared=False)(add)
    return app


def add(x, y):
    """
    Add two numbers.
    """
    return x + y


@pytest.fixture(scope="module")
def worker():
    """
    A worker that reads one queue.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in "CELERY_BROKER_URL", "CELERY_RESULT_BACKEND":
            patch.delenv(name, raising=False)
        # A worker makes its app the current one, and the default.
        patch.setattr(_state, "default_app", _state.default_app)
        patch.setattr(_state._tls, "current_app", _state._tls.current_app)
        app = made()
        with start_worker(app, perform_ping_check=False, shutdown_timeout=20) as running:
            yield running
        app.close()
        Channel.queues.clear()


def heard(app, within=5.0):
    """
    What an app hears.
    """
    return live_of(app, config_of(app), within)


def test_a_worker_tells_of_itself(worker):
    """
    A worker says which queues it reads, which tasks it has, and how it is configured.
    """
    live = heard(made())

    (found,) = live.workers
    assert found.name == worker.hostname
    assert found.queues == {"asked"}
    assert "shop.add" in found.tasks
    assert found.settings["task_default_queue"] == "asked"
    assert found.celery == __version__
    assert found.results.startswith("cache+memory://")
    assert found.accepts == {"json"}
    assert (live.broker, live.backend, live.control, live.consumers) == (None, None, "", {})
    assert live.results == found.results


def test_what_is_wrong_is_found(worker):
    """
    A route to a queue that nobody reads, and a task of beat's that nobody has, are found.
    """
    found = diagnose(made(), live=True)

    said = {(each.code, each.option) for each in found if each.code > "CK66"}
    assert said == {("CK663", "task_routes"), ("CK664", "beat_schedule")}


def test_near_miss_what_is_right_passes(worker):
    """
    Routes to what is read, and tasks that are known, are not found.
    """
    app = made(task_routes={"shop.add": "asked"}, beat_schedule={})

    assert diagnose(app, live=True) == []


def test_an_answer_does_not_take_the_whole_time(worker):
    """
    Once the workers have answered, nobody waits for the deadline.
    """
    started = monotonic()

    heard(made(), within=60.0)

    assert monotonic() - started < 30


def test_nobody_answers_in_the_whole_time():
    """
    A worker that is busy may answer late, so the whole time is waited, and not longer.
    """
    app = made(control_exchange="nobody")
    started = monotonic()

    live = heard(app, within=0.3)

    assert live.workers == ()
    assert 0.3 <= monotonic() - started < 5
    assert "CK662" in [each.code for each in diagnose(app, live=True, within=0.1)]


def test_nothing_is_left_behind(worker):
    """
    Asking leaves no thread, no connection of the app's pool and no queue for answers.
    """
    app = made()
    threads, queues = threading.active_count(), {*Channel.queues}

    heard(app)

    assert threading.active_count() == threads
    assert "pool" not in vars(app)
    assert {name for name in {*Channel.queues} - queues if "pidbox" not in name} == set()


def test_queues_are_those_that_celery_sends_to():
    """
    Each task goes where Celery's own router sends it: by its options, its attributes, its route.
    """
    app = made(
        control_exchange="nobody",
        task_routes={"shop.pay": {"queue": "money"}, "shop.by*": {"queue": "pattern"}},
        beat_schedule={
            "a": {"task": "shop.tick", "schedule": 1.0, "options": {"queue": "beat"}},
            "b": {"task": "shop.tick", "schedule": 1.0},
        },
    )
    app.task(name="shop.by_pattern", shared=False)(add)
    app.task(name="shop.own", queue="own", shared=False)(add)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the attribute, which newer releases warn of
        app.finalize()

    assert heard(app, within=0.01).senders == {
        "asked": ("shop.add", "shop.tick"),
        "beat": ("shop.tick",),
        "money": ("shop.pay",),
        "own": ("shop.own",),
        "pattern": ("shop.by_pattern",),
    }


def test_near_miss_a_task_that_cannot_be_sent_has_no_queue():
    """
    Without a queue, or with an exchange alone, there is no queue to look for.
    """
    app = made(
        control_exchange="nobody",
        task_create_missing_queues=False,
        task_routes={"shop.add": {"queue": "missing"}},
        beat_schedule={},
    )

    assert heard(app, within=0.01).senders == {}


def test_a_broker_without_remote_control_is_known(monkeypatch):
    """
    Where the transport cannot carry questions, nobody is waited for.
    """
    app = made()
    with app.connection_for_write() as connection:
        kind = type(connection.transport)
    monkeypatch.setattr(kind, "implements", kind.implements.extend(exchange_type=frozenset()))

    live = heard(app, within=60.0)

    assert live.control == "memory does not carry questions to them"
    assert "CK662" in [each.code for each in diagnose(app, live=True, within=60)]


def test_a_broker_that_is_not_there_is_known():
    """
    A broker that refuses is told with the reason, and workers are not waited for.
    """
    live = heard(made(broker_url="amqp://127.0.0.1:1//"), within=60.0)

    assert live.broker.outcome == "refused"
    assert "127.0.0.1:1" in live.broker.detail
    assert live.workers == ()


def test_a_result_backend_that_is_not_there_is_known():
    """
    A result backend that refuses is told, and the workers are asked all the same.
    """
    app = made(result_backend="redis://127.0.0.1:1/0", control_exchange="nobody")

    found = [each.code for each in diagnose(app, live=True, within=0.5) if each.code >= "CK66"]

    assert found == ["CK661", "CK662"]


def test_a_broker_that_goes_away_meanwhile_is_known(monkeypatch):
    """
    A broker that answered, and then does not, or forbids such questions, is told.
    """

    def fail(*_arguments):
        raise OSError

    monkeypatch.setattr("celerykit.doctor._live_of.ask_workers", fail)

    assert heard(made()).control == "OSError"


@pytest.mark.parametrize(
    "wrong", [ContentDisallowed("not in pickle"), DecodeError("not in pickle")]
)
def test_answers_that_cannot_be_read_are_known(monkeypatch, wrong):
    """
    Workers that answer in a format that this app does not accept, or in none, are told of.
    """

    def fail(*_arguments):
        raise wrong

    monkeypatch.setattr("celerykit.doctor._live_of.ask_workers", fail)
    found = [each for each in diagnose(made(), live=True) if each.code > "CK66"]

    assert [(each.code, each.message) for each in found] == [
        ("CK662", "the workers cannot be asked: not in pickle")
    ]


class Replies:
    """
    Stands for the mailbox of a broker whose workers answer as they are told to.
    """

    def __init__(self, **answers):
        """
        Take the answer of one worker to each command.
        """
        self.answers = answers

    def multi_call(self, _command, _arguments, _timeout, _limit, callback):
        """
        Answer who is there.
        """
        callback({"celery@one": {"ok": "pong"}})

    def call(self, _names, command, _arguments, _timeout, callback):
        """
        Answer a question.
        """
        if command in self.answers:
            callback({"celery@one": self.answers[command]})


@pytest.fixture
def replies(monkeypatch):
    """
    Have workers answer so.
    """

    def answer(**answers):
        app, box = made(), Replies(**answers)
        monkeypatch.setattr("kombu.pidbox.Mailbox", lambda *_args, **_options: lambda _: box)
        return ask_workers(app, None, monotonic() + 5)

    return answer


def test_what_a_worker_does_not_say_is_not_known(replies):
    """
    A worker that answers late, or with an error, is there; the rest of it is unknown.
    """
    silent = Worker("celery@one")

    assert replies() == [silent]
    assert replies(conf={"error": "KeyError()"}, registered={"error": "x"}, report=None) == [silent]
    assert reported("software -> nothing", "celery") is None


def test_answers_that_never_end_are_cut_off(monkeypatch, replies):
    """
    Workers that go on answering do not stretch the deadline.
    """
    started = monotonic()
    clock = iter([started, started])  # and at the first answer it is late
    monkeypatch.setattr(_workers, "monotonic", lambda: next(clock, started + 100))

    (found,) = replies(active_queues=[{"name": "asked"}])

    assert found == Worker("celery@one", queues=frozenset({"asked"}))


def test_an_app_that_accepts_no_json_asks_in_its_own_words(monkeypatch):
    """
    Workers of an app without JSON would not understand a question in it.
    """
    asked = {}

    def mailbox(_namespace, **options):
        asked.update(options)
        return lambda _connection: Replies()

    monkeypatch.setattr("kombu.pidbox.Mailbox", mailbox)

    ask_workers(made(accept_content=["yaml"], task_serializer="yaml"), None, monotonic() + 5)

    assert asked["serializer"] == "yaml"


class Amqp:
    """
    Stands for a connection to RabbitMQ, which knows one queue.
    """

    transport = SimpleNamespace(driver_type="amqp")
    channel_errors = (LookupError,)

    def channel(self):
        """
        Open a channel.
        """
        return nullcontext(self)

    def queue_declare(self, queue, **_options):
        """
        Answer like the broker, which closes the channel when there is no such queue.
        """
        return SimpleNamespace(queue=queue, consumer_count={"money": 2}[queue])


def test_rabbitmq_counts_consumers():
    """
    A queue has the consumers that RabbitMQ counts; one that is not there has none.
    """
    assert consumers_of(Amqp(), ["money", "missing"]) == {"money": 2, "missing": 0}
