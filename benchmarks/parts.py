"""
Where the time of one send goes, part by part: `python benchmarks/parts.py`.

Each part is done by itself, over and over, in turns with the others. Its shortest time counts:
whatever else the machine does only adds to it.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from brokers import URLS, Stage, open_stage, silence_of

from celerykit import Call, call
from celerykit._blocking import note_sent
from celerykit._examine import examined
from celerykit._handle import Handle
from celerykit.bulk._kept import Kept, give, take
from celerykit.bulk._lanes import KeptLanes

_ROUNDS = 3000
_DELAY = 10

# What is got ready without being timed, and what is then done with it.
Part = tuple[Callable[[], Any], Callable[[Any], object]]


def main() -> None:
    """Print a table for each broker that answers."""
    for transport, url in URLS.items():
        if silence_of(url):
            continue
        with open_stage(transport) as stage:
            print(f"\n| {transport} | us |\n| --- | ---: |")
            for name, seconds in _shortest(_parts(stage)).items():
                print(f"| {name} | {seconds * 1e6:.1f} |")


def _parts(stage: Stage) -> dict[str, Part]:
    add, queue, app = stage.add, stage.queue, stage.app

    def built() -> Call[int]:
        return call(add, 2, 3).queue(queue).countdown(_DELAY)

    for _ in range(5):
        sent = built().send()
    order = built().order
    found = examined(order)
    line = _line(app)
    lanes: KeptLanes = line.memory[0]
    lane: Any = lanes.of(order, dict)
    writer, policy = line.writer, app.conf.task_publish_retry_policy

    def kept() -> None:
        give(_line(app))

    # The line is used by hand here: it stays taken, and kept() takes another one.
    return {
        "plain `apply_async`": _alone(
            lambda: add.apply_async((2, 3), queue=queue, countdown=_DELAY)
        ),
        "`call(...).queue(...).countdown(...).send()`": _alone(lambda: built().send()),
        "- build the call": _alone(built),
        "- ask the rules": _alone(lambda: examined(order)),
        "- take a line and give it back": _alone(kept),
        "- see whether anything changed": _alone(lambda: lane.refresh(found.facts, None)),
        "- make the message": _alone(lambda: lane.passed(found, print)),
        "- see whether the connection is alive": _alone(lambda: writer.connect(policy)),
        "- write it, and read the answer if there is one": (
            lambda: lane.passed(found, print).wires,
            writer.flush,
        ),
        "- make the handle": _alone(lambda: Handle(add.AsyncResult(sent.id))),
        "- note it, for a wait inside a task": _alone(
            lambda: note_sent(app, sent.async_result, "", order.options)
        ),
    }


def _alone(act: Callable[[], object]) -> Part:
    return lambda: None, lambda _: act()


def _line(app: Any) -> Kept:
    line = take(app)
    if line is None:
        raise RuntimeError("there is no line to be had")
    return line


def _shortest(parts: dict[str, Part]) -> dict[str, float]:
    shortest = dict.fromkeys(parts, 1.0)
    for _ in range(_ROUNDS):
        for name, (prepare, act) in parts.items():
            prepared = prepare()
            start = perf_counter()
            act(prepared)
            shortest[name] = min(shortest[name], perf_counter() - start)
    return shortest


if __name__ == "__main__":
    main()
