"""
Whether broker and result backend answer: each fault has its name, in bounded time, without a trace.
"""

import os
import pickle
import re
import socket
import sys
import threading
import time
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from celery import Celery
from celery.backends.base import BaseBackend
from kombu.transport import memory

from celerykit._meet import TooLate, meet_redis
from celerykit._reach import reach, reach_backend, reach_broker
from celerykit._reach_apart import answer

from .faults import FAULTS, HOST, as_redis, refusing, silent, talking

WITHIN = 0.5
GRACE = 0.5
BROKERS = {"redis": "redis://:pw@127.0.0.1:{}/0", "amqp": "amqp://u:pw@127.0.0.1:{}//"}


class Quiet(memory.Transport):
    """
    A transport that celerykit does not know.
    """

    driver_type = "quiet"


class Stuck(memory.Transport):
    """
    One that never comes back.
    """

    driver_type = "stuck"

    def establish_connection(self):
        """
        Wait for ever.
        """
        threading.Event().wait()


class Kept(BaseBackend):
    """
    A result backend that celerykit does not know.
    """

    def _get_task_meta_for(self, task_id):
        """
        Know of nothing yet.
        """
        return {"status": "PENDING", "result": None}


class Broken(BaseBackend):
    """
    One that cannot be reached.
    """

    def _get_task_meta_for(self, task_id):
        """
        Fail as a disk does.
        """
        message = "the disk is full"
        raise OSError(message)


def open_ends():
    """
    The sockets and pipes that this process holds open, by their numbers.
    """
    held = (Path("/proc/self/fd") / number for number in os.listdir("/proc/self/fd"))  # noqa: PTH208 - its own entry is gone by then
    names = (os.readlink(each) for each in held if each.is_symlink())  # noqa: PTH115 - no path
    return sorted(name for name in names if name.startswith(("socket", "pipe")))


@pytest.fixture(autouse=True)
def no_trace():
    """
    No thread is left, no connection, and no pipe to a process.
    """
    threads, files = set(threading.enumerate()), open_ends()
    yield
    assert set(threading.enumerate()) <= threads
    assert open_ends() == files


@pytest.fixture(autouse=True)
def loaded():
    """
    Both clients are imported, which takes time once.
    """
    for url in BROKERS.values():
        with refusing() as port:
            reach_broker(make(broker=url.format(port)), WITHIN)


def make(**options):
    """
    An app of its own.
    """
    return Celery("shop", set_as_current=False, **options)


@pytest.mark.parametrize("kind", BROKERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_broker_is_told_in_time(kind, fault):
    """
    A refusing, a silent and an overcrowded broker are told, Redis and RabbitMQ alike.
    """
    with FAULTS[fault]() as port:
        app = make(broker=BROKERS[kind].format(port))
        start = time.monotonic()

        found = reach_broker(app, WITHIN)

    took = time.monotonic() - start
    assert (found.what, found.outcome) == ("broker", "refused" if fault == "refused" else "silent")
    assert took < WITHIN + GRACE
    assert abs(found.seconds - took) < GRACE
    assert f":***@127.0.0.1:{port}/" in found.detail
    assert "pw" not in found.detail


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_result_backend_is_told_in_time(fault):
    """
    So are those of a result backend, in the same words.
    """
    with FAULTS[fault]() as port:
        app = make(broker="memory://", backend=f"redis://:pw@127.0.0.1:{port}/1")
        start = time.monotonic()

        found = reach_backend(app, WITHIN)

    assert time.monotonic() - start < WITHIN + GRACE
    assert found.what == "result backend"
    assert found.outcome == ("refused" if fault == "refused" else "silent")
    assert found.detail.startswith(f"'redis://:***@127.0.0.1:{port}/1': ")


@pytest.mark.parametrize("fault", ["silent", "full"])
def test_with_tls_too(fault):
    """
    A server that never begins to speak TLS is silent.
    """
    with FAULTS[fault]() as port:
        url = f"rediss://127.0.0.1:{port}/0?ssl_cert_reqs=none"
        start = time.monotonic()

        found = reach(make(broker=url, backend=url), WITHIN)

    assert [each.outcome for each in found] == ["silent", "silent"]
    assert time.monotonic() - start < 2 * (WITHIN + GRACE)


def test_a_redis_that_answers():
    """
    A server that answers is told, without a word about it.
    """
    with talking(as_redis) as port:
        found = reach_backend(make(backend=f"redis://{HOST}:{port}/0"), WITHIN)

    assert (found.outcome, found.detail) == ("answers", f"'redis://{HOST}:{port}/0'")
    with talking(as_redis) as port:
        assert reach_broker(make(broker=f"redis://{HOST}:{port}/0"), WITHIN).outcome == "answers"


def test_a_password_that_is_wrong():
    """
    A server that does not know the password keeps us out, and the password is not shown.
    """
    said = b"-WRONGPASS invalid username-password pair or user is disabled: pw\r\n"

    with talking(lambda _: said) as port:
        found = reach_backend(make(backend=f"redis://:pw@{HOST}:{port}/0"), WITHIN)

    assert found.outcome == "unauthorised"
    assert "pw" not in found.detail.replace(HOST, "")


def test_a_server_that_drips_is_cut_off():
    """
    A server whose every answer comes just in time is silent all the same when the time is over.
    """
    with talking(as_redis, pause=WITHIN * 0.8) as port:
        start = time.monotonic()
        found = reach_backend(make(backend=f"redis://:pw@{HOST}:{port}/1"), WITHIN)

    assert time.monotonic() - start < WITHIN + GRACE
    assert found.outcome == "silent"


def test_a_broker_that_drips_is_cut_off():
    """
    So is a broker that begins to say something.
    """
    with talking(lambda _: b"\x01", pause=WITHIN * 0.8) as port:
        start = time.monotonic()
        found = reach_broker(make(broker=f"amqp://{HOST}:{port}//"), WITHIN)

    assert time.monotonic() - start < WITHIN + GRACE
    assert found.outcome == "silent"


def test_something_else_that_answers():
    """
    A server that speaks of other things is not said to be silent, nor to answer.
    """
    with talking(lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        found = reach_backend(make(backend=f"redis://:pw@{HOST}:{port}/0"), WITHIN)

    assert found.outcome == "unknown"


def test_one_of_several_brokers_is_enough():
    """
    Celery goes on to the next broker, and so does the question; each gets its share of the time.
    """
    with silent() as dead, talking(as_redis) as alive, refusing() as gone:
        urls = [f"redis://{HOST}:{port}/0" for port in (dead, alive)]
        found = reach_broker(make(broker=urls), WITHIN)
        none = reach_broker(make(broker=f"redis://{HOST}:{dead}/0;redis://{HOST}:{gone}/0"), WITHIN)

    assert (found.outcome, found.detail) == ("answers", f"'redis://{HOST}:{alive}/0'")
    assert WITHIN / 2 <= found.seconds < WITHIN + GRACE
    assert none.outcome == "silent"
    # On which of its socket's waits the client gives up is its own affair.
    assert re.search(f":{dead}/0': (no answer in time|Timeout .*?); ", none.detail)
    assert f":{gone}/0': Error 111" in none.detail


def test_rpc_answers_where_its_broker_does():
    """
    Results that come as messages come through the broker.
    """
    with refusing() as port:
        found = reach(make(broker=f"amqp://{HOST}:{port}//", backend="rpc://"), WITHIN)

    assert [each.outcome for each in found] == ["refused", "refused"]
    assert found[1].detail.startswith("through the broker: 'amqp://")


@pytest.mark.parametrize("backend", ["cache+memory://", "file:///tmp"])
def test_what_is_here_answers(backend):
    """
    A broker and a result backend inside this process, or on its disk, need nobody to answer.
    """
    found = reach(make(broker="memory://", backend=backend), WITHIN)

    assert [(each.outcome, each.seconds) for each in found] == [("answers", 0.0)] * 2
    assert found[1].detail == f"'{backend}': in this process, or on this machine"


@pytest.mark.parametrize("backend", [None, "disabled", "reddis://", "file:///no/such"])
def test_what_is_not_there_is_not_asked(backend):
    """
    A result backend that nobody configured, or that cannot be made, is not one to ask.
    """
    found = reach(make(broker="memory://", backend=backend), WITHIN)

    assert [each.what for each in found] == ["broker"]


# redis-py 5.0 leaves a socket of the file system that was refused to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_socket_that_is_not_there(tmp_path):
    """
    A Redis behind a socket of the file system is refused where there is none, and silent where
    nobody answers.
    """
    gone = reach_backend(make(backend=f"redis+socket://{tmp_path}/gone"), WITHIN)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.fspath(tmp_path / "here"))
        server.listen()
        here = reach(
            make(
                broker=f"redis+socket://{tmp_path}/here", backend=f"redis+socket://{tmp_path}/here"
            ),
            WITHIN,
        )

    assert gone.outcome == "refused"
    assert [each.outcome for each in here] == ["silent", "silent"]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "refused"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "unknown"),
    ],
    ids=["no such name", "no name server"],
)
@pytest.mark.parametrize("kind", ["redis", "amqp"])
def test_a_name_that_is_not_known(kind, error, outcome, monkeypatch):
    """
    A host that does not exist is not there; where only nobody knows, it may be.
    """

    def look_up(*args, **options):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    found = reach_broker(make(broker=f"{kind}://no-such-host.invalid/"), 10)

    assert found.outcome == outcome
    assert "no-such-host.invalid" in found.detail
    assert error.args[1] in found.detail


def test_a_name_server_that_is_silent(monkeypatch):
    """
    Where no name server answers, the question ends in time all the same.
    """
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: over.wait() and [])
    start = time.monotonic()

    found = reach_broker(make(broker="redis://cache.example/0"), WITHIN)

    assert time.monotonic() - start < WITHIN + GRACE
    assert found.outcome == "silent"
    assert found.detail.endswith("the name 'cache.example' was not found in time")
    over.set()
    for thread in threading.enumerate():
        if thread.name == "celerykit-look-up":
            thread.join(10)


def test_no_time_is_no_answer():
    """
    When the time is over before it began, nobody is asked.
    """
    with pytest.raises(TooLate):
        meet_redis({"path": "/no/such"}, time.monotonic() - 1)


def on(transport):
    """
    An app with a transport of this module.
    """
    app = make(broker="memory://")
    app.conf.update(broker_url=None, broker_transport=f"{__name__}:{transport.__name__}")
    return app


@pytest.fixture
def importable(monkeypatch):
    """
    This module can be imported by its name in another process.
    """
    monkeypatch.syspath_prepend(os.fspath(Path(__file__).parents[1]))


@pytest.mark.usefixtures("importable")
def test_what_celerykit_does_not_know_is_asked_apart():
    """
    A transport or backend of any other kind is asked in a process of its own.
    """
    good = make(broker="memory://", backend=f"{__name__}:Kept")
    bad = make(broker="memory://", backend=f"{__name__}:Broken")
    good.conf.task_routes = (lambda name: None,)  # cannot be pickled

    assert reach_broker(on(Quiet), 20).outcome == "answers"
    assert reach_backend(good, 20).outcome == "answers"
    found = reach_backend(bad, 20)
    assert found.outcome == "unknown"
    assert found.detail.endswith("OSError: the disk is full")


@pytest.mark.parametrize(
    ("what", "settings"),
    [
        ("broker", {"broker_url": "memory://"}),
        ("backend", {"result_backend": f"{__name__}:Kept"}),
    ],
)
def test_the_other_process_ends_well_if_it_is_answered(monkeypatch, what, settings):
    """
    What runs in a process of its own says nothing where all is well, and fails where it is not.
    """
    asked = [(what, None, None, settings), ("backend", None, f"{__name__}:Broken", {})]
    said = BytesIO(b"".join(map(pickle.dumps, asked)))
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=said))

    answer()

    with pytest.raises(OSError, match="the disk is full"):
        answer()


@pytest.mark.usefixtures("importable")
def test_what_never_comes_back_is_ended():
    """
    The process of its own is ended in time, and what it found is not known.
    """
    start = time.monotonic()

    found = reach_broker(on(Stuck), WITHIN)

    assert time.monotonic() - start < WITHIN + GRACE
    assert found.outcome == "unknown"
    assert "did not answer in time; asked in a process of its own" in found.detail


@pytest.mark.usefixtures("importable")
def test_a_program_without_python_cannot_ask(monkeypatch):
    """
    Inside a server that is no Python itself there is no process to ask in.
    """
    monkeypatch.setattr(sys, "executable", "/usr/bin/uwsgi")

    found = reach_broker(on(Quiet), WITHIN)

    assert found.outcome == "unknown"
    assert found.detail.endswith(
        "no Python is known to ask in a process of its own: '/usr/bin/uwsgi'"
    )
