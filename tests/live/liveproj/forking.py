"""
Programs that fork after they have sent, as gunicorn --preload and multiprocessing do.

LIVE_HOW says by what: "os" or "multiprocessing". LIVE_WITH says who sends: "celerykit" or "plain".
"""

import gc
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from typing import Any

from liveproj.tasks import add, app, echo, on_redis

EACH = 30
HEAVY = 400_000
PATIENCE = 15
SOON = 5.0 if os.environ.get("LIVE_WITH") == "celerykit" else 3.0
PAUSE = 0.01
AHEAD = 1.0


def send_in_both(queue: str) -> dict[str, Any]:
    """
    One call, then a fork, then thirty from either side, every other one heavy.
    """
    send = sender()
    send(echo, "first", 0, "", queue=queue)
    before = connection()

    def all_of(who: str) -> list[str]:
        return told(
            [
                lambda n=n: send(echo, who, n, "x" * (HEAVY if n % 2 else 1), queue=queue)
                for n in range(EACH)
            ]
        )

    child, parent = beside(lambda: all_of("child"), lambda: all_of("parent"))
    return {"child": child, "parent": parent, "same": connection() == before}


def read_in_both(queue: str) -> dict[str, Any]:
    """
    Results that the child lets go, results that both read, and the child's own.
    """
    send = sender()
    send(add, 0, 0, queue=queue).get(timeout=SOON)
    dropped, kept = (
        [send(add, n, base, queue=queue, countdown=AHEAD) for n in range(4)] for base in (10, 20)
    )

    def of_child() -> list[Any]:
        dropped.clear()
        gc.collect()
        mine = [send(add, n, 30, queue=queue, countdown=AHEAD) for n in range(4)]
        return values([*mine, *([] if "oid" in dir(app.backend) else kept)])

    child, parent = beside(of_child, lambda: values([*dropped, *kept]))
    return {"child": child, "parent": parent}


def sender() -> Callable[..., Any]:
    """
    What sends a call and returns what its result is read with.
    """
    if os.environ["LIVE_WITH"] == "plain":
        return lambda task, *args, **options: task.apply_async(args, **options)
    from celerykit import call  # noqa: PLC0415 - plain Celery is asked for without it

    return lambda task, *args, **options: call(task, *args).options(**options).send()


def connection() -> int:
    """
    What tells the connection that the app sends over from any other; 0 if it has none.
    """
    with app.producer_or_acquire() as producer:
        if on_redis:
            return int(producer.channel.client.client_id())
        made = producer.connection.connection
        return int(made.sock.getsockname()[1]) if made else 0


def told(steps: list[Callable[[], object]]) -> list[str]:
    """
    The errors of some steps.
    """
    errors = []
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001, PERF203 - which one is what the test asks
            errors.append(repr(error)[:200])
    return errors


def values(results: list[Any]) -> list[Any]:
    """
    What arrives of some results; the first that does not is the last that is waited for.
    """
    found: list[Any] = []
    for result in results:
        try:
            found.append(result.get(timeout=SOON))
        except Exception as error:  # noqa: BLE001, PERF203 - as above
            return [*found, repr(error)[:200]]
    return found


def beside(of_child: Callable[[], Any], of_parent: Callable[[], Any]) -> tuple[Any, Any]:
    """
    What a forked child answers, and its parent meanwhile; "hangs" for who does not in time.
    """
    reading, writing = os.pipe()

    def run() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        os.write(writing, json.dumps(of_child()).encode())

    child = forked(run)
    parent = in_time(of_parent)
    deadline = time.monotonic() + PATIENCE
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            deadline += PATIENCE
        time.sleep(PAUSE)
    os.close(writing)
    with os.fdopen(reading) as answer:
        return json.loads(answer.read() or '["hangs"]'), parent


def forked(run: Callable[[], None]) -> int:
    """
    The number of a forked child that runs something, and ends without a word to its parent.
    """
    if os.environ["LIVE_HOW"] == "multiprocessing":
        process = multiprocessing.get_context("fork").Process(target=run)
        process.start()
        return int(process.pid or 0)
    child = os.fork()
    if child == 0:
        try:
            run()
        finally:
            os._exit(0)
    return child


def in_time(run: Callable[[], Any]) -> Any:
    """
    What something answers, or "hangs".
    """

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        return run()
    except KeyboardInterrupt:
        return ["hangs"]
    finally:
        signal.alarm(0)
