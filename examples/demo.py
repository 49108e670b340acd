"""
What celerykit does, shown in a few seconds: python examples/demo.py.

Needs Celery and celerykit, and no broker: messages stay in memory, and an ordinary Celery worker
runs in a thread of this program. Ends with an error if anything is not as it should be.
"""

import inspect
import os
import textwrap
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from celery import Celery
from celery.result import allow_join_result
from celery.signals import before_task_publish

from celerykit import Call, CallRejected, Handle, Priority, Service, call, typed_app

# Celery prefers these to what a program says, and here the program means what it says.
for variable in ("CELERY_BROKER_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND"):
    os.environ.pop(variable, None)

# --- a project: an app, two tasks, and a service whose code is elsewhere ------------------------

app = typed_app(Celery("shop", broker="memory://", backend="cache+memory://"))
app.conf.broker_transport_options = {"polling_interval": 0.01}


@app.task
def add(x: int, y: int) -> int:
    """Add two numbers."""
    return x + y


@app.task
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello {name}."


class Billing(Service, prefix="billing"):
    """What the billing service offers: names and parameters, no code."""

    def charge(self, user: int, cents: int) -> str:
        """Charge a user, and return the number of the receipt."""
        raise NotImplementedError


billing = Billing(app)


@app.task(name="billing.charge")
def stand_in(user: int, cents: int) -> str:
    """Do what the billing service would do in a worker of its own."""
    return f"receipt-{user}-{cents}"


# --- the tour -----------------------------------------------------------------------------------


def tour() -> None:
    """Send some calls, read their results, and be refused three times."""
    title("A typed call, with options")
    order = call(add, 2, 3).queue("high").priority(Priority.HIGH)
    order = order.countdown(0.5).expires(timedelta(hours=1)).headers(tenant="acme")
    send(order, wanted=5)

    title("One call, sent twice: it never changes, and each send has its own id")
    hello = call(greet, "Ann").queue("high")
    first = send(hello, wanted="Hello Ann.")
    second = send(hello, wanted="Hello Ann.")
    expect(len({first.id, second.id}), wanted=2)

    title("A task of another service: called by its name, its arguments checked here")
    send(call(billing.charge, 7, cents=1250).redact("cents"), wanted="receipt-7-1250")

    title("Three calls that Celery would accept")

    def misspelt() -> Call[int]:
        return call(add, 2, 3).options(count_down=10)  # type: ignore[call-arg]  # on purpose

    def naive() -> Call[int]:
        return call(add, 2, 3).eta(datetime(2031, 5, 1, 9, 30))  # noqa: DTZ001 - the mistake shown

    def expired() -> Call[int]:
        return call(add, 2, 3).countdown(60).expires(30)

    refuse(misspelt, "CK201", instead="ignore the option, and run the task at once")
    refuse(naive, "CK205", instead="read it as UTC: hours early or late in most of the world")
    refuse(expired, "CK207", instead="send a message that no worker ever runs")


def send(order: Call[Any], wanted: object) -> Handle[Any]:
    """Send a call; print what left this process, and what came back."""
    shown = repr(order)
    row("call", shown if len(shown) <= WIDTH else shown.replace(").", ")\n    ."))
    started = time.monotonic()
    handle = order.send()
    message = published.pop()
    for name, value in described(message):
        row(name, value)
    result = handle.get(timeout=5)
    row("came back", f"{result!r}, after {time.monotonic() - started:.1f} s\n")
    expect(handle.id, wanted=message["headers"]["id"])
    expect(result, wanted=wanted)
    return handle


def refuse(mistake: Callable[[], Call[Any]], code: str, instead: str) -> None:
    """Make a mistake, and print what celerykit says about it."""
    line = inspect.getsource(mistake).splitlines()[1]
    row("call", line.partition("return ")[2].partition("  #")[0])
    row("Celery would", instead)
    try:
        mistake()
    except CallRejected as refusal:
        row("celerykit", f"{refusal}\n")
        expect([finding.code for finding in refusal.findings], wanted=[code])
    else:
        expect("nothing raised", wanted=code)
    expect(published, wanted=[])


def expect(found: object, wanted: object) -> None:
    """End the demo with an error if it did not find what it wanted."""
    if found != wanted:
        message = f"the demo failed: wanted {wanted!r}, found {found!r}"
        raise SystemExit(message)


# --- looking at real messages -------------------------------------------------------------------

published: Final[list[dict[str, Any]]] = []


@before_task_publish.connect
def keep(**message: Any) -> None:
    """Keep a message that Celery is about to publish, as its own signal shows it."""
    published.append(message)


def described(message: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is worth knowing about a message, name by name."""
    headers, properties = message["headers"], message["properties"]
    yield "sent", f"{headers['task']} to the queue {message['routing_key']!r}"
    yield "  id", headers["id"]
    yield "  in logs", f"{headers['argsrepr']} {headers['kwargsrepr']}"
    if properties.get("priority") is not None:
        yield "  priority", f"{properties['priority']}, in the numbers of this broker"
    for name in ("eta", "expires"):
        if headers[name]:
            moment = datetime.fromisoformat(headers[name])
            ahead = (moment - datetime.now(timezone.utc)).total_seconds()
            yield f"  {name}", f"{moment:%Y-%m-%d %H:%M:%S} UTC, {round(ahead, 1):g} s ahead"
    if "tenant" in headers:
        yield "  tenant", headers["tenant"]


# --- a worker, and a page to print on -----------------------------------------------------------

WIDTH: Final = 84


@contextmanager
def worker() -> Generator[None, None, None]:
    """Run an ordinary Celery worker in a thread."""
    app.set_default()  # the threads of the worker look for it
    ready = threading.Event()

    def on_ready(_consumer: Any) -> None:
        ready.set()

    controller = app.WorkController(
        hostname="demo@localhost",
        pool="threads",
        concurrency=1,
        queues=["celery", "high"],
        ready_callback=on_ready,
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
    )
    thread = threading.Thread(target=controller.start, daemon=True)
    thread.start()
    expect(ready.wait(timeout=5), wanted=True)
    try:
        with allow_join_result():  # a worker forbids it to the whole process
            yield
    finally:
        app.control.shutdown()
        thread.join(timeout=5)


def title(text: str) -> None:
    """Print a heading."""
    print(f"{text}\n{'-' * len(text)}")


def row(name: str, text: str) -> None:
    """Print a name, and its text in a column of its own."""
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        for part in textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False):
            print(f"{name:14}{part}")
            name = ""
    if text.endswith("\n"):
        print()


if __name__ == "__main__":
    print("celerykit, on an in-memory broker, with a Celery worker in a thread.\n")
    with worker():
        tour()
    print("Every result was as expected.")
